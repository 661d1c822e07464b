"""What each month of a file is held against: its current figures, else the month before."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain.calendar import format_month
from app.domain.snapshot import SnapshotKey
from app.ingest.month_diff import MonthDiff
from app.ingest.month_profile import MonthProfile
from app.ingest.rules.checked import format_snapshot_key
from app.queries.lines import lines_of_snapshots
from app.queries.upload_versions import CurrentSnapshot, current_snapshots_of


class ComparedMonth(NamedTuple):
    """A month of a file beside what it is held against; `revises`: the current figures of it.

    Else `before` is what the source's latest month before it will say, `month_before`.
    """

    key: SnapshotKey
    after: MonthProfile
    month_before: date
    before: MonthProfile
    revises: bool

    @property
    def old_name(self) -> str:
        """The month it is held against, with its source, such as “2025-08 of hub”."""
        return format_snapshot_key((self.key[0], self.month_before))

    @property
    def new_name(self) -> str:
        """The file's month where it stands beside `old_name`."""
        return "the file" if self.revises else format_month(self.key[1])

    @property
    def was(self) -> str:
        """The verb of a sentence about one thing of `old_name`."""
        return "is" if self.revises else "was"

    @property
    def were(self) -> str:
        """The verb of a sentence about several things of `old_name`."""
        return "are" if self.revises else "were"


def compare_with_baselines(
    session: Session,
    months: Mapping[SnapshotKey, MonthDiff],
    replaced: Mapping[SnapshotKey, CurrentSnapshot],
    published: Collection[SnapshotKey],
) -> list[ComparedMonth]:
    """Return each month of a file that has something to be held against, sorted.

    `published` are the months of the file's sources that are current.
    """
    before = {key: _month_before(key, {*published, *months}) for key in months.keys() - replaced}
    stored = {key for key in before.values() if key is not None and key not in months}
    profiles = {key: month.after for key, month in months.items()} | _stored(session, stored)
    compared = []
    for key, month in sorted(months.items()):
        if key in replaced:
            compared.append(ComparedMonth(key, month.after, key[1], month.before, revises=True))
        elif (earlier := before[key]) is not None:
            profile = profiles[earlier]
            compared.append(ComparedMonth(key, month.after, earlier[1], profile, revises=False))
    return compared


def _month_before(key: SnapshotKey, known: Collection[SnapshotKey]) -> SnapshotKey | None:
    source, month = key
    return max((other for other in known if other[0] == source and other[1] < month), default=None)


def _stored(session: Session, keys: Collection[SnapshotKey]) -> dict[SnapshotKey, MonthProfile]:
    snapshots = current_snapshots_of(session, keys) if keys else {}
    profiles = {key: MonthProfile(snapshot.days) for key, snapshot in snapshots.items()}
    ids = [snapshot.snapshot_id for snapshot in snapshots.values()]
    for line in lines_of_snapshots(session, ids) if ids else ():
        profiles[line.source, line.month].add(line)
    return profiles
