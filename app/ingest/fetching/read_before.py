"""Tells whether figures of the last thirty days were read already, so that they stay.

They move with every day: to fetch them each time would make a revision of every fetch.
"""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.database.fetch_tables import Outcome, StoredAnswer
from app.database.tables import Observation, Upload
from app.domain.calendar import format_month
from app.domain.sources.source_terms import Window
from app.domain.vocabulary import Status
from app.ingest.fetchers.trailing import trailing_month
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.record import FetchResult
from app.queries.upload_versions import current_snapshots_of


def trailing_read_before(session: Session, job: FetchJob) -> FetchResult | None:
    """Return what stands for today's month, so that it need not be read; None to read it.

    Where the months are asked for it is always read, and so is what is of the days of a month.
    """
    if job.fetcher.window is Window.MONTH or job.request.first is not None:
        return None
    month, status = trailing_month(job.today)
    hint = f"To read it anew, ask with --from {format_month(month)}."
    if _all_stand(session, job, month, status):
        later = "; it is read again when it is final" if status is Status.PROVISIONAL else ""
        said = f"{format_month(month)} stands already, {status}{later}."
        return FetchResult(Outcome.UNCHANGED, (said, hint))
    upload = _unpublished(session, job, month, status)
    if upload is None:
        return None
    if upload.discarded_at is None:
        said = f"{format_month(month)} was read already, and waits as upload {upload.id}."
        return FetchResult(Outcome.WAITING, (said, hint), upload.id)
    said = f"{format_month(month)} was discarded as upload {upload.id}, by {upload.discarded_by}."
    return FetchResult(Outcome.UNCHANGED, (said, hint))


def _all_stand(session: Session, job: FetchJob, month: date, status: Status) -> bool:
    """Return whether figures of every source stand that are as settled as today's would be."""
    keys = [(source, month) for source in job.fetcher.sources]
    ids = [item.snapshot_id for item in current_snapshots_of(session, keys).values()]
    if len(ids) < len(keys):
        return False
    provisional = exists().where(
        Observation.snapshot_id.in_(ids), Observation.status == Status.PROVISIONAL
    )
    return status is Status.PROVISIONAL or not session.scalar(select(provisional))


def _unpublished(session: Session, job: FetchJob, month: date, status: Status) -> Upload | None:
    """Return the newest upload of the same month and status that was fetched, not published."""
    fetched = select(StoredAnswer.upload_id).where(StoredAnswer.fetcher == job.fetcher.name)
    uploads = session.scalars(
        select(Upload)
        .where(Upload.id.in_(fetched), Upload.published_at.is_(None))
        .order_by(Upload.id.desc())
    )
    return next(
        (
            upload
            for upload in uploads
            if upload.publisher_as_of and trailing_month(upload.publisher_as_of) == (month, status)
        ),
        None,
    )
