"""The course of one developer's or model's share: which question tells the truth about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from app.domain.answer import Answer, Share
from app.domain.errors import NoFiguresError
from app.domain.question import Question
from app.domain.vocabulary import ORIGIN_LABELS, Openness, Origin
from app.queries.shares import answer_question
from app.wording.formats import format_month_name, format_percent, join_names


@dataclass(frozen=True, slots=True)
class ShareHistory:
    """The answer of `question`, and why it counts the openness it does."""

    question: Question
    answer: Answer
    counted: str

    @property
    def last(self) -> Share:
        """The latest month with a figure; there is one, or there were no answer."""
        return max(
            (row for row in self.answer.shares if not row.missing), key=lambda row: row.month
        )


def share_history(session: Session, named: Question) -> ShareHistory | None:
    """The course of what `named` filters for; None where the main source tells nothing of it."""
    try:
        kinds = answer_question(session, named.having(by="openness", openness="all"))
    except NoFiguresError:
        return _of_open_models(session, named)
    openness = kinds.groups[0].key if len(kinds.groups) == 1 else "all"
    question = named.having(openness=openness)
    counted = COUNTED[openness] + (_open_alone(kinds) if openness == "all" else "")
    return ShareHistory(question, answer_question(session, question), counted)


def _open_alone(kinds: Answer) -> str:
    row = latest_shares(kinds).get(Openness.OPEN)
    if row is None:
        return ""
    share, month = format_percent(row.share_pct, 2), format_month_name(row.month)
    return f" Its open models alone: {share} in {month}."


def _of_open_models(session: Session, named: Question) -> ShareHistory | None:
    """Some sources name open models only, and cannot say what all of them come to."""
    question = named.having(openness="open")
    try:
        return ShareHistory(question, answer_question(session, question), COUNTED["named"])
    except NoFiguresError:
        return None


COUNTED: Final[Mapping[str, str]] = {
    Openness.OPEN: "Every line that names it is of open models, so these are what is counted.",
    Openness.CLOSED: "Every line that names it is of closed models, so these are what is counted.",
    Openness.UNKNOWN: "The source does not say whether its models are open; all are counted.",
    "all": "It has open models and others; all are counted together.",
    "named": "The source names open models only, so these are what is counted.",
}


def all_usage_history(session: Session, question: Question) -> ShareHistory | None:
    """All developers or models of the main source; open models where it names no others."""
    for openness, counted in (("all", ""), ("open", COUNTED["named"])):
        usage_question = question.having(openness=openness, top=EVERY)
        try:
            return ShareHistory(usage_question, answer_question(session, usage_question), counted)
        except NoFiguresError:
            continue
    return None


EVERY: Final = 1_000_000
"""More than there are: nobody is left to a rest."""


def latest_shares(answer: Answer) -> dict[str, Share]:
    """The latest known share of each group."""
    latest: dict[str, Share] = {}
    for row in answer.shares:
        if not row.missing and (row.group not in latest or row.month > latest[row.group].month):
            latest[row.group] = row
    return latest


# --- counted by base model


def base_home_sentence(session: Session, history: ShareHistory) -> str:
    """How much of the latest share counts elsewhere where a base model's home counts."""
    month = history.last.month
    month_question = history.question.having(by="origin", from_=month, to=month)
    published, based = (
        latest_shares(answer_question(session, month_question.having(home=home)))
        for home in ("developer", "base")
    )
    moved = {key: _share(based, key) - _share(published, key) for key in based}
    parts = [
        f"{format_percent(share, 2)} as {ORIGIN_LABELS[Origin(key)]}"
        for key, share in moved.items()
        if share > 0
    ]
    share_in_month = (
        f"of its {format_percent(history.last.share_pct, 2)} in {format_month_name(month)}"
    )
    if not parts:
        return f"Counted by base model, nothing {share_in_month} counts elsewhere."
    return f"Counted by base model, {share_in_month} this counts elsewhere: {join_names(parts)}."


def _share(shares: Mapping[str, Share], group: str) -> Decimal:
    row = shares.get(group)
    return (row.share_pct if row else None) or Decimal(0)
