"""The JSON door."""

from fastapi import APIRouter

from app.api import shares

router = APIRouter(prefix="/api/v1")
router.include_router(shares.router)
