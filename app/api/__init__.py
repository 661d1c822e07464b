"""The REST API, version 1: JSON and CSV under /api/v1."""

from fastapi import APIRouter

from app.api import (
    catalogue,
    figure,
    names,
    observations,
    revisions,
    search,
    shares,
    snapshots,
    sources,
)
from app.api.uploads import routes

# Changes of version 1 are additions only. The contract lists the routes in this order.
router = APIRouter(prefix="/api/v1")
router.include_router(shares.router)
router.include_router(figure.router)
router.include_router(observations.router)
router.include_router(sources.router)
router.include_router(catalogue.router)
router.include_router(names.router)
router.include_router(search.router)
router.include_router(snapshots.router)
router.include_router(revisions.router)
router.include_router(routes.router)
