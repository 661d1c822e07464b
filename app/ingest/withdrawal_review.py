"""What withdrawing an upload would change: the figures that come back, and those that go."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.catalogue.withdrawn_names import UnlistedNames, names_leaving_with
from app.domain.snapshot import SnapshotKey
from app.ingest.month_diff import MonthDiff, MonthReview
from app.ingest.review_series import ReviewSeries, review_series
from app.queries.lines import lines_of_snapshots, monthly_totals
from app.queries.upload_versions import (
    CurrentSnapshot,
    current_snapshots_of,
    snapshot_keys_of_upload,
    snapshots_without,
)


@dataclass(frozen=True, slots=True)
class WithdrawnMonth:
    """One month whose current figures go; `comes_back` is the upload whose figures then stand.

    It is None where no figures are left. `review` has the figures now and then.
    """

    review: MonthReview
    comes_back: int | None


@dataclass(frozen=True, slots=True)
class WithdrawalReview:
    """What withdrawing would change. `superseded` are months of the upload that others replaced.

    `leaving` are names that only this upload brought.
    """

    months: tuple[WithdrawnMonth, ...]
    series: tuple[ReviewSeries, ...]
    superseded: tuple[SnapshotKey, ...]
    leaving: UnlistedNames


def review_withdrawal(session: Session, upload_id: int) -> WithdrawalReview:
    """Return what withdrawing a published upload would change today."""
    keys = snapshot_keys_of_upload(session, upload_id)
    current = {
        key: snapshot
        for key, snapshot in current_snapshots_of(session, keys).items()
        if snapshot.upload_id == upload_id
    }
    below = snapshots_without(session, upload_id, list(current))
    diffs = _compare(session, current, below)
    sources = sorted({source for source, _ in current})
    before = monthly_totals(session, sources)
    after = {key: groups for key, groups in before.items() if key not in current}
    after |= {key: diffs[key].totals() for key in below}
    return WithdrawalReview(
        months=tuple(
            WithdrawnMonth(
                diff.review(key, True, below[key].days if key in below else None, before),
                below[key].upload_id if key in below else None,
            )
            for key, diff in sorted(diffs.items())
        ),
        series=tuple(review_series(sources, before, after, current, withdraws=True)),
        superseded=tuple(key for key in keys if key not in current),
        leaving=names_leaving_with(session, upload_id),
    )


def _compare(
    session: Session,
    current: dict[SnapshotKey, CurrentSnapshot],
    below: dict[SnapshotKey, CurrentSnapshot],
) -> dict[SnapshotKey, MonthDiff]:
    """Return how the figures that come back differ from the current ones, by source and month."""
    diffs = {key: MonthDiff() for key in current}
    # What comes back is added first: what is current is then removed, changed or unchanged.
    for line in lines_of_snapshots(session, [item.snapshot_id for item in below.values()]):
        diffs[line.source, line.month].add(line)
    for line in lines_of_snapshots(session, [item.snapshot_id for item in current.values()]):
        diffs[line.source, line.month].compare(line)
    return diffs
