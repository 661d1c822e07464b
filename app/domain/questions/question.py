"""The one question that pages, files and the API answer: a value, and its canonical address."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from app.domain.calendar import format_instant, format_month
from app.domain.vocabulary import View


@dataclass(frozen=True, slots=True)
class Question:
    """Which shares are asked for: the query parameters, checked. Empty tuples filter nothing.

    `source`, `company`, `developer` and `model` hold slugs; without a `source` the main one is
    meant. `from_` and `to` are months, both included.
    """

    # Names, order and defaults are those of the canonical query string, by which answers are cached
    # and cited: a changed default changes what saved links say.
    source: tuple[str, ...] = ()
    by: str = "origin"
    openness: str = "open"
    of: str = "all"
    origin: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    developer: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    from_: date | None = None
    to: date | None = None
    as_of: datetime | None = None
    top: int = 10
    home: str = "developer"
    events: str = "headline"
    bounds: str = "on"
    view: View = View.LINES

    def having(self, **changes: Any) -> "Question":
        """Return the same question with some parameters changed."""
        return replace(self, **changes)

    def query_string(self) -> str:
        """Return the canonical query string: defaults left out, parameters in their fixed order."""
        # Comma, colon and slash may stand in a query as they are, which keeps links readable.
        return urlencode(self.pairs(), safe=",:/")

    def address(self, path: str) -> str:
        """Return `path` with the query string of this question, if it has any."""
        query = self.query_string()
        return f"{path}?{query}" if query else path

    def pairs(self) -> list[tuple[str, str]]:
        """Return name and text of each parameter that is not at its default, in fixed order."""
        return [
            # `from` is a keyword of Python, so its field has an underscore.
            (item.name.rstrip("_"), _format_value(getattr(self, item.name)))
            for item in fields(self)
            if getattr(self, item.name) != item.default
        ]


def _format_value(value: Any) -> str:
    match value:
        case tuple():
            return ",".join(value)
        # A datetime is a date too, so it comes first.
        case datetime():
            return format_instant(value)
        case date():
            return format_month(value)
    return str(value)
