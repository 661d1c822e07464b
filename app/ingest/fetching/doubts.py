"""What of a publisher's figures a person should look at, beside what the review warns of.

A review compares shares by home. Whoever publishes without a person must also see what shares hide:
a publisher that counts a thousand times as much, or has lost half of its developers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.tables import Source
from app.database.vintages import current_snapshots
from app.domain.calendar import days_in, format_month
from app.domain.snapshot import DaysCovered, Line, SnapshotKey
from app.ingest.rules.checked import CheckedFile
from app.queries.lines import lines_of_snapshots
from app.queries.upload_versions import current_snapshots_of

VOLUME_FACTOR: Final = 3
"""By which factor a day may count more or less than one of the month before it."""
LOST_SHARE: Final = Decimal(5)
"""From which share on, in percent, a developer is missed that was there a month before."""


@dataclass
class _Month:
    """What the lines of a month come to: values in all, and shares by developer in percent."""

    values: Decimal = Decimal(0)
    developers: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, line: Line) -> None:
        self.values += line.value or 0
        if line.developer:
            self.developers[line.developer] += line.share_pct


def find_doubts(session: Session, checked: CheckedFile) -> Iterator[str]:
    """Yield what is odd in the months of a sound file, beside the latest figures before each.

    Of a month that has figures already these are the ones before; else those of the month before.
    """
    totals = _totals(checked.lines())
    for key, now in sorted(totals.items()):
        before_key = _figures_before(session, key)
        if before_key is None:
            continue
        snapshot = current_snapshots_of(session, [before_key])[before_key]
        lines = lines_of_snapshots(session, [snapshot.snapshot_id])
        before = _totals(lines)[before_key]
        days = (checked.months[key].days, snapshot.days)
        yield from _volume(key, now, before, before_key, days)
        if key == before_key and _day_count(key[1], days[0]) < _day_count(key[1], days[1]):
            yield f"{format_month(key[1])} of {key[0]} has fewer days than what stands"
        yield from _lost(key, now.developers, before.developers, before_key)


def _totals(lines: Iterable[Line]) -> dict[SnapshotKey, _Month]:
    months: dict[SnapshotKey, _Month] = defaultdict(_Month)
    for line in lines:
        months[line.source, line.month].add(line)
    return months


def _figures_before(session: Session, key: SnapshotKey) -> SnapshotKey | None:
    """Return the source's last month up to the one of `key` that has figures; None without any."""
    source, month = key
    current = current_snapshots(None).subquery()
    latest = session.scalar(
        select(current.c.month)
        .join(Source, Source.id == current.c.source_id)
        .where(Source.slug == source, current.c.month <= month)
        .order_by(current.c.month.desc())
        .limit(1)
    )
    return None if latest is None else (source, latest)


def _volume(
    key: SnapshotKey,
    now: _Month,
    before: _Month,
    before_key: SnapshotKey,
    days: tuple[DaysCovered | None, DaysCovered | None],
) -> Iterator[str]:
    if not now.values or not before.values:
        return
    a_day = now.values / _day_count(key[1], days[0])
    a_day_before = before.values / _day_count(before_key[1], days[1])
    factor = a_day / a_day_before
    if not 1 / Decimal(VOLUME_FACTOR) <= factor <= VOLUME_FACTOR:
        about = f"{format_month(key[1])} of {key[0]} counts {factor:.2g} times as much a day"
        yield f"{about} as {format_month(before_key[1])} does"


def _day_count(month: date, days: DaysCovered | None) -> int:
    return days.days if days else days_in(month)


def _lost(
    key: SnapshotKey,
    now: Mapping[str, Decimal],
    before: Mapping[str, Decimal],
    before_key: SnapshotKey,
) -> Iterator[str]:
    for developer, share in before.items():
        if share >= LOST_SHARE and developer not in now:
            about = f"{developer} has nothing in {format_month(key[1])} of {key[0]}"
            yield f"{about}, and had {share:.1f} % in {format_month(before_key[1])}"
