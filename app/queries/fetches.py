"""The record of fetches, and the publishers' answers beside an upload, as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.database.fetch_tables import FetchRun, Outcome, StoredAnswer
from app.database.locks import Lock

FETCHES_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """A fetch as far as it has come. `fetcher` names the publisher's fetcher.

    `started_at` None waits in the queue. `next_at` is about when the next one begins by itself,
    None where none was planned.
    """

    id: int
    fetcher: str
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    progress: str
    ended_at: datetime | None
    outcome: Outcome | None
    message: str
    newest_day: date | None
    upload_id: int | None
    next_at: datetime | None

    @property
    def pending(self) -> bool:
        """Whether it has not ended yet."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """An answer of a publisher, of which an upload's file was made; `size` is in bytes.

    `number` counts the answers of the upload from 1, `sha256` is in hexadecimal.
    """

    number: int
    fetcher: str
    url: str
    received_at: datetime
    headers: Mapping[str, Any]
    sha256: str
    size: int
    licence: str
    attribution: str


def read_fetches(session: Session, limit: int = FETCHES_A_PAGE) -> list[FetchRecord]:
    """Return the record of fetches, the latest first."""
    statement = select(FetchRun).order_by(FetchRun.id.desc()).limit(limit)
    return [_record(row) for row in session.scalars(statement)]


def read_last_fetch(session: Session, fetcher: str) -> FetchRecord | None:
    """Return the last fetch of a fetcher that has ended, or None; checks are none."""
    row = session.scalars(
        select(FetchRun)
        .where(
            FetchRun.fetcher == fetcher,
            FetchRun.ended_at.is_not(None),
            FetchRun.outcome != Outcome.CHECKED,
        )
        .order_by(FetchRun.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _record(row)


@dataclass(frozen=True, slots=True)
class FetchTimes:
    """When a fetcher last succeeded and failed, and the newest day it has seen; None is never."""

    succeeded_at: datetime | None
    failed_at: datetime | None
    newest_day: date | None


def read_fetch_times(session: Session) -> dict[str, FetchTimes]:
    """Return the times of each fetcher that has a fetch behind it, by its name."""
    failed = FetchRun.outcome == Outcome.FAILED
    rows = session.execute(
        select(
            FetchRun.fetcher,
            # A fetch that had nothing to ask for says nothing of its publisher.
            func.max(FetchRun.ended_at).filter(~failed, FetchRun.newest_day.is_not(None)),
            func.max(FetchRun.ended_at).filter(failed),
            func.max(FetchRun.newest_day),
        )
        .where(FetchRun.ended_at.is_not(None), FetchRun.outcome != Outcome.CHECKED)
        .group_by(FetchRun.fetcher)
    )
    return {row[0]: FetchTimes(row[1], row[2], row[3]) for row in rows}


def has_fetcher(session: Session) -> bool:
    """Return whether a process takes up what stands in the queue."""
    return bool(session.scalar(select(HAS_FETCHER)))


# How PostgreSQL lists an advisory lock with one key: the key is the lower half of a bigint.
HAS_FETCHER: Final = text(
    "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid = 0 AND objid = :key AND objsubid = 1)"
).bindparams(key=int(Lock.FETCHER))


def read_answers(session: Session, upload_id: int) -> Sequence[AnswerRecord]:
    """Return the answers that an upload's file was made of, in their order; () of a sent file."""
    rows = session.scalars(
        select(StoredAnswer)
        .where(StoredAnswer.upload_id == upload_id)
        .order_by(StoredAnswer.number)
    )
    return tuple(
        AnswerRecord(
            number=row.number,
            fetcher=row.fetcher,
            url=row.url,
            received_at=row.received_at,
            headers=row.headers,
            sha256=row.sha256.hex(),
            size=row.size,
            licence=row.licence,
            attribution=row.attribution,
        )
        for row in rows
    )


def _record(row: FetchRun) -> FetchRecord:
    return FetchRecord(
        id=row.id,
        fetcher=row.fetcher,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        started_at=row.started_at,
        progress=row.progress,
        ended_at=row.ended_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        message=row.message,
        newest_day=row.newest_day,
        upload_id=row.upload_id,
        next_at=row.next_at,
    )
