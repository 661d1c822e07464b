"""What one upload says about one source in one month: its key, its basis and its lines."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.calendar import days_in
from app.domain.vocabulary import Openness, Origin, Status

SnapshotKey = tuple[str, date]
"""A source's slug and a month: what one snapshot is about."""


# The docstring is the description of this list in the API's OpenAPI document.
class Basis(StrEnum):
    """What a snapshot's shares rest on: they were given, or computed from its values."""

    SHARE = "share"
    VALUE = "value"


class DaysCovered(NamedTuple):
    """The days of a month that a snapshot's figures are of: so many from the first to the last.

    A publisher may have left days out in between.
    """

    first_day: date
    last_day: date
    days: int

    @classmethod
    def of_columns(cls, first_day: Any, last_day: Any, days: Any) -> "DaysCovered | None":
        """Return the days that stored columns hold; None where they are NULL: a whole month."""
        return None if days is None else cls(first_day, last_day, days)

    @property
    def whole(self) -> bool:
        """Whether it is every day of its month."""
        return self.days == days_in(self.first_day.replace(day=1))


class SnapshotFacts(NamedTuple):
    """What is true of all lines of a snapshot; `days` None is the whole month."""

    basis: Basis
    days: DaysCovered | None


class Line(NamedTuple):
    """One observation as a file says it and the catalogue completes it.

    `source`, `developer` and `model` are slugs. `line` is the line of the file, counted from 1.
    `share_pct` is percent of all usage the source counted that month; `value` is in the unit of the
    source's metric, None where the file gives shares only.
    """

    source: str
    month: date
    line: int
    origin: Origin
    openness: Openness
    developer: str | None
    model: str | None
    share_pct: Decimal
    value: Decimal | None
    status: Status
    note: str
