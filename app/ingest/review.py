"""What publishing a file would change: every figure before and after, and what to look at twice."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.csv_io.schema import FileLimits
from app.database.tables import Upload
from app.domain.calendar import today_utc
from app.domain.errors import NotFoundError
from app.domain.snapshot import SnapshotKey
from app.ingest.check import (
    check_upload,
    current_upload_of_same_file,
    publishable_months,
    review_version_of,
)
from app.ingest.month_diff import MonthReview, compare_months
from app.ingest.review_series import ReviewSeries, review_series
from app.ingest.review_warnings.amounts import (
    heavy_line_warnings,
    line_unit_warnings,
    sum_warnings,
)
from app.ingest.review_warnings.baselines import compare_with_baselines
from app.ingest.review_warnings.new_names import new_name_warnings
from app.ingest.review_warnings.revisions import (
    revision_warnings,
    status_warnings,
    withdrawn_warnings,
)
from app.ingest.review_warnings.settling import unfinished_warnings
from app.ingest.review_warnings.steps import step_warnings
from app.ingest.review_warnings.usual_sums import published_shares, published_values
from app.ingest.review_warnings.vanished import vanished_warnings
from app.ingest.rules.checked import CheckedFile, Notice
from app.ingest.stored_files import WEB_LIMITS, open_stored_file
from app.queries.lines import monthly_totals
from app.queries.upload_versions import current_snapshots_of


@dataclass(frozen=True)
class Review:
    """What publishing a file would change. Without months where it has problems.

    `version` names all this depends on: publishing with it is refused once that has moved on.
    `same_as` is the upload whose bytes are current already: then publishing does nothing.
    `unchanged` are months of the file whose figures are current as it says: they are left alone.
    `upload_id` is None for a file that was not kept.
    """

    upload_id: int | None
    version: str
    checked: CheckedFile
    months: tuple[MonthReview, ...]
    series: tuple[ReviewSeries, ...]
    warnings: tuple[Notice, ...]
    needs_reason: bool
    same_as: int | None
    unchanged: tuple[SnapshotKey, ...]

    @property
    def changes_nothing(self) -> bool:
        """The figures it would publish are the current ones, line for line."""
        return not self.checked.problem_count and not self.months


def review_upload(session: Session, upload_id: int, limits: FileLimits = WEB_LIMITS) -> Review:
    """Return what publishing a stored upload would change today. Raises NotFoundError."""
    upload = session.get(Upload, upload_id) if 0 < upload_id < 2**63 else None
    if upload is None:
        raise NotFoundError(f"There is no upload {upload_id}")
    return review_stored_upload(session, upload, limits)


def review_stored_upload(session: Session, upload: Upload, limits: FileLimits) -> Review:
    """Return what publishing would change, of an upload that need not be in the database yet."""
    with open_stored_file(upload) as file:
        checked = check_upload(session, upload, file, limits=limits)
    return review_checked_file(session, upload, checked)


def review_checked_file(session: Session, upload: Upload, checked: CheckedFile) -> Review:
    """Return the same of an upload whose file was checked already, against today's catalogue."""
    keys = publishable_months(session, upload, checked)
    version = review_version_of(session, upload, checked, keys)
    replaced = current_snapshots_of(session, keys)
    months = compare_months(session, checked, keys, replaced)
    sound = not checked.problem_count
    # Of a file with problems nothing is compared: its review is the list of them.
    same = current_upload_of_same_file(session, upload) if sound else None
    sources = sorted({source for source, _ in keys})
    # Of the whole source, not of the file's months alone: a jump shows beside the months around it.
    before = monthly_totals(session, sources)
    after = before | {key: month.totals() for key, month in months.items()}
    series = tuple(review_series(sources, before, after, keys))
    profiles = {key: month.after for key, month in months.items()}
    compared = compare_with_baselines(session, months, replaced, before)
    return Review(
        upload_id=upload.id,
        version=version,
        checked=checked,
        months=tuple(
            month.review(key, key in replaced, checked.months[key].days, before)
            for key, month in sorted(months.items())
        ),
        series=series,
        warnings=(
            *withdrawn_warnings(session, upload),
            *revision_warnings(replaced),
            *vanished_warnings(compared),
            *status_warnings(months, replaced),
            *unfinished_warnings(profiles, upload, today_utc()),
            *heavy_line_warnings(profiles, compared),
            *sum_warnings(
                profiles, published_values(session, before, keys), published_shares(before)
            ),
            *line_unit_warnings(compared),
            *step_warnings(series, keys),
            *new_name_warnings(checked, profiles.values()),
            *checked.notices,
        ),
        # New months need no reason; replacing what readers have seen does.
        needs_reason=bool(replaced),
        same_as=same.id if same else None,
        unchanged=() if not sound else tuple(sorted(checked.months.keys() - keys)),
    )
