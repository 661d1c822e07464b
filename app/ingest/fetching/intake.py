"""Takes what a publisher said into the database: what is new of it as a file, with its answers."""

import io
from collections.abc import Collection
from typing import Final

from sqlalchemy import exists, select
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
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.record import FetchResult
from app.ingest.fetching.stored_answers import store_answers
from app.ingest.publish import publish_upload
from app.ingest.review import Review, review_stored_upload
from app.ingest.stored_files import new_upload, open_stored_file
from app.ingest.withdraw import discard_upload
from app.queries.upload_versions import current_snapshots_of

HOLDS_SHOWN: Final = 20


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
        if same := self._same_that_is_not_published(upload):
            return same
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
            checked = check_upload(
                self.session, upload, file, limits=NO_FILE_LIMITS, progress=_no_progress
            )
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

    def _same_that_is_not_published(self, upload: Upload) -> FetchResult | None:
        """Return what stands for the same bytes, where they were fetched before; else None.

        What a person discarded is fetched again only where its months are asked for.
        """
        same = self.session.scalars(
            select(Upload)
            .where(Upload.sha256 == upload.sha256, Upload.published_at.is_(None))
            .order_by(Upload.discarded_at.desc().nulls_first(), Upload.id)
            .limit(1)
        ).first()
        if same is None or (same.discarded_at and self.job.request.first is not None):
            return None
        if same.discarded_at is None:
            said = f"The same figures wait already as upload {same.id}."
            return FetchResult(Outcome.WAITING, (said,), same.id)
        said = f"The same figures were discarded as upload {same.id}, by {same.discarded_by}."
        hint = "To fetch them all the same, ask for their months."
        return FetchResult(Outcome.UNCHANGED, (said, hint))

    def _decide(self, upload: Upload, months: list[FetchedMonth]) -> FetchResult:
        review = review_stored_upload(self.session, upload, NO_FILE_LIMITS)
        request = self.job.request
        reason = request.reason or self._usual_reason(review)
        told = (*self._description(review, months), *self._discard_earlier(upload))
        holds = tuple(_holds(review, reason))
        if self.job.check_only:
            return FetchResult(Outcome.CHECKED, told, None, holds=holds)
        if not request.publish or holds:
            said = f"Upload {upload.id} waits for review at /uploads/{upload.id}."
            return FetchResult(Outcome.WAITING, (*told, said), upload.id, holds=holds)
        publish_upload(
            self.session,
            upload.id,
            by=request.by,
            reason=reason,
            limits=NO_FILE_LIMITS,
            progress=_no_progress,
        )
        said = f"Published as upload {upload.id}."
        return FetchResult(Outcome.PUBLISHED, (*told, said), upload.id)

    def _description(self, review: Review, months: list[FetchedMonth]) -> list[str]:
        texts = [f"{self.job.fetcher.title}: {_month_text(month)}." for month in months]
        if variants := variants_text(self.reading):
            texts.append(f"{variants}.")
        texts += self.reading.remarks
        checked = review.checked
        new = [item.slug for item in checked.new_developers]
        new += [item.slug for item in checked.new_models]
        if new:
            texts.append(f"New to the catalogue: {', '.join(new)}.")
        return texts

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

    def _discard_earlier(self, upload: Upload) -> list[str]:
        """Discard what earlier fetches left waiting, which this one takes the place of."""
        fetched = select(StoredAnswer.upload_id).where(
            StoredAnswer.fetcher == self.job.fetcher.name
        )
        earlier = self.session.scalars(
            select(Upload.id)
            .where(
                Upload.id.in_(fetched),
                Upload.id != upload.id,
                Upload.published_at.is_(None),
                Upload.discarded_at.is_(None),
            )
            .order_by(Upload.id)
        ).all()
        for number in earlier:
            discard_upload(self.session, number, by=self.job.request.by)
        return [f"Discarded, since this takes its place: upload {number}." for number in earlier]


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


def _holds(review: Review, reason: str) -> list[str]:
    """Return why a fetch is not published without a person having looked at it."""
    checked = review.checked
    if checked.problem_count:
        first = checked.problems[0]
        return [f"The file has {checked.problem_count} problems, such as: {first.sentence()}"]
    # That it revises is no surprise where a reason for it is given, and each line has its status.
    expected = {"becomes_final", "revises"} if reason else {"becomes_final"}
    holds = [
        f"Look at: {warning.text}." for warning in review.warnings if warning.code not in expected
    ]
    if checked.new_developers or checked.new_models:
        holds.append("Look at: the names that are new to the catalogue.")
    if review.needs_reason and not reason:
        holds.append("A reason is needed to revise final figures: give it with --reason.")
    return holds[:HOLDS_SHOWN]
