"""Takes what a publisher said into the database: what is new of it as a file, with its answers."""

import io
from collections.abc import Collection
from typing import BinaryIO, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.csv_io.schema import NO_FILE_LIMITS
from app.database.fetch_tables import Outcome, StoredAnswer
from app.database.tables import Observation, Upload
from app.domain.calendar import format_month
from app.domain.snapshot import SnapshotKey
from app.domain.sources.provenance import Provenance
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.vocabulary import Openness, Status
from app.ingest.check import check_upload, publishable_months
from app.ingest.fetchers.fetcher import Reading
from app.ingest.fetchers.months import FetchedMonth
from app.ingest.fetchers.upload_file import variants_text, write_upload_file
from app.ingest.fetching.doubts import find_doubts
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.record import FetchResult
from app.ingest.fetching.stored_answers import store_answers
from app.ingest.fetching.upload_months import months_of_file
from app.ingest.publish import publish_upload
from app.ingest.review import Review, review_stored_upload
from app.ingest.rules.checked import CheckedFile
from app.ingest.stored_files import new_upload, open_stored_file
from app.ingest.withdraw import discard_upload
from app.queries.upload_versions import current_snapshots_of

HOLDS_SHOWN: Final = 20
MONTHS_SHOWN: Final = 6
REPLACED_BY: Final = "replaced by upload"
"""How it is said of a discarded upload that a later fetch took its place."""


class FetchIntake:
    """Takes what a publisher said into the database, within one transaction."""

    def __init__(
        self,
        session: Session,
        job: FetchJob,
        answers: Collection[PublisherAnswer],
        reading: Reading,
    ) -> None:
        self.session = session
        self.job = job
        self.answers = list(answers)
        self.reading = reading

    def take(self, months: list[FetchedMonth]) -> FetchResult:
        """Return what became of the months: those that say what stands already are left out."""
        upload = self._upload(months)
        keys = self._news(upload)
        if keys is not None and not keys:
            said = f"Nothing has changed: {_named(months)} as {self.job.fetcher.title} says."
            return FetchResult(Outcome.UNCHANGED, (said,))
        if keys is not None and len(keys) < len(months):
            months = [month for month in months if (month.source, month.month) in keys]
            upload = self._upload(months)
        same = self._same_that_is_not_published(upload)
        if isinstance(same, FetchResult):
            return same
        if same is not None:
            return self._decide(same, months)
        self.session.add(upload)
        self.session.flush()
        store_answers(self.session, upload.id, self.job.fetcher.name, self.answers, self.reading)
        return self._decide(upload, months)

    def _upload(self, months: list[FetchedMonth]) -> Upload:
        job = self.job
        content = write_upload_file(job.fetcher, months)
        spans = sorted({format_month(month.month) for month in months})
        span = spans[0] if len(spans) == 1 else f"{spans[0]}_{spans[-1]}"
        received = max(answer.received_at for answer in self.answers).date()
        return new_upload(
            self.session,
            io.BytesIO(content),
            filename=f"{job.fetcher.name}_{span}.csv",
            by=job.request.by,
            source=None,
            openness=Openness.UNKNOWN,
            provenance=Provenance(self.reading.origin_url, received, self.reading.as_of),
        )

    def _news(self, upload: Upload) -> frozenset[SnapshotKey] | None:
        """Return the months that publishing would change; None for a file with problems.

        Where no months were asked for, those are left out of which later figures stand.
        """
        with open_stored_file(upload) as file:
            checked = self._check(upload, file)
            if checked.problem_count:
                return None
            keys = publishable_months(self.session, upload, checked)
        if self.job.request.first is not None:
            return keys
        current = current_snapshots_of(self.session, keys)
        later = {key for key, snapshot in current.items() if self._is_later(snapshot.upload_id)}
        return keys - later

    def _is_later(self, upload_id: int) -> bool:
        as_of = self.session.get_one(Upload, upload_id).publisher_as_of
        return bool(as_of and self.reading.as_of and as_of > self.reading.as_of)

    def _same_that_is_not_published(self, upload: Upload) -> Upload | FetchResult | None:
        """Return the upload of the same bytes that waits, or what a person decided of one; or None.

        What a person discarded is fetched again only where its months are asked for.
        """
        same = self.session.scalars(
            select(Upload)
            .where(
                Upload.sha256 == upload.sha256,
                Upload.published_at.is_(None),
                # What only made room for a later fetch was nobody's decision.
                func.coalesce(Upload.discarded_by, "").not_like(f"%{REPLACED_BY}%"),
            )
            .order_by(Upload.discarded_at.desc().nulls_first(), Upload.id)
            .limit(1)
        ).first()
        if same is None or (same.discarded_at and self.job.request.first is not None):
            return None
        if same.discarded_at is None:
            return same
        said = f"The same figures were discarded as upload {same.id}, by {same.discarded_by}."
        hint = "To fetch them all the same, name their months with --from and --to."
        return FetchResult(Outcome.UNCHANGED, (said, hint))

    def _decide(self, upload: Upload, months: list[FetchedMonth]) -> FetchResult:
        review = review_stored_upload(self.session, upload, NO_FILE_LIMITS)
        request = self.job.request
        reason = request.reason or self._usual_reason(review)
        told = self._description(review, months)
        holds = self._holds(upload, review, reason)
        if self.job.check_only:
            return FetchResult(Outcome.CHECKED, told, None, holds=holds)
        told += self._discard_earlier(upload, months)
        if not request.publish or holds:
            said = f"Upload {upload.id} waits for review at /uploads/{upload.id}."
            new = bool(review.checked.new_models)
            return FetchResult(
                Outcome.WAITING, (said, *told), upload.id, holds=holds, names_models=new
            )
        publish_upload(
            self.session,
            upload.id,
            by=request.by,
            reason=reason,
            limits=NO_FILE_LIMITS,
            progress=_no_progress,
        )
        said = f"Published as upload {upload.id}."
        return FetchResult(Outcome.PUBLISHED, (said, *told), upload.id)

    def _holds(self, upload: Upload, review: Review, reason: str) -> tuple[str, ...]:
        """Return why the figures are not published without a person having looked at them."""
        holds = _review_holds(review, reason)
        if not review.checked.problem_count:
            with open_stored_file(upload) as file:
                checked = self._check(upload, file)
                holds += [f"Look at: {doubt}." for doubt in find_doubts(self.session, checked)]
        return tuple(holds[:HOLDS_SHOWN])

    def _check(self, upload: Upload, file: BinaryIO) -> CheckedFile:
        return check_upload(
            self.session, upload, file, limits=NO_FILE_LIMITS, progress=_no_progress
        )

    def _description(self, review: Review, months: list[FetchedMonth]) -> tuple[str, ...]:
        texts = [f"{self.job.fetcher.title}: {_month_text(month)}." for month in months]
        if len(texts) > MONTHS_SHOWN:
            middle = f"And {len(texts) - MONTHS_SHOWN} more."
            texts = [*texts[: MONTHS_SHOWN // 2], middle, *texts[-(MONTHS_SHOWN // 2) :]]
        if variants := variants_text(self.reading):
            texts.append(f"{variants}.")
        texts += self.reading.remarks
        checked = review.checked
        new = [item.slug for item in checked.new_developers]
        new += [item.slug for item in checked.new_models]
        if new:
            texts.append(f"New to the catalogue: {', '.join(new)}.")
        return tuple(texts)

    def _usual_reason(self, review: Review) -> str:
        """Return the reason of a revision of provisional figures alone; else ""."""
        ids = [
            snapshot.snapshot_id
            for snapshot in current_snapshots_of(
                self.session, [(month.source, month.month) for month in review.months]
            ).values()
        ]
        settled = exists().where(
            Observation.snapshot_id.in_(ids), Observation.status != Status.PROVISIONAL
        )
        if not ids or self.session.scalar(select(settled)):
            return ""
        return f"fetched again from {self.job.fetcher.title}: the figures before were provisional"

    def _discard_earlier(self, upload: Upload, months: list[FetchedMonth]) -> tuple[str, ...]:
        """Discard what earlier fetches left waiting, of which this one has every month."""
        fetched = select(StoredAnswer.upload_id).where(
            StoredAnswer.fetcher == self.job.fetcher.name
        )
        earlier = self.session.scalars(
            select(Upload)
            .where(
                Upload.id.in_(fetched),
                Upload.id != upload.id,
                Upload.published_at.is_(None),
                Upload.discarded_at.is_(None),
            )
            .order_by(Upload.id)
        ).all()
        brought = {(month.source, format_month(month.month)) for month in months}
        replaced = [item.id for item in earlier if months_of_file(item) <= brought]
        for number in replaced:
            by = f"{self.job.request.by}, {REPLACED_BY} {upload.id}"
            discard_upload(self.session, number, by=by)
        return tuple(f"Discarded, since this takes its place: upload {item}." for item in replaced)


def _no_progress(_: int) -> None:
    """Do nothing; a check with a progress is made in this process, not in one of its own."""


def _named(months: list[FetchedMonth]) -> str:
    """Return the months as the subject of a sentence, the first and the last of many."""
    spans = sorted({format_month(month.month) for month in months})
    return f"{spans[0]} stands" if len(spans) == 1 else f"{spans[0]} to {spans[-1]} stand"


def _month_text(month: FetchedMonth) -> str:
    days = month.covered
    span = f"as of {month.newest_day}"
    if days is not None:
        span = f"{days.first_day} to {days.last_day}, {days.days} days"
    lines = f"{len(month.totals)} line{'' if len(month.totals) == 1 else 's'}"
    return f"{format_month(month.month)} of {month.source}, {month.status}, {span}, {lines}"


NOT_HELD_FOR: Final = frozenset(
    {"heavy_line", "lost_developers", "unusual_sum", "new_developers", "new_models"}
)
"""Warnings that hold no fetch: `doubts` or the lines below tell the same, or it is the publisher's.

A line of more than 40 percent is a slip of a file made by hand; of a publisher it is a finding.
"""


def _review_holds(review: Review, reason: str) -> list[str]:
    """Return what of a review a person has to look at before the figures are published."""
    checked = review.checked
    if checked.problem_count:
        first = checked.problems[0]
        return [f"The file has {checked.problem_count} problems, such as: {first.sentence()}"]
    # That it revises is no surprise where a reason for it is given, and each line has its status.
    # A fetcher says the days of every month that is not whole.
    expected = {"becomes_final", "lost_days", *NOT_HELD_FOR} | ({"revises"} if reason else set())
    holds = [
        f"Look at: {warning.text}." for warning in review.warnings if warning.code not in expected
    ]
    if checked.new_developers or checked.new_models:
        holds.append("Look at: the names that are new to the catalogue.")
    if review.needs_reason and not reason:
        holds.append("A reason is needed to revise final figures: give it with --reason.")
    return holds
