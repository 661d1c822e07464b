"""What the uploads hold that wait for a decision, for the list of what was received."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.lookup import load_catalogue_index
from app.database.tables import Upload
from app.ingest.check import check_upload
from app.ingest.rules.check_process import IN_PROCESS_MAX_BYTES
from app.ingest.stored_files import WEB_LIMITS, open_stored_file

CHECKED_MAX: Final = 12
"""Files that are checked for one list, the latest first: together they take a part of a second."""


@dataclass(frozen=True, slots=True)
class WaitingMonth:
    """A month of a source that a waiting file speaks of."""

    source: str
    month: date


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """What a waiting file holds: its months, or how many problems it has."""

    problem_count: int
    lines: int
    months: tuple[WaitingMonth, ...]


def ids_of_waiting_uploads(session: Session) -> list[int]:
    """Return the uploads that are neither published nor discarded, the latest first."""
    waiting = select(Upload.id).where(Upload.published_at.is_(None), Upload.discarded_at.is_(None))
    return list(session.scalars(waiting.order_by(Upload.id.desc())))


def read_waiting_files(session: Session, ids: Collection[int]) -> dict[int, WaitingFile]:
    """Return what small files among these uploads hold, by id; large ones are left out."""
    small = select(Upload).where(Upload.id.in_(ids), Upload.size <= IN_PROCESS_MAX_BYTES)
    uploads = session.scalars(small.order_by(Upload.id.desc()).limit(CHECKED_MAX)).all()
    return dict(_checked(session, uploads)) if uploads else {}


def _checked(session: Session, uploads: Collection[Upload]) -> Iterator[tuple[int, WaitingFile]]:
    catalogue = load_catalogue_index(session)
    for upload in uploads:
        with open_stored_file(upload) as file:
            checked = check_upload(session, upload, file, catalogue, limits=WEB_LIMITS)
        months = tuple(WaitingMonth(source, month) for source, month in sorted(checked.months))
        yield upload.id, WaitingFile(checked.problem_count, checked.reading.lines, months)
