"""Developers and models that a file would add to the catalogue."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Final

from app.domain.errors import excerpt
from app.ingest.month_profile import MonthProfile
from app.ingest.rules.checked import CheckedFile, Notice

NAMES_LISTED_MAX: Final = 5


def new_name_warnings(checked: CheckedFile, months: Collection[MonthProfile]) -> Iterator[Notice]:
    """Yield a notice of the new developers and one of the new models, with their largest shares."""
    developers = {
        new.slug: (new.line, f"{excerpt(new.name, 60)} ({new.origin}")
        for new in checked.new_developers
    }
    models = {
        new.slug: (new.line, f"{excerpt(new.name, 60)} (of {new.developer}, {new.openness}")
        for new in checked.new_models
    }
    if developers:
        shares = {
            slug: _largest(slug, [month.developers for month in months]) for slug in developers
        }
        yield _notice("developer", developers, shares)
    if models:
        shares = {slug: _largest(slug, [month.models for month in months]) for slug in models}
        yield _notice("model", models, shares)


def _largest(slug: str, shares: Collection[dict[str, Decimal]]) -> Decimal:
    return max((month.get(slug, Decimal(0)) for month in shares), default=Decimal(0))


def _notice(kind: str, names: dict[str, tuple[int, str]], shares: dict[str, Decimal]) -> Notice:
    largest = sorted(names, key=lambda slug: (-shares[slug], slug))
    listed = ", ".join(
        f"{names[slug][1]}, {shares[slug]:.2f} %)" for slug in largest[:NAMES_LISTED_MAX]
    )
    more = len(largest) - NAMES_LISTED_MAX
    others = f", and {more:,} more" if more > 0 else ""
    count = f"{len(names):,} {kind}s are" if len(names) > 1 else f"One {kind} is"
    line = min(line for line, _ in names.values())
    return Notice(f"new_{kind}s", line, f"{count} new to the catalogue: {listed}{others}")
