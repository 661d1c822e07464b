"""The JSON door."""

from fastapi import APIRouter

from app.api import shares, sources, uploads

router = APIRouter(prefix="/api/v1")
router.include_router(shares.router)
router.include_router(sources.router)
router.include_router(uploads.router)
