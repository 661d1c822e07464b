"""The HTML door."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.domain.errors import UserError
from app.pages import (
    api,
    catalogue,
    citations,
    developers,
    docs,
    embed,
    feed,
    machines,
    methods,
    overview,
    shell,
    sign_in,
    sources,
    trends,
    trends_files,
    upload_actions,
    upload_form,
    upload_lines,
    uploads,
)
from app.pages.embed import render_refused

__all__ = ["render_error", "router"]

router = APIRouter(include_in_schema=False)
router.include_router(overview.router)
router.include_router(trends.router)
router.include_router(citations.router)
router.include_router(trends_files.router)
router.include_router(embed.router)
router.include_router(sources.router)
router.include_router(developers.router)
router.include_router(methods.router)
router.include_router(feed.router)
router.include_router(api.router)
router.include_router(docs.router)
router.include_router(machines.router)
# Their /uploads/new and /uploads/behind go before /uploads/{number}.
router.include_router(upload_form.router)
router.include_router(upload_lines.router)
router.include_router(uploads.router)
router.include_router(upload_actions.router)
router.include_router(sign_in.router)
router.include_router(catalogue.router)


def render_error(request: Request, status: int, refused: UserError) -> HTMLResponse:
    """A failure as a page; one inside another site's frame stays a frame."""
    framed = request.url.path.startswith("/embed/")
    return (render_refused if framed else shell.render_error)(request, status, refused)
