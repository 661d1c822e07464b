"""What is written about a running server: lines that hold no cell, token or password."""

import json
import logging
import os
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal

REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)
"""The id of the request that is being answered."""


class JsonFormatter(logging.Formatter):
    """One object a record: what a record's `fields` say, beside when, where and what."""

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
    """The same for people: a line a record, and a line a frame of what failed."""

    def format(self, record: logging.LogRecord) -> str:
        request = f" [{request_id}]" if (request_id := REQUEST.get()) else ""
        where = f"{record.levelname.lower()} {record.name}"
        lines = [f"{format_moment(record)} {where}{request}: {format_message(record)}"]
        if record.exc_info and (error := record.exc_info[1]):
            lines += [error_type_names(error), *error_frames(error)]
        return "\n    ".join(lines)


def format_moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def format_message(record: logging.LogRecord) -> str:
    """Its first line: asyncio goes on with the failure itself, which may quote a cell."""
    return record.getMessage().partition("\n")[0]


def error_type_names(error: BaseException) -> str:
    """What failed, and because of what. Not in its own words: they may quote a cell."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    because = f" because of {error_type_names(cause)}" if cause else ""
    return type(error).__qualname__ + because


def error_frames(error: BaseException) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def install_logging(form: Literal["text", "json"]) -> None:
    """Has everything that this process logs written so, to standard error.

    As text: failures only.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    level = logging.INFO if form == "json" else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
