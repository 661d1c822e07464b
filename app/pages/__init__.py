"""The pages of the site: the routers of all of them, and failures as pages."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.domain.errors import UserError
from app.pages import templates
from app.pages.api_docs import descriptions, guide
from app.pages.api_docs import reference as api_reference
from app.pages.explore import citations, cite, downloads, embed, overview, trends
from app.pages.explore.embed import render_embed_error
from app.pages.maintain import (
    catalogue,
    current_figures,
    fetches,
    proposals,
    publisher_rows,
    sign_in,
    upload_actions,
    upload_form,
    upload_lines,
    upload_mending,
    upload_record,
)
from app.pages.reference import (
    about,
    companies,
    developers,
    feed,
    methods,
    models,
    search,
    sources,
)
from app.web.route_policy import RouteKind
from app.web.route_table import policy_of

__all__ = ["render_error", "router"]

# The OpenAPI document is the contract of the API alone: no page stands in it.
router = APIRouter(include_in_schema=False)
router.include_router(overview.router)
router.include_router(trends.router)
router.include_router(citations.router)
router.include_router(cite.router)
router.include_router(downloads.router)
router.include_router(embed.router)
router.include_router(sources.router)
router.include_router(companies.router)
router.include_router(developers.router)
router.include_router(models.router)
router.include_router(search.router)
router.include_router(methods.router)
router.include_router(about.router)
router.include_router(feed.router)
router.include_router(guide.router)
router.include_router(api_reference.router)
router.include_router(descriptions.router)
# The first route that matches answers: /uploads/new and /uploads/behind of these two would
# otherwise be taken for a /uploads/{number}.
router.include_router(current_figures.router)
router.include_router(upload_form.router)
router.include_router(upload_lines.router)
router.include_router(upload_mending.router)
router.include_router(upload_record.router)
router.include_router(upload_actions.router)
router.include_router(publisher_rows.router)
router.include_router(fetches.router)
router.include_router(sign_in.router)
# Before what would take /catalogue/proposals for a /catalogue/{kind}.
router.include_router(proposals.router)
router.include_router(catalogue.router)


def render_error(request: Request, status: int, refused: UserError) -> HTMLResponse:
    """Return a failure as a page; one inside another site's frame stays a frame."""
    framed = policy_of(request.scope).kind is RouteKind.FRAME
    return (render_embed_error if framed else templates.render_error)(request, status, refused)
