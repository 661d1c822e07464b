"""The log of a running server: lines that hold no cell, token or password.

Errors are therefore logged by their type and place only. PostgreSQL's and Python's own words quote
the values that they refuse.
"""

import json
import logging
import os
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal

REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)
"""The id of the request that is being answered; None outside of one. MetricsMiddleware sets it."""


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON: time, level, logger, process, message, and its fields.

    A caller gives fields of its own by `extra={"fields": {...}}`.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": format_moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": os.getpid(),
            "message": format_message(record),
        }
        if request := REQUEST.get():
            entry["request"] = request
        entry |= getattr(record, "fields", {})
        if record.exc_info and (error := record.exc_info[1]):
            entry["error"] = error_type_names(error)
            entry["trace"] = error_frames(error)
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """Formats a record for people: one line, and one more for each frame of what failed."""

    def format(self, record: logging.LogRecord) -> str:
        request = f" [{request_id}]" if (request_id := REQUEST.get()) else ""
        where = f"{record.levelname.lower()} {record.name}"
        lines = [f"{format_moment(record)} {where}{request}: {format_message(record)}"]
        if record.exc_info and (error := record.exc_info[1]):
            lines += [error_type_names(error), *error_frames(error)]
        return "\n    ".join(lines)


def format_moment(record: logging.LogRecord) -> str:
    """Return when the record was made: ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def format_message(record: logging.LogRecord) -> str:
    """Return the first line of the message: asyncio puts the failure, with its words, below it."""
    return record.getMessage().partition("\n")[0]


def error_type_names(error: BaseException) -> str:
    """Return the types of an error and of its causes, not their words, which may quote a cell."""
    # As Python prints it: an explicit cause (`raise … from`), else what was being handled, unless
    # `from None` hides that.
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    because = f" because of {error_type_names(cause)}" if cause else ""
    return type(error).__qualname__ + because


def error_frames(error: BaseException) -> list[str]:
    """Return file, line and function of each frame, without the source line that Python adds."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def install_logging(form: Literal["text", "json"]) -> None:
    """Write all that this process logs to standard error, in this form.

    As text, only warnings and failures are written.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    level = logging.INFO if form == "json" else logging.WARNING
    # Forced, since the command line has configured logging before, in plain words.
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
