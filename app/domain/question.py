"""The one question that pages, files and the API answer: a value, and its canonical address."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from app.domain.calendar import format_instant, format_month
from app.domain.vocabulary import View


@dataclass(frozen=True, slots=True)
class Question:
    """Which shares: the query parameters, checked. Empty tuples filter nothing."""

    source: tuple[str, ...] = ()
    by: str = "origin"
    openness: str = "open"
    of: str = "all"
    origin: tuple[str, ...] = ()
    developer: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    from_: date | None = None
    to: date | None = None
    as_of: datetime | None = None
    top: int = 10
    home: str = "developer"
    events: str = "headline"
    view: View = View.LINES

    def having(self, **changes: Any) -> "Question":
        return replace(self, **changes)

    def query_string(self) -> str:
        """The canonical query string: defaults left out, parameters in their fixed order."""
        return urlencode(self.pairs(), safe=",:/")

    def address(self, path: str) -> str:
        """Where `path` answers this question."""
        query = self.query_string()
        return f"{path}?{query}" if query else path

    def pairs(self) -> list[tuple[str, str]]:
        return [
            (item.name.rstrip("_"), _format_value(getattr(self, item.name)))
            for item in fields(self)
            if getattr(self, item.name) != item.default
        ]


def _format_value(value: Any) -> str:
    match value:
        case tuple():
            return ",".join(value)
        case datetime():
            return format_instant(value)
        case date():
            return format_month(value)
    return str(value)
