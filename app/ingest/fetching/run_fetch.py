"""One fetch from its beginning to its end: the publisher asked, what it said taken in."""

from dataclasses import replace

from sqlalchemy.exc import OperationalError

from app.catalogue.lookup import load_catalogue_index
from app.database.fetch_tables import Outcome
from app.database.session import Database
from app.domain.errors import UserError
from app.domain.sources.source_terms import Window
from app.ingest.fetchers.fetcher import Period, Reading
from app.ingest.fetchers.months import FetchedMonth, sum_months
from app.ingest.fetchers.trailing import sum_trailing
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.intake import FetchIntake
from app.ingest.fetching.needed_sources import add_needed_sources
from app.ingest.fetching.read_before import trailing_read_before
from app.ingest.fetching.record import (
    FetchResult,
    begin_fetch,
    end_fetch,
    fetching_alone,
    note_end,
    note_progress,
    refuse_if_given_up,
)
from app.ingest.import_export import IMPORT_STATEMENT_TIMEOUT_S


def run_fetch(db: Database, job: FetchJob) -> FetchResult:
    """Fetch, and return what it came to; the record of fetches has it too.

    Raises PublisherError for what the publisher answers, ConflictError where another fetch runs,
    BadFileError for a file that cannot be checked. Whatever is raised, no figure is stored.
    """
    with fetching_alone(db):
        number = begin_fetch(db, job.request, job.queued, job.next_at)
        try:
            result = _fetch(db, job, number)
        except UserError as refused:
            message = (f"{refused.title}. {refused.detail}".strip(),)
            end_fetch(db, number, FetchResult(Outcome.FAILED, message))
            raise
        except OperationalError:
            # Nothing can be noted where the database is away: the next fetch notes that this one
            # was broken off.
            raise
        except Exception as error:
            fault = f"A fault of the program: {type(error).__qualname__}. The log tells more."
            end_fetch(db, number, FetchResult(Outcome.FAILED, (fault,)))
            raise
        end_fetch(db, number, result)
    return result


def _fetch(db: Database, job: FetchJob, number: int) -> FetchResult:
    with db.reading() as session:
        if before := trailing_read_before(session, job):
            return before
        catalogue = load_catalogue_index(session)
    note_progress(db, number, f"asks {job.fetcher.title}")
    with job.open_publisher() as publisher:
        period = job.period
        if period.first is None:
            period = replace(period, first=job.fetcher.first_month(publisher, job.today))
        answers = job.fetcher.collect(publisher, period, catalogue)
    reading = job.fetcher.read(answers, catalogue)
    months = _months(job, reading, period)
    if not months:
        return FetchResult(Outcome.UNCHANGED, (f"{job.fetcher.title} has no day of these months.",))
    note_progress(db, number, "checks what it answered")
    added: tuple[str, ...] = ()
    if not job.check_only:
        # Apart from the taking in: the audit list is locked to the end of what writes into it.
        with db.writing() as session:
            added = add_needed_sources(session, job.fetcher, by=job.request.by)
    with db.writing(timeout_s=IMPORT_STATEMENT_TIMEOUT_S) as session:
        if job.check_only:
            added = add_needed_sources(session, job.fetcher, by=job.request.by)
        refuse_if_given_up(session, number)
        result = FetchIntake(session, job, answers, reading).take(months)
        if job.check_only or result.outcome is Outcome.UNCHANGED:
            session.rollback()
        else:
            # With what is stored: whoever begins next finds either both or neither.
            note_end(session, number, result)
    newest = max(month.newest_day for month in months)
    result = replace(result, messages=(*added, *result.messages), newest_day=newest)
    return _with_proposals(db, job, number, result)


def _with_proposals(db: Database, job: FetchJob, number: int, result: FetchResult) -> FetchResult:
    """Propose what publishers say of models that waiting figures bring, and tell of it."""
    # Only what waits has names that are new: they are never published without a person.
    if job.propose_models is None or not result.names_models:
        return result
    note_progress(db, number, "looks up new models")
    return replace(result, messages=(*result.messages, *job.propose_models(db)))


def _months(job: FetchJob, reading: Reading, period: Period) -> list[FetchedMonth]:
    if job.fetcher.window is Window.MONTH:
        return sum_months(job.fetcher, reading, period, stale_ok=job.request.stale_ok)
    return sum_trailing(job.fetcher, reading, job.today)
