"""`/api/v1/search`: sources, companies, developers and models by any of their names."""

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from app.api.lists.fields import SLUG_SCHEMA
from app.api.lists.parameters import REFUSAL_STATUSES
from app.api.lists.query import address_with
from app.catalogue.name_index import load_searchables
from app.domain.naming.search import HITS_MAX, SEARCH_MAX_LENGTH, HitType, SearchHit, search_names
from app.web.dependencies import ReadSession, end_reading
from app.web.entity_tags import set_validators
from app.web.route_policy import RouteKind, policy
from app.web.search_query import HITS_DEFAULT, SECTIONS, SearchQuery, read_search_query

router = APIRouter(tags=["catalogue"])


class SearchRow(BaseModel):
    """An entry that was found."""

    type: HitType = Field(description="What it is.", examples=["developer"])
    slug: str = Field(
        pattern=SLUG_SCHEMA, description="As other addresses name it.", examples=["qwen"]
    )
    name: str = Field(min_length=1, description="As people read it.", examples=["Alibaba Qwen"])
    match: str = Field(description="The name of it that was found.", examples=["通义千问"])
    match_kind: str = Field(
        description=(
            "What that name is: name, slug, or the kind of an alias, such as chinese-name,"
            " huggingface-org, old-name or other-name."
        ),
        examples=["chinese-name"],
    )
    page: str = Field(description="Address of its page.")


class SearchMeta(BaseModel):
    """What was searched for."""

    version: str = Field(default="v1", description="Of this API: changes are additions only.")
    q: str = Field(description="The text, trimmed.", examples=["通义千问"])
    rows: int = Field(ge=0, description="How many were found, at most `limit`.", examples=[1])


class SearchLinks(BaseModel):
    """Addresses of the search itself."""

    self: str = Field(description="This search, its parameters in canonical order.")
    page: str = Field(description="The same search as a page for people.")


class SearchAnswer(BaseModel):
    data: list[SearchRow] = Field(description="The best first; none for an empty text.")
    meta: SearchMeta
    links: SearchLinks


SEARCH_PARAMETERS: Final[list[dict[str, Any]]] = [
    {
        "name": "q",
        "in": "query",
        "required": False,
        "description": "A name or its beginning, in any script. Empty: nothing is found.",
        "schema": {"type": "string", "maxLength": SEARCH_MAX_LENGTH},
        "example": "通义千问",
    },
    {
        "name": "type",
        "in": "query",
        "required": False,
        "description": "Find these types only, comma separated.",
        "style": "form",
        "explode": False,
        "schema": {
            "type": "array",
            "items": {"type": "string", "enum": [*HitType]},
            "uniqueItems": True,
        },
        "example": ["developer"],
    },
    {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": f"The most that is found, 1 to {HITS_MAX}.",
        "schema": {"type": "integer", "minimum": 1, "maximum": HITS_MAX, "default": HITS_DEFAULT},
    },
]


@router.get("/search", responses=REFUSAL_STATUSES, openapi_extra={"parameters": SEARCH_PARAMETERS})
@policy(RouteKind.API, cross_origin_reads=True)
def read_search(
    request: Request,
    session: ReadSession,
    query: Annotated[SearchQuery, Depends(read_search_query)],
) -> SearchAnswer:
    """Sources, companies, developers and models by any name: aliases, Chinese, Hugging Face.

    Whole names come first, then beginnings, words and parts; slips of typing where nothing else
    is found.
    """
    set_validators(request, session, None, query.pairs())
    searchables = load_searchables(session)
    end_reading(request)
    hits = search_names(searchables, query.text, query.limit, query.types)
    text = [("q", query.text)] if query.text else []
    return SearchAnswer(
        data=[_row(hit, str(request.base_url)) for hit in hits],
        meta=SearchMeta(q=query.text, rows=len(hits)),
        links=SearchLinks(
            self=address_with(str(request.url_for("read_search")), query.pairs()),
            page=address_with(f"{request.base_url}search", text),
        ),
    )


def _row(hit: SearchHit, site: str) -> SearchRow:
    entry = hit.entry
    return SearchRow(
        type=entry.type,
        slug=entry.slug,
        name=entry.name,
        match=hit.match.text,
        match_kind=hit.match.kind,
        page=f"{site}{SECTIONS[entry.type]}/{quote(entry.slug)}",
    )
