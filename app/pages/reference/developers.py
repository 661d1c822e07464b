"""`/developers` and `/developers/{slug}`: who makes the models, and their shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from app.catalogue.entries import (
    DeveloperEntry,
    alias_texts,
    aliases_by_entry,
    companies_by_slug,
    developers_by_slug,
    find_entry,
    models_by_slug,
    names_to_slugs,
)
from app.database.vintages import vintage_at
from app.domain.naming.names import NamedType
from app.domain.questions.question import Question
from app.domain.vocabulary import ORIGIN_LABELS, Origin
from app.pages.questions import question_dependency
from app.pages.reference.entry_page import ListedEntry, entry_context, latest_of, rank_entries
from app.pages.reference.share_history import all_usage_history, latest_shares, share_history
from app.pages.templates import render_page
from app.web.dependencies import FRESH_PAGE, ReadSession
from app.web.route_policy import RouteKind, policy
from app.wording.definitions import definition_text, denominator_text

router = APIRouter()

Filtered = Annotated[Question, question_dependency("origin", "as_of")]
Then = Annotated[Question, question_dependency("home", "as_of")]


@router.get("/developers", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def developers(request: Request, question: Filtered, session: ReadSession) -> HTMLResponse:
    entries = list(developers_by_slug(vintage_at(session, question.as_of)).values())
    history = all_usage_history(session, Question(by="developer", as_of=question.as_of))
    rows = rank_entries(entries, latest_shares(history.answer) if history else {})
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


# A path, so that a wrong slug with a slash gets the page that names the nearest.
@router.get("/developers/{slug:path}", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def developer(request: Request, slug: str, question: Then, session: ReadSession) -> HTMLResponse:
    vintage = vintage_at(session, question.as_of)
    entries, aliases = developers_by_slug(vintage), aliases_by_entry(vintage)
    names = names_to_slugs(entries.values(), aliases, NamedType.DEVELOPER)
    # The page of a name that only a withdrawn file brought stays: others may link to it.
    known = entries if slug in entries else developers_by_slug(vintage, withdrawn=True)
    entry = find_entry(known, slug, "developer", names)
    models = models_by_slug(vintage, withdrawn=slug not in entries).values()
    own = [model for model in models if model.developer == slug]
    named = Question(by="developer", developer=(slug,), as_of=question.as_of)
    history = share_history(session, named)
    figures = latest_of(session, history, "model") if history else {}
    context: dict[str, object] = {
        "entry": entry,
        "developers": known,
        "models": rank_entries(own, figures),
        "aliases": alias_texts(aliases, NamedType.DEVELOPER, slug),
        "company": companies_by_slug(vintage).get(entry.company),
        "beside": [
            other
            for other in entries.values()
            if entry.company and other.company == entry.company and other.slug != slug
        ],
    }
    based = any(model.base_developer for model in own)
    context |= entry_context(session, question, history, entry.name, based=based)
    return render_page(request, "reference/developer.html", context)
