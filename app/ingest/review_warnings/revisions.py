"""Figures that were published or withdrawn before, and statuses that a file would take back."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy.orm import Session

from app.database.tables import Upload
from app.domain.calendar import days_in, format_month
from app.domain.snapshot import SnapshotKey
from app.domain.vocabulary import Status
from app.ingest.month_diff import MonthDiff
from app.ingest.rules.checked import Notice, format_snapshot_key
from app.queries.upload_versions import CurrentSnapshot
from app.queries.uploads import withdrawn_uploads_of_file


def withdrawn_warnings(session: Session, upload: Upload) -> Iterator[Notice]:
    """Yield a notice for each earlier upload of the same bytes that was taken back, with why."""
    for earlier in withdrawn_uploads_of_file(session, upload.sha256):
        when = f"{earlier.withdrawn_at:%Y-%m-%d}"
        text = f"The same file was withdrawn on {when} as upload {earlier.id}"
        yield Notice("withdrawn", None, f"{text}: {earlier.withdrawn_reason}")


def revision_warnings(replaced: Mapping[SnapshotKey, CurrentSnapshot]) -> Iterator[Notice]:
    """Yield a notice for each month whose published figures would be replaced."""
    for (source, month), current in sorted(replaced.items()):
        text = (
            f"{format_month(month)} of {source} is published already, by upload {current.upload_id}"
        )
        yield Notice("revises", None, f"{text}; these figures would take its place")


def status_warnings(
    months: Mapping[SnapshotKey, MonthDiff], replaced: Collection[SnapshotKey]
) -> Iterator[Notice]:
    """Yield a notice for each revised month whose status or days would be said anew."""
    for key in sorted(replaced):
        month, about = months[key], format_snapshot_key(key)
        before, after = month.before.status, month.after.status
        if before is not Status.FINAL and after is Status.FINAL:
            text = f"{about} is {before} now and would be final: the file gives no other status"
            yield Notice("becomes_final", None, text)
        if (days := month.before.days) is not None and month.after.days is None:
            text = f"{about} covers {days.days} of {days_in(key[1])} days now; "
            text += "the file says of no days, and so would be of the whole month"
            yield Notice("lost_days", None, text)
        if month.unsettled:
            (old, new), count = month.unsettled.most_common(1)[0]
            lines = f"{count} of {month.after.lines} lines"
            text = f"The status of {about} goes back: {lines} are {old} now and would be {new}"
            yield Notice("status_back", None, text)
