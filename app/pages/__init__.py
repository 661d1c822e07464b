"""The HTML door."""

from fastapi import APIRouter

from app.pages import (
    catalogue,
    developers,
    feed,
    methods,
    overview,
    sign_in,
    sources,
    trends,
    upload_actions,
    upload_form,
    upload_lines,
    uploads,
)
from app.pages.shell import render_error

__all__ = ["render_error", "router"]

router = APIRouter(include_in_schema=False)
router.include_router(overview.router)
router.include_router(trends.router)
router.include_router(sources.router)
router.include_router(developers.router)
router.include_router(methods.router)
router.include_router(feed.router)
# Their /uploads/new and /uploads/behind go before /uploads/{number}.
router.include_router(upload_form.router)
router.include_router(upload_lines.router)
router.include_router(uploads.router)
router.include_router(upload_actions.router)
router.include_router(sign_in.router)
router.include_router(catalogue.router)
