"""What one upload says about one source in one month: its key, its basis and its lines."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.domain.vocabulary import Openness, Origin, Status

SnapshotKey = tuple[str, date]
"""A source's slug and a month: what one snapshot is about."""


# The docstring is the description of this list in the API's OpenAPI document.
class Basis(StrEnum):
    """What a snapshot's shares rest on: they were given, or computed from its values."""

    SHARE = "share"
    VALUE = "value"


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
