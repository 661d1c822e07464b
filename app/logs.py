"""What is written about a running server: lines of JSON that hold no cell, token or password."""

import json
import logging
import os
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)
"""The id of the request that is being answered."""


class JsonLines(logging.Formatter):
    """One object a record: what a record's `fields` say, beside when, where and what."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": os.getpid(),
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            entry["request"] = request
        entry |= getattr(record, "fields", {})
        if record.exc_info and (error := record.exc_info[1]):
            entry["error"] = type(error).__qualname__
            # Not its message: that may quote a cell or a parameter.
            frames = traceback.extract_tb(error.__traceback__)
            entry["trace"] = [f"{one.filename}:{one.lineno} {one.name}" for one in frames]
        return json.dumps(entry, ensure_ascii=False)


def install() -> None:
    """Has everything that this process logs written as JSON, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
