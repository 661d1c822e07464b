"""`/search`: sources, companies, developers and models by any of their names."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.catalogue.name_index import load_searchables
from app.domain.errors import BadQuestionError
from app.domain.naming.search import HITS_MAX, HitType, SearchHit, search_names
from app.pages.templates import render_page
from app.web.dependencies import FRESH_PAGE, ReadSession
from app.web.route_policy import RouteKind, policy
from app.web.search_query import SECTIONS, SearchQuery, read_search_query

router = APIRouter()

TYPE_LABELS: Final = {
    HitType.COMPANY: "Company",
    HitType.DEVELOPER: "Developer",
    HitType.SOURCE: "Source",
    HitType.MODEL: "Model",
}
KIND_LABELS: Final = {
    "chinese-name": "in Chinese",
    "chinese-product": "a product, in Chinese",
    "huggingface-org": "on Hugging Face",
    "huggingface-id": "on Hugging Face",
    "old-name": "an old name",
    "other-name": "another name",
    "vercel-lab": "at Vercel",
    "slug": "its short name",
}
"""What a name is, for people; other kinds of aliases stand as they are."""


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry that was found: `other` is the name that matched, where it is not its own."""

    label: str
    name: str
    address: str
    other: str
    other_kind: str


def _found(hit: SearchHit) -> FoundEntry:
    entry, match = hit.entry, hit.match
    own = match.kind == "name"
    return FoundEntry(
        label=TYPE_LABELS[entry.type],
        name=entry.name,
        address=f"/{SECTIONS[entry.type]}/{quote(entry.slug)}",
        other="" if own else match.text,
        other_kind="" if own else KIND_LABELS.get(match.kind, match.kind.replace("-", " ")),
    )


def _page_query(request: Request) -> SearchQuery:
    """The query of the page. Unlike the API it shows as much as there is."""
    query = read_search_query(request)
    return SearchQuery(query.text, query.types, HITS_MAX)


@router.get("/search", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def search(request: Request, session: ReadSession) -> HTMLResponse:
    # Not a dependency: the form stays where the text cannot be searched for.
    try:
        query = _page_query(request)
    except BadQuestionError as refused:
        context: dict[str, object] = {"searched": "", "found": [], "refused": refused}
        return render_page(request, "reference/search.html", context, 400)
    hits = search_names(load_searchables(session), query.text, query.limit, query.types)
    context = {"searched": query.text, "found": [_found(hit) for hit in hits], "refused": None}
    return render_page(request, "reference/search.html", context | {"limit": HITS_MAX})
