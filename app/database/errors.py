"""PostgreSQL's errors, by SQLSTATE, as errors that a user can read."""

from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.domain.errors import BadInputError, ConflictError, NoRoomError, UnavailableError, UserError

# SQLSTATEs: PostgreSQL's manual, appendix A.
INSUFFICIENT_PRIVILEGE: Final = "42501"
LOCK_NOT_AVAILABLE: Final = "55P03"  # lock_timeout ran out
READ_ONLY: Final = "25006"
SERIALIZATION_FAILURE: Final = "40001"
RETRY_HINT: Final = "Nothing is lost. Please try again in a few seconds."
_SAME_MOMENT: Final = "Someone else changed the same at the same moment"
_LOOK_AGAIN_HINT: Final = "Nothing was stored. Please look again and try again."
_NO_ANSWER: Final = "The database cannot be reached"
_BUSY: Final = "Too many are asking at this moment"
# What libpq says of a server without a free connection, which it refuses without a SQLSTATE.
_TOO_MANY: Final = ("too many clients", "too many connections", "connection slots are reserved")


_STATES: Final[dict[str, tuple[type[UserError], str, str]]] = {
    # Data that no column takes, such as a NUL character or a number out of range.
    "22": (BadInputError, "A value in the request cannot be stored", "Nothing was stored."),
    # A constraint, or a trigger that raised restrict_violation.
    "23": (ConflictError, "That contradicts what is stored already", _LOOK_AGAIN_HINT),
    READ_ONLY: (
        UnavailableError,
        "Nothing can be changed at the moment: the database is read-only",
        "Reading works. Nothing was stored; please try again later.",
    ),
    SERIALIZATION_FAILURE: (ConflictError, _SAME_MOMENT, _LOOK_AGAIN_HINT),
    "40P01": (ConflictError, _SAME_MOMENT, _LOOK_AGAIN_HINT),  # deadlock
    "53": (UnavailableError, "The database is out of means", RETRY_HINT),
    "53100": (
        NoRoomError,
        "There is no room left on the server's disk",
        "Nothing was stored. Please tell whoever runs this server.",
    ),
    "53300": (UnavailableError, _BUSY, RETRY_HINT),
    LOCK_NOT_AVAILABLE: (UnavailableError, "The database is busy with another change", RETRY_HINT),
    "08": (UnavailableError, _NO_ANSWER, RETRY_HINT),
    # idle_in_transaction_session_timeout: our connection was ended, whatever kept us.
    "25P03": (UnavailableError, _NO_ANSWER, RETRY_HINT),
    "57": (UnavailableError, "The database is starting or stopping", RETRY_HINT),
    # statement_timeout: only a large question takes that long.
    "57014": (UnavailableError, "That took too long", "Ask for fewer months, or another grouping."),
}
"""Error, title and detail by SQLSTATE or by its class, the first two characters of one."""


def sql_state(error: Exception) -> str | None:
    """Return the SQLSTATE of SQLAlchemy's or psycopg's error, None where the server gave none."""
    state: str | None = getattr(_own(error), "sqlstate", None)
    return state


def _own(error: Exception) -> object:
    """Return the driver's error: COPY raises it bare, without SQLAlchemy's around it."""
    return getattr(error, "orig", error)


def connection_error_text(error: Exception) -> str:
    """Return why there is no connection, as libpq says it, or "" for any other error."""
    # Only without a SQLSTATE is the text safe to log: it names host and reason. The server's own
    # messages quote values of the statement.
    server_error = _own(error)
    lost = isinstance(server_error, psycopg.OperationalError) and server_error.sqlstate is None
    return " ".join(str(server_error).split()) if lost else ""


def explain_error(error: SQLAlchemyError | psycopg.Error) -> UserError | None:
    """Return the error to show for what the database refused, None if it is a fault of our code."""
    if isinstance(error, PoolTimeout):
        return UnavailableError(_BUSY, RETRY_HINT)
    state = sql_state(error)
    if state is None:
        return _without_state(error)
    # The exact state goes before its class: "53100", a full disk, before "53".
    explanation = _STATES.get(state) or _STATES.get(state[:2])
    return _refusal(*explanation) if explanation else None


def _without_state(error: Exception) -> UserError | None:
    """Explain the driver's own errors: it could not connect, or would not send a value."""
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
