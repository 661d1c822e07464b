"""The record of fetches, which is their queue too: asked for, begun, ended."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.database.fetch_tables import FetchRun, Outcome
from app.database.locks import Lock
from app.database.session import Database
from app.domain.errors import ConflictError
from app.domain.text import checked_reason

MESSAGE_MAX: Final = 6_000
BROKEN_OFF: Final = "It was broken off; nothing of it was stored."


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What is to be fetched, by whom and how. `fetcher` is a fetcher's name.

    `first` and `last` None are every month that may have news. With `publish` what the review has
    no warning about is published, with `stale_ok` old figures are taken as provisional.
    """

    fetcher: str
    by: str
    first: date | None = None
    last: date | None = None
    publish: bool = False
    stale_ok: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What a fetch came to, and in which words; `holds` say why it was not published.

    `names_models`: the figures that wait bring models that are new to the catalogue.
    """

    outcome: Outcome
    messages: tuple[str, ...]
    upload_id: int | None = None
    newest_day: date | None = None
    holds: tuple[str, ...] = ()
    names_models: bool = False

    @property
    def message(self) -> str:
        text = "\n".join((*self.messages, *self.holds))
        if len(text) <= MESSAGE_MAX:
            return text
        return text[:MESSAGE_MAX].rpartition("\n")[0] + "\nAnd more."


@contextmanager
def fetching_alone(db: Database) -> Iterator[None]:
    """Hold the lock of fetches, which go one at a time. Raises ConflictError where one runs."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Held by the session and not by a transaction: a fetch makes several.
        if not connection.scalar(select(func.pg_try_advisory_lock(Lock.FETCH))):
            raise ConflictError("Another fetch is running", "One goes at a time. Try again later.")
        try:
            yield
        finally:
            # With a connection that is lost the lock is gone too, and what was stored stays.
            with suppress(DBAPIError):
                connection.execute(select(func.pg_advisory_unlock(Lock.FETCH)))


def refuse_if_given_up(session: Session, number: int) -> None:
    """Raise ConflictError where another fetch has taken this one for broken off.

    That one began when the lock of this one was lost, and has newer answers. Its row stays locked
    to the end of the transaction, so that none can begin before what is stored here stands.
    """
    run = session.get(FetchRun, number, with_for_update=True)
    if run is None or run.ended_at is not None:
        raise ConflictError("Another fetch has begun meanwhile", "Nothing of this one was stored.")


@contextmanager
def fetcher_present(db: Database) -> Iterator[None]:
    """Show, for as long as it lasts, that somebody takes up what stands in the queue."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(select(func.pg_advisory_lock_shared(Lock.FETCHER)))
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock_shared(Lock.FETCHER)))


def queue_fetch(session: Session, request: FetchRequest) -> int:
    """Put a fetch into the queue and return its number; one that waits already stays the one."""
    # Two presses at once must not make two of them.
    session.execute(select(func.pg_advisory_xact_lock(Lock.FETCH, 0)))
    waiting = session.scalar(
        select(FetchRun.id)
        .where(FetchRun.fetcher == request.fetcher, FetchRun.started_at.is_(None))
        .order_by(FetchRun.id)
        .limit(1)
    )
    return waiting if waiting is not None else _add(session, request)


def _add(session: Session, request: FetchRequest) -> int:
    fetch = FetchRun(
        fetcher=request.fetcher,
        first_month=request.first,
        last_month=request.last,
        publish=request.publish,
        stale_ok=request.stale_ok,
        reason=checked_reason(request.reason),
        requested_by=request.by,
    )
    session.add(fetch)
    session.flush()
    return fetch.id


def begin_fetch(
    db: Database, request: FetchRequest, queued: int | None, next_at: datetime | None
) -> int:
    """Note that a fetch begins, of the queue or at once; return its number.

    `next_at` is when the next one is planned.

    The lock of fetches is held, so that whatever was begun before and has no end was broken off.
    """
    with db.writing() as session:
        for number in session.scalars(
            select(FetchRun.id).where(FetchRun.started_at.is_not(None), FetchRun.ended_at.is_(None))
        ).all():
            note_end(session, number, FetchResult(Outcome.FAILED, (BROKEN_OFF,)))
        number = _add(session, request) if queued is None else queued
        begun = session.scalars(
            update(FetchRun)
            .where(FetchRun.id == number, FetchRun.started_at.is_(None))
            .values(started_at=func.clock_timestamp(), next_at=next_at)
            .returning(FetchRun.id)
        ).all()
        if not begun:
            raise ConflictError("Another fetch took this one up")
    return number


def note_progress(db: Database, number: int, progress: str) -> None:
    """Note what a fetch is about just now."""
    with db.writing() as session:
        session.execute(update(FetchRun).where(FetchRun.id == number).values(progress=progress))


def end_fetch(db: Database, number: int, result: FetchResult) -> None:
    """Note what a fetch came to."""
    with db.writing() as session:
        note_end(session, number, result)
        # What came to be said after the end was noted beside what was stored.
        session.execute(
            update(FetchRun)
            .where(FetchRun.id == number, FetchRun.outcome == result.outcome)
            .values(message=result.message, newest_day=result.newest_day, progress="")
        )


def note_end(session: Session, number: int, result: FetchResult) -> None:
    """Note what a fetch came to that has not ended yet, in the transaction of the session."""
    session.execute(
        update(FetchRun)
        .where(FetchRun.id == number, FetchRun.ended_at.is_(None))
        .values(
            ended_at=func.clock_timestamp(),
            progress="",
            outcome=result.outcome,
            message=result.message,
            newest_day=result.newest_day,
            upload_id=result.upload_id,
        )
    )


def next_queued(db: Database) -> tuple[int, FetchRequest] | None:
    """Return the fetch that waits longest, with its number; None where none waits."""
    with db.reading() as session:
        fetch = session.scalars(
            select(FetchRun).where(FetchRun.started_at.is_(None)).order_by(FetchRun.id).limit(1)
        ).first()
        if fetch is None:
            return None
        request = FetchRequest(
            fetch.fetcher,
            fetch.requested_by,
            fetch.first_month,
            fetch.last_month,
            fetch.publish,
            fetch.stale_ok,
            fetch.reason,
        )
        return fetch.id, request
