"""`/companies/{slug}`: a company, its developers and models, and their share together."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.catalogue.companies import developers_of
from app.catalogue.entries import (
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
from app.pages.questions import question_dependency
from app.pages.reference.entry_page import entry_context, latest_of, rank_entries
from app.pages.reference.share_history import share_history
from app.pages.templates import render_page
from app.web.dependencies import FRESH_PAGE, ReadSession
from app.web.route_policy import RouteKind, policy

router = APIRouter()

Then = Annotated[Question, question_dependency("as_of")]


@router.get("/companies")
@policy(RouteKind.PAGE)
def companies() -> RedirectResponse:
    """Lead to the shares by company: they have no list of their own."""
    return RedirectResponse("/trends?by=company&openness=all", 303)


@router.get("/companies/{slug:path}", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def company(request: Request, slug: str, question: Then, session: ReadSession) -> Response:
    vintage = vintage_at(session, question.as_of)
    entries, developers = companies_by_slug(vintage), developers_by_slug(vintage)
    # Grouped by company, a developer that belongs to none stands for itself.
    if slug not in entries and slug in developers:
        return RedirectResponse(question.address(f"/developers/{quote(slug)}"), 303)
    aliases = aliases_by_entry(vintage)
    names = names_to_slugs(entries.values(), aliases, NamedType.COMPANY)
    entry = find_entry(entries, slug, "company", names)
    own = set(developers_of(vintage, [slug]))
    models = [model for model in models_by_slug(vintage).values() if model.developer in own]
    named = Question(by="company", company=(slug,), as_of=question.as_of)
    history = share_history(session, named)
    context: dict[str, object] = {
        "entry": entry,
        "parent": entries.get(entry.parent),
        "below": [other for other in entries.values() if other.parent == slug],
        "aliases": alias_texts(aliases, NamedType.COMPANY, slug),
        "developers": developers,
        "own": rank_entries(
            [developers[developer] for developer in sorted(own)],
            latest_of(session, history, "developer") if history else {},
        ),
        "models": rank_entries(models, latest_of(session, history, "model") if history else {}),
    }
    context |= entry_context(session, question, history, entry.name, based=False)
    return render_page(request, "reference/company.html", context)
