"""What one upload says about one source in one month: its key, its basis and its lines."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.domain.vocabulary import Openness, Origin, Status

SnapshotKey = tuple[str, date]
"""A source's slug and a month: what one snapshot is about."""


class Basis(StrEnum):
    """What a snapshot's shares rest on: they were given, or computed from its values."""

    SHARE = "share"
    VALUE = "value"


class Line(NamedTuple):
    """One observation as a file says it and the catalogue completes it; `line` is the file's."""

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
