"""The status and the note of summed lines: as settled as the least settled of them."""

from sqlalchemy import ColumnElement, and_, case, func
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.vocabulary import SETTLED_FIRST, Status


def unsettledness(status: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[int]:
    """Return the aggregate that `status_of_sum` reads the status of a sum from."""
    # A number, because PostgreSQL would take the words in the order of the alphabet.
    return func.max(case({word: rank for rank, word in enumerate(SETTLED_FIRST)}, value=status))


def status_of_sum(unsettledness: int) -> Status:
    """Return the status of a sum whose lines have this `unsettledness`."""
    return SETTLED_FIRST[unsettledness]


def shared_note(note: ColumnElement[str | None]) -> ColumnElement[str | None]:
    """Return the one note of all rows of a group, as a column; NULL where they differ."""
    # MIN and MAX pass over NULL, which says of a sum that the notes of its lines differ already.
    same = and_(func.count(note) == func.count(), func.min(note) == func.max(note))
    return case((same, func.min(note)))
