"""`/developers`, `/developers/{slug}`, `/models/{slug}`: who makes the models, and their shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.catalogue.entries import (
    DeveloperEntry,
    ModelEntry,
    developers_by_slug,
    find_entry,
    models_by_slug,
    sources_by_slug,
)
from app.database.vintages import vintage_at
from app.domain.answer import Share
from app.domain.question import Question
from app.domain.vocabulary import ORIGIN_LABELS, Origin, View
from app.pages.answer_view import chart_view, share_tables
from app.pages.questions import question_dependency
from app.pages.reference.share_history import (
    ShareHistory,
    all_usage_history,
    base_home_sentence,
    latest_shares,
    share_history,
)
from app.pages.templates import render_page
from app.queries.shares import answer_question
from app.queries.spans import main_source
from app.web.dependencies import ReadSession
from app.web.question_chart import QuestionChart
from app.web.route_policy import RouteKind, policy
from app.wording.definitions import definition_text, denominator_text, source_citation
from app.wording.findings import headline_finding, small_print_text

router = APIRouter()

Filtered = Annotated[Question, question_dependency("origin", "as_of")]
Then = Annotated[Question, question_dependency("home", "as_of")]


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """A line of a list: `share` is the latest known, `now` says that it is of the latest month."""

    entry: DeveloperEntry | ModelEntry
    share: Share | None
    now: bool


def rank_developers(
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


@router.get("/developers")
@policy(RouteKind.PAGE)
def developers(request: Request, question: Filtered, session: ReadSession) -> HTMLResponse:
    entries = list(developers_by_slug(vintage_at(session, question.as_of)).values())
    history = all_usage_history(session, Question(by="developer", as_of=question.as_of))
    rows = rank_developers(entries, latest_shares(history.answer) if history else {})
    shown = [row for row in rows if not question.origin or _origin(row) in question.origin]
    context = {
        "question": question,
        "rows": shown,
        "first": rows[0] if rows and rows[0].share else None,
        "found": history,
        "definition": definition_text(history.answer, history.question) if history else "",
        "whole": denominator_text(history.answer.sources[0], history.question) if history else "",
        "choices": _choices(entries, question),
        "models": _counts(session, question),
        "labels": ORIGIN_LABELS,
    }
    return render_page(request, "reference/developers.html", context)


def _origin(row: ListedEntry) -> str:
    # The list here has developers only; `ListedEntry` is also the line of a list of models.
    return row.entry.origin if isinstance(row.entry, DeveloperEntry) else ""


@dataclass(frozen=True, slots=True)
class OriginFilter:
    """A link that shows the developers of one origin, or all, and how many they are."""

    label: str
    query: str
    count: int
    chosen: bool


def _choices(entries: Sequence[DeveloperEntry], question: Question) -> list[OriginFilter]:
    """Everyone, and those of each origin that has any."""
    choices = [_choice("All", (), len(entries), question)]
    for origin in Origin:
        count = sum(entry.origin == origin for entry in entries)
        if count:
            choices.append(_choice(ORIGIN_LABELS[origin], (origin.value,), count, question))
    return choices


def _choice(label: str, origin: tuple[str, ...], count: int, question: Question) -> OriginFilter:
    query = question.having(origin=origin).query_string()
    return OriginFilter(label, f"?{query}" if query else "", count, question.origin == origin)


def _counts(session: Session, question: Question) -> dict[str, int]:
    """The number of models in the catalogue by the slug of their developer."""
    counts: dict[str, int] = {}
    for model in models_by_slug(vintage_at(session, question.as_of)).values():
        counts[model.developer] = counts.get(model.developer, 0) + 1
    return counts


# Slugs of models hold a slash; those of developers take a path as well, so that a wrong one gets
# the page that names the nearest.
@router.get("/developers/{slug:path}")
@policy(RouteKind.PAGE, expensive=True)
def developer(request: Request, slug: str, question: Then, session: ReadSession) -> HTMLResponse:
    vintage = vintage_at(session, question.as_of)
    entries = developers_by_slug(vintage)
    names = {entry.name: entry.slug for entry in entries.values()}
    entry = find_entry(entries, slug, "developer", names)
    models = models_by_slug(vintage).values()
    own = [model for model in models if model.developer == slug]
    named = Question(by="developer", developer=(slug,), as_of=question.as_of)
    history = share_history(session, named)
    figures = _latest_of_models(session, history) if history else {}
    context = {"entry": entry, "developers": entries, "models": rank_developers(own, figures)}
    based = any(model.base_developer for model in own)
    context |= _shown(session, question, history, entry.name, based=based)
    return render_page(request, "reference/developer.html", context)


def _latest_of_models(session: Session, history: ShareHistory) -> dict[str, Share]:
    models_history = all_usage_history(session, history.question.having(by="model"))
    return latest_shares(models_history.answer) if models_history else {}


@router.get("/models")
@policy(RouteKind.PAGE)
def all_models() -> RedirectResponse:
    """Lead to the developers, with whom models are listed: they have no list of their own."""
    return RedirectResponse("/developers", 303)


@router.get("/models/{slug:path}")
@policy(RouteKind.PAGE, expensive=True)
def model(request: Request, slug: str, question: Then, session: ReadSession) -> HTMLResponse:
    vintage = vintage_at(session, question.as_of)
    entries = models_by_slug(vintage)
    names = {entry.name: entry.slug for entry in entries.values()}
    entry = find_entry(entries, slug, "model", names)
    named = Question(by="model", model=(slug,), as_of=question.as_of)
    context = {
        "entry": entry,
        "developers": developers_by_slug(vintage),
    }
    based = bool(entry.base_developer)
    context |= _shown(session, question, share_history(session, named), entry.name, based=based)
    return render_page(request, "reference/model.html", context)


def _shown(
    session: Session, question: Question, history: ShareHistory | None, name: str, *, based: bool
) -> dict[str, object]:
    """The part of the context with figures, and what counting by base model would change."""
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
    unnamed = history_question.having(developer=(), model=())
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
