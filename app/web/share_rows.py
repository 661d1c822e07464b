"""The shares of an answer as rows of plain cells, as every file and the API hold them."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from app.domain.answer import Answer
from app.domain.calendar import format_instant, format_month
from app.domain.number_reference import refer_to_number
from app.domain.questions.question import Question
from app.domain.rounding import printed_share
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
    cite: str


# The fields are the columns in their order. A new one goes to the end, since programs count them.
SHARE_COLUMNS: Final = tuple(field.name for field in fields(FlatShare))


def share_rows(answer: Answer, question: Question, site: str) -> Iterator[FlatShare]:
    """Return a row for each source, month and group of the answer.

    `site` is the absolute address of the site, without its last slash.
    """
    return _rows(answer, question, site, left_out=False)


def complement_rows(answer: Answer, question: Question, site: str) -> Iterator[FlatShare]:
    """Return rows of what the question leaves out: with the shares they add up to 100."""
    return _rows(answer, question, site, left_out=True)


def _rows(answer: Answer, question: Question, site: str, *, left_out: bool) -> Iterator[FlatShare]:
    sources = {source.slug: source for source in answer.sources}
    as_of = format_instant(answer.vintage) if answer.vintage else ""
    for share in answer.complement if left_out else answer.shares:
        reference = refer_to_number(answer.vintage, question, share, left_out=left_out)
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
            cite=f"{site}/cite/{reference.token}" if reference else "",
        )


def _printed(share_pct: Decimal | None, status: str) -> Decimal | None:
    return None if share_pct is None else printed_share(share_pct, status)
