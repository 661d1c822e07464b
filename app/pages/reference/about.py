"""`/about`: who runs the site, how to reach them, and under what licences its parts are."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.catalogue.entries import sources_by_slug
from app.database.vintages import vintage_at
from app.pages.templates import render_page
from app.queries.spans import main_source_first
from app.web.dependencies import FRESH_PAGE, ReadSession, no_parameters
from app.web.route_policy import RouteKind, policy

router = APIRouter()


@router.get("/about", dependencies=[FRESH_PAGE, no_parameters()])
@policy(RouteKind.PAGE)
def about(request: Request, session: ReadSession) -> HTMLResponse:
    vintage = vintage_at(session, None)
    sources = main_source_first(vintage, sources_by_slug(vintage).values())
    return render_page(request, "reference/about.html", {"sources": sources})
