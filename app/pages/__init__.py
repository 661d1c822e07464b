"""The HTML door."""

from fastapi import APIRouter

from app.pages import overview, trends
from app.pages.shell import render_error

__all__ = ["render_error", "router"]

router = APIRouter(include_in_schema=False)
router.include_router(overview.router)
router.include_router(trends.router)
