"""What the pages of companies, developers and models share: entries in order, one entry told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.catalogue.entries import DeveloperEntry, ModelEntry, sources_by_slug
from app.database.vintages import vintage_at
from app.domain.answer import Share
from app.domain.questions.question import Question
from app.domain.vocabulary import ORIGIN_LABELS, View
from app.pages.answer_view import chart_view, share_tables
from app.pages.reference.share_history import (
    ShareHistory,
    all_usage_history,
    base_home_sentence,
    latest_shares,
)
from app.queries.answers.shares import answer_question
from app.queries.spans import main_source
from app.web.question_chart import QuestionChart
from app.wording.definitions import definition_text, source_citation
from app.wording.findings import headline_finding, small_print_text


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """A line of a list: `share` is the latest known, `now` says that it is of the latest month."""

    entry: DeveloperEntry | ModelEntry
    share: Share | None
    now: bool


def rank_entries(
    entries: Sequence[DeveloperEntry] | Sequence[ModelEntry], shares: Mapping[str, Share]
) -> list[ListedEntry]:
    """Return the entries by latest month, then by share; those without a figure last, by name.

    `shares` are the latest shares by slug.
    """
    month = max((share.month for share in shares.values()), default=None)
    rows = [
        ListedEntry(entry, share, share is not None and share.month == month)
        for entry in entries
        for share in [shares.get(entry.slug)]
    ]
    return sorted(rows, key=_rank)


def _rank(row: ListedEntry) -> tuple[int, float, str]:
    # Negated, so that the latest and the largest come first while names ascend. 0 is greater than
    # the negated number of any day.
    share = row.share
    if share is None or share.share_pct is None:
        return 0, 0.0, row.entry.name.casefold()
    return -share.month.toordinal(), -float(share.share_pct), row.entry.name


def latest_of(session: Session, history: ShareHistory, by: str) -> dict[str, Share]:
    """Return the latest share of each developer or model that a history counts, by slug."""
    divided = all_usage_history(session, history.question.having(by=by))
    return latest_shares(divided.answer) if divided else {}


def entry_context(
    session: Session, question: Question, history: ShareHistory | None, name: str, *, based: bool
) -> dict[str, object]:
    """Return the part of the context with figures, and what counting by base model would change."""
    vintage = vintage_at(session, question.as_of)
    main = main_source(vintage)
    context: dict[str, object] = {
        "question": question,
        "main": sources_by_slug(vintage).get(main or ""),
        "labels": ORIGIN_LABELS,
        "name": name,
        "based": based,
        "found": history,
        "moved": base_home_sentence(session, history) if history and based else "",
    }
    if history is None:
        return context
    history_question, answer = history.question, history.answer
    # By the home of the base model a share can be of several origins: the chart then divides it by
    # them, while the sentences above go on about the whole.
    if question.home == "base":
        history_question = history_question.having(by="origin", home="base")
        answer = answer_question(session, history_question)
    # The page puts the name before the headline, which must not say it again.
    unnamed = history_question.having(company=(), developer=(), model=())
    return context | {
        "asked": history_question,
        "answer": answer,
        "headline": headline_finding(answer, unnamed),
        "small_print": small_print_text(answer, unnamed),
        "definition": definition_text(answer, history_question),
        "citations": [source_citation(source) for source in answer.sources],
        "chart": chart_view(QuestionChart(history_question.having(view=View.LINES), answer)),
        "tables": share_tables(answer),
    }
