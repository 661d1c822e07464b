"""The course of one developer's or model's share, and the question that tells it rightly.

A question counts open models unless told otherwise. Of a developer with closed models that would
show a part as the whole, and of one with closed models only nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from app.domain.answer import Answer, Share
from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.domain.vocabulary import ORIGIN_LABELS, Openness, Origin
from app.queries.answers.shares import answer_question
from app.wording.formats import format_percent, join_names
from app.wording.periods import in_period


@dataclass(frozen=True, slots=True)
class ShareHistory:
    """An answer with its question; `counted` is a sentence on why that openness is counted."""

    question: Question
    answer: Answer
    counted: str

    @property
    def last(self) -> Share:
        """The latest share with a figure; every answer has one."""
        return max(
            (row for row in self.answer.shares if not row.missing), key=lambda row: row.month
        )


def share_history(session: Session, named: Question) -> ShareHistory | None:
    """Return the course of what `named` filters for; None where the main source has no figure.

    It counts the openness of its models where all have one, else all of them together.
    """
    # Sources that name some open models only refuse `openness=all`.
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
    share, when = format_percent(row.share_pct, 2), in_period(kinds.sources[0], row.month)
    return f" Its open models alone: {share} {when}."


def _of_open_models(session: Session, named: Question) -> ShareHistory | None:
    """The course by a source that names open models only."""
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
    """Return the shares of all developers or models of the main source; None without figures.

    They are of all usage, or of open models where the source names no others.
    """
    for openness, counted in (("all", ""), ("open", COUNTED["named"])):
        usage_question = question.having(openness=openness, top=EVERY)
        try:
            return ShareHistory(usage_question, answer_question(session, usage_question), counted)
        except NoFiguresError:
            continue
    return None


EVERY: Final = 1_000_000
"""A `top` above any number of developers or models, so that none is counted among the rest."""


def latest_shares(answer: Answer) -> dict[str, Share]:
    """Return the latest known share of each group, by its key."""
    latest: dict[str, Share] = {}
    for row in answer.shares:
        if not row.missing and (row.group not in latest or row.month > latest[row.group].month):
            latest[row.group] = row
    return latest


# --- counted by base model


def base_home_sentence(session: Session, history: ShareHistory) -> str:
    """Return a sentence on how much of the latest share counts elsewhere by base model."""
    month = history.last.month
    month_question = history.question.having(by="origin", from_=month, to=month)
    published, based = (
        latest_shares(answer_question(session, month_question.having(home=home)))
        for home in ("developer", "base")
    )
    # What one origin gains another loses; naming the gains says it once.
    moved = {key: _share(based, key) - _share(published, key) for key in based}
    parts = [
        f"{format_percent(share, 2)} as {ORIGIN_LABELS[Origin(key)]}"
        for key, share in moved.items()
        if share > 0
    ]
    share_in_month = (
        f"of its {format_percent(history.last.share_pct, 2)} "
        f"{in_period(history.answer.sources[0], month)}"
    )
    if not parts:
        return f"Counted by base model, nothing {share_in_month} counts elsewhere."
    return f"Counted by base model, {share_in_month} this counts elsewhere: {join_names(parts)}."


def _share(shares: Mapping[str, Share], group: str) -> Decimal:
    row = shares.get(group)
    return (row.share_pct if row else None) or Decimal(0)
