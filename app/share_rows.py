"""The shares of an answer as rows of plain cells: what every file of them holds."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from app.answer import Answer
from app.months import month_key
from app.rounding import half_up

PLACES: Final = 4


def told(share: Decimal | None) -> Decimal | None:
    """A share as files, charts and the API tell it."""
    return None if share is None else half_up(share, PLACES)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A group's share of one source's month; None where the source says nothing of it."""

    source: str
    month: str
    group: str
    label: str
    share_pct: Decimal | None
    status: str


COLUMNS: Final = tuple(field.name for field in fields(ShareRow))


def share_rows(answer: Answer) -> Iterator[ShareRow]:
    for share in answer.shares:
        month = month_key(share.month)
        figure = told(share.share_pct)
        yield ShareRow(share.source, month, share.group, share.label, figure, share.status)
