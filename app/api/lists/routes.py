"""The routes of every list of the API: as JSON and as CSV, with links and pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from inspect import getdoc
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from app.api.lists.cursors import Cursor, CursorKey
from app.api.lists.envelope import ListEnvelope, ListLinks, ListMeta, ListPage, RowModel
from app.api.lists.parameters import REFUSAL_STATUSES, query_parameters
from app.api.lists.query import ListQuery, address_with, list_query_dependency
from app.csv_io.writer import csv_link_header, csv_text, download_file_name
from app.database.vintages import vintage_at
from app.domain.calendar import format_instant
from app.queries.data_version import last_change
from app.web.csv_responses import CSVResponse, csv_response
from app.web.databases.public_reads import read_publicly
from app.web.dependencies import ReadSession, end_reading
from app.web.limits.streams import StreamedCSV
from app.web.route_policy import RouteKind, policy

ReadRows = Callable[[Session, ListQuery], ListPage[Any]]
"""Reads one page of a list. Its docstring is the description of the list in the contract."""


@dataclass(frozen=True, slots=True)
class ListRoute:
    """One list of the API, at /api/v1/{name} and /api/v1/{name}.csv.

    `row` and `frame` are the models of a row and of the whole answer; `page` is the path, without
    a slash, of the page on which people read the same, at any vintage.
    """

    name: str
    row: type[RowModel]
    frame: type[ListEnvelope]
    read: ReadRows
    page: str


def add_list_routes(
    router: APIRouter,
    listing: ListRoute,
    *accepted: str,
    paged: bool = True,
    everything: bool = False,
) -> None:
    """Add a list's routes, for JSON and for CSV.

    `accepted` are the question parameters it takes. Without `paged` it has neither `limit` nor
    `cursor`. `everything`: openness is `all` if left out.
    """
    list_query = list_query_dependency(*accepted, paged=paged, everything=everything)

    @policy(RouteKind.API, cross_origin_reads=True)
    def answer(
        request: Request,
        response: Response,
        session: ReadSession,
        query: Annotated[ListQuery, list_query],
    ) -> Any:
        return answer_list(request, response, session, query, listing)

    rows: dict[str, Any] = {
        "text/csv": {"schema": {"type": "string"}, "example": ",".join(csv_columns(listing))}
    }
    for csv in (False, True):
        parameters = query_parameters(accepted, paged=paged, all_by_default=everything, csv=csv)
        router.add_api_route(
            f"/{listing.name}{'.csv' if csv else ''}",
            answer,
            name=f"read_{listing.name}{'_csv' if csv else ''}",
            description=getdoc(listing.read),
            # The endpoint is one for all lists: what it returns differs by list.
            response_model=None if csv else listing.frame,
            response_class=CSVResponse if csv else JSONResponse,
            responses={200: {"description": "The rows.", "content": rows}, **REFUSAL_STATUSES},
            openapi_extra={"parameters": parameters},
        )


def answer_list(
    request: Request,
    response: Response,
    session: Session,
    list_query: ListQuery,
    listing: ListRoute,
) -> ListEnvelope | Response:
    """Return a page of a list: its envelope, or a response with CSV."""
    page = listing.read(session, list_query)
    vintage = last_change(vintage_at(session, list_query.as_of))
    end_reading(request)
    links = _links(request, list_query, listing, page, vintage)
    if list_query.csv:
        return _csv(request, list_query, listing, page, links, vintage)
    if links.next:
        response.headers["Link"] = f'<{links.next}>; rel="next"'
    meta = ListMeta(as_of=format_instant(vintage) if vintage else None, rows=len(page.rows))
    return listing.frame(data=list(page.rows), meta=meta, links=links)


def _links(
    request: Request,
    list_query: ListQuery,
    listing: ListRoute,
    page: ListPage[Any],
    vintage: datetime | None,
) -> ListLinks:
    here = f"{request.base_url}{list_query.path[1:]}"
    own, now = list_query.pairs(list_query.question), list_query.page_pairs()
    limit = [pair for pair in now if pair[0] == "limit"]
    then = list_query.pairs(list_query.question.having(as_of=vintage)) if vintage else own
    same = f"{here}.csv" if request.url.path.endswith(".csv") else here
    following = None
    # A cursor carries the vintage of the first page, so that all pages show one state of the data.
    if page.after and vintage and list_query.limit:
        cursor = Cursor(list_query.name, vintage, page.after)
        following = address_with(same, [*own, *limit, ("cursor", str(cursor))])
    # The pages of all lists take an `as_of`.
    as_of = [pair for pair in own if pair[0] == "as_of"]
    return ListLinks(
        self=address_with(same, own + now),
        csv=address_with(f"{here}.csv", own + now),
        page=address_with(f"{request.base_url}{listing.page}", as_of),
        pinned=address_with(same, then + limit),
        next=following,
    )


# --- CSV


def csv_columns(listing: ListRoute) -> list[str]:
    """Return the header of a list's CSV: the fields of its row."""
    return list(listing.row.model_fields)


def csv_cells(row: RowModel) -> list[Any]:
    """Return the cells of a row in the order of `csv_columns`; null is an empty cell."""
    return [_cell(value) for _, value in row]


def _cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        # As JSON writes it, so that CSV and JSON say the same.
        case bool():
            return str(value).lower()
        case list():
            return "; ".join(map(str, value))
    return value


def _csv(  # noqa: PLR0917 - they are of six kinds
    request: Request,
    list_query: ListQuery,
    listing: ListRoute,
    page: ListPage[Any],
    links: ListLinks,
    vintage: datetime | None,
) -> Response:
    here = f"{request.base_url}{list_query.path[1:]}"
    described = address_with(here, list_query.pairs(list_query.question))
    link_header = csv_link_header(described=described, canonical=links.pinned)
    if links.next:
        link_header += f', <{links.next}>; rel="next"'
    # The name of a downloaded file says the sources, the list and the vintage.
    what = "_".join(["+".join(list_query.question.source), listing.name]).strip("_")
    named = download_file_name(what, vintage)
    first = csv_response(
        request, csv_columns(listing), map(csv_cells, page.rows), named, link_header
    )
    if list_query.limit or not page.after or not vintage:
        return first
    # The rest is read while it is sent: how long it will be is not known yet.
    rest = _rest(request, list_query, listing, page.after, vintage)
    del first.headers["Content-Length"]
    return StreamedCSV(request, chain([bytes(first.body)], rest), dict(first.headers))


def _rest(
    request: Request, list_query: ListQuery, listing: ListRoute, after: CursorKey, vintage: datetime
) -> Iterator[bytes]:
    """Yield the pages after the first as CSV without a header."""
    # Each page has a session of its own: a slow reader must hold no transaction open. The cursor
    # keeps them at one vintage all the same.
    following: CursorKey | None = after
    while following:
        page_asked = replace(list_query, cursor=Cursor(list_query.name, vintage, following))
        with read_publicly(request) as session:
            page = listing.read(session, page_asked)
        yield csv_text(map(csv_cells, page.rows)).encode()
        following = page.after
