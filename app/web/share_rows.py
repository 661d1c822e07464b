"""The shares of an answer as rows of plain cells, as every file and the API hold them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from app.domain.answer import Answer, Share
from app.domain.calendar import format_instant, format_month
from app.domain.question import Question
from app.domain.rounding import given_digits, rounded_share
from app.domain.vocabulary import NOT_RECOMPUTED
from app.wording.formats import format_remark


@dataclass(frozen=True, slots=True)
class FlatShare:
    """A group's share of one source's month, and all that it takes to cite a row that is saved.

    `share_pct` is None where the source says nothing of the group; so are then `low_pct` and
    `high_pct`, the least and the most it can be. `note` is the remark on the month; `of` and
    `openness` are the question's, `as_of` is the vintage. `metric`, `window` and `statistic` are
    the source's.
    """

    source: str
    month: str
    group: str
    label: str
    share_pct: Decimal | None
    status: str
    note: str
    metric: str
    openness: str
    of: str
    as_of: str
    window: str
    statistic: str
    low_pct: Decimal | None
    high_pct: Decimal | None


# The fields are the columns in their order. A new one goes to the end, since programs count them.
SHARE_COLUMNS: Final = tuple(field.name for field in fields(FlatShare))


def share_rows(answer: Answer, question: Question) -> Iterator[FlatShare]:
    """Return a row for each source, month and group of the answer."""
    return _rows(answer, question, answer.shares)


def complement_rows(answer: Answer, question: Question) -> Iterator[FlatShare]:
    """Return rows of what the question leaves out: with the shares they add up to 100."""
    return _rows(answer, question, answer.complement)


def _rows(answer: Answer, question: Question, shares: Iterable[Share]) -> Iterator[FlatShare]:
    sources = {source.slug: source for source in answer.sources}
    as_of = format_instant(answer.vintage) if answer.vintage else ""
    for share in shares:
        yield FlatShare(
            source=share.source,
            month=format_month(share.month),
            group=share.group,
            label=share.label,
            share_pct=_printed(share.share_pct, share.status),
            status=share.status,
            note=format_remark(share),
            metric=sources[share.source].metric,
            openness=question.openness,
            of=question.of,
            as_of=as_of,
            window=sources[share.source].window,
            statistic=sources[share.source].statistic,
            low_pct=_printed(share.low_pct, share.status),
            high_pct=_printed(share.high_pct, share.status),
        )


def _printed(share_pct: Decimal | None, status: str) -> Decimal | None:
    if share_pct is None:
        return None
    # “Nearly 30 percent” must not become 30.0000 in a file.
    digits = given_digits if status in NOT_RECOMPUTED else rounded_share
    return digits(share_pct)
