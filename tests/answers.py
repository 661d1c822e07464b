"""Answers made by hand: what the database would say of a few figures."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from app.domain.answer import Answer, Group, Share, SourceDefinition
from app.domain.calendar import add_months
from app.domain.sources.provenance import Provenance
from app.domain.sources.source_terms import Cadence, Statistic, Window
from app.domain.vocabulary import MISSING, ORIGIN_LABELS, Origin

VINTAGE = datetime(2026, 11, 23, 10, tzinfo=UTC)
JANUARY = date(2025, 1, 1)


class SourceChanges(TypedDict, total=False):
    """What a test may want otherwise of a source."""

    name: str
    publisher: str
    citation: str
    learned: datetime | None
    provenance: Provenance
    window: Window
    statistic: Statistic
    reports_on: str
    cadence: Cadence | None


def source(
    slug: str = "gateway", metric: str = "tokens", **changes: Unpack[SourceChanges]
) -> SourceDefinition:
    usual = SourceDefinition(
        slug=slug,
        name=slug.title(),
        publisher="Acme",
        metric=metric,
        population="Public traffic",
        url="https://example.org",
        licence="CC BY 4.0",
        citation="Acme, as of {as_of}.",
        method="Counted.",
        learned=VINTAGE,
        provenance=Provenance("https://example.org/data", date(2026, 10, 3), date(2026, 10, 2)),
    )
    return replace(usual, **changes)


def group(key: str, label: str = "", origin: str = "") -> Group:
    origin_label = ORIGIN_LABELS[Origin(key)] if key in list(Origin) else key
    return Group(key, label or origin_label, origin or (key if key in list(Origin) else "unknown"))


def rows(
    slug: str, shown: Group, figures: list[str | None], statuses: dict[int, str], first: date
) -> list[Share]:
    return [
        Share(slug, month, shown.key, shown.label, None, MISSING)
        if figure is None
        else Share(
            slug, month, shown.key, shown.label, Decimal(figure), statuses.get(index, "final")
        )
        for index, figure in enumerate(figures)
        for month in [add_months(first, index)]
    ]


def answer(
    *tables: dict[str, list[str | None]],
    rest: dict[str, list[str | None]] | None = None,
    sources: tuple[SourceDefinition, ...] = (),
    groups: dict[str, Group] | None = None,
    statuses: dict[int, str] | None = None,
    first: date = JANUARY,
) -> Answer:
    """An answer of one table a source: group key to its figures, a figure a month from `first`."""
    sources = sources or tuple(
        source(f"gateway-{n}" if n else "gateway") for n in range(len(tables))
    )
    named = {key: (groups or {}).get(key, group(key)) for table in tables for key in table}
    outside = {key: group(key, key.title(), key) for key in rest or {}}
    length = max(len(figures) for table in tables for figures in table.values())
    shares = [
        row
        for item, table in zip(sources, tables, strict=True)
        for key in named
        for row in rows(
            item.slug, named[key], table.get(key, [None] * length), statuses or {}, first
        )
    ]
    complement = [
        row
        for key, figures in (rest or {}).items()
        for row in rows(sources[0].slug, outside[key], figures, statuses or {}, first)
    ]
    return Answer(
        sources=sources,
        groups=tuple(named.values()),
        months=tuple(add_months(first, index) for index in range(length)),
        shares=tuple(shares),
        complement_groups=tuple(outside.values()),
        complement=tuple(complement),
        vintage=VINTAGE,
    )


def bounded(
    shares: Answer, most: dict[str, list[str | None]], least: dict[str, list[str]] | None = None
) -> Answer:
    """The answer of one source, with what its groups are at most, and at least where not as much.

    Of a month that `most` gives as None nothing is known but the share.
    """
    places = {month: index for index, month in enumerate(shares.months)}

    def with_bounds(row: Share) -> Share:
        if row.missing or row.group not in most:
            return row
        index = places[row.month]
        low = Decimal(least[row.group][index]) if least else row.share_pct
        high = most[row.group][index]
        return replace(row, low_pct=low, high_pct=Decimal(high) if high else row.share_pct)

    return replace(shares, shares=tuple(map(with_bounds, shares.shares)))
