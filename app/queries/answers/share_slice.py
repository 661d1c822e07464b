"""A slice of a question: what the lines of one source's month have in common, and their sum."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.vocabulary import Status


@dataclass(frozen=True, slots=True)
class ShareSlice:
    """The summed lines of one source, month, openness and group.

    `selected`: the question counts these lines. `share_pct` is percent of all usage, also where
    the question asks for shares of open usage. `note` is the one note they all share, or empty.

    The rest is for bounds. `kept`: the lines pass every filter but that on openness; `keepable`:
    they do, or might if what they do not say were known. `anonymous`: they do not say which group
    they are of, so it might be any. `developer` is the slug that lines without a model name, where
    the question is about models; else empty.
    """

    source: str
    month: date
    openness: str
    selected: bool
    group: str
    share_pct: Decimal
    status: Status
    note: str
    kept: bool
    keepable: bool
    anonymous: bool
    developer: str
