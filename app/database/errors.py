"""What PostgreSQL refuses or cannot do, in words for whoever asked."""

from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.domain.errors import BadInputError, ConflictError, NoRoomError, UnavailableError, UserError

INSUFFICIENT_PRIVILEGE: Final = "42501"
LOCK_NOT_AVAILABLE: Final = "55P03"
RETRY_HINT: Final = "Nothing is lost. Please try again in a few seconds."
_SAME_MOMENT: Final = "Someone else changed the same at the same moment"
_LOOK_AGAIN_HINT: Final = "Nothing was stored. Please look again and try again."
_NO_ANSWER: Final = "The database cannot be reached"
_BUSY: Final = "Too many are asking at this moment"
_TOO_MANY: Final = ("too many clients", "too many connections", "connection slots are reserved")


_STATES: Final[dict[str, tuple[type[UserError], str, str]]] = {
    "22": (BadInputError, "A value in the request cannot be stored", "Nothing was stored."),
    "23": (ConflictError, "That contradicts what is stored already", _LOOK_AGAIN_HINT),
    "25006": (
        UnavailableError,
        "Nothing can be changed at the moment: the database is read-only",
        "Reading works. Nothing was stored; please try again later.",
    ),
    "40001": (ConflictError, _SAME_MOMENT, _LOOK_AGAIN_HINT),
    "40P01": (ConflictError, _SAME_MOMENT, _LOOK_AGAIN_HINT),
    "53": (UnavailableError, "The database is out of means", RETRY_HINT),
    "53100": (
        NoRoomError,
        "There is no room left on the server's disk",
        "Nothing was stored. Please tell whoever runs this server.",
    ),
    "53300": (UnavailableError, _BUSY, RETRY_HINT),
    LOCK_NOT_AVAILABLE: (UnavailableError, "The database is busy with another change", RETRY_HINT),
    "08": (UnavailableError, _NO_ANSWER, RETRY_HINT),
    "25P03": (UnavailableError, _NO_ANSWER, RETRY_HINT),
    "57": (UnavailableError, "The database is starting or stopping", RETRY_HINT),
    "57014": (UnavailableError, "That took too long", "Ask for fewer months, or another grouping."),
}
"""By SQLSTATE, or its class: the first two characters."""


def sql_state(error: Exception) -> str | None:
    """The five characters by which PostgreSQL tells what happened."""
    state: str | None = getattr(_own(error), "sqlstate", None)
    return state


def _own(error: Exception) -> object:
    """The driver's error. COPY raises it bare, without SQLAlchemy's around it."""
    return getattr(error, "orig", error)


def connection_error_text(error: Exception) -> str:
    """Why there is no connection, as libpq says it; it knows nothing of any statement."""
    server_error = _own(error)
    lost = isinstance(server_error, psycopg.OperationalError) and server_error.sqlstate is None
    return " ".join(str(server_error).split()) if lost else ""


def explain_error(error: SQLAlchemyError | psycopg.Error) -> UserError | None:
    """Why the database did not do it, or None where the fault is ours."""
    if isinstance(error, PoolTimeout):
        return UnavailableError(_BUSY, RETRY_HINT)
    state = sql_state(error)
    if state is None:
        return _without_state(error)
    explanation = _STATES.get(state) or _STATES.get(state[:2])
    return _refusal(*explanation) if explanation else None


def _without_state(error: Exception) -> UserError | None:
    """The driver's own errors: it could not connect, or would not send what it was given."""
    if isinstance(_own(error), psycopg.DataError):
        return _refusal(*_STATES["22"])
    if isinstance(_own(error), psycopg.OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        # A connection that is refused has words, but no state.
        busy = any(words in str(error) for words in _TOO_MANY)
        return UnavailableError(_BUSY if busy else _NO_ANSWER, RETRY_HINT)
    return None


def _refusal(kind: type[UserError], title: str, detail: str) -> UserError:
    return kind(title, detail)
