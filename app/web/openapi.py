"""Serves the API's contract: FastAPI's own document, completed by metadata."""

from copy import deepcopy
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from app.domain.site import UNNAMED_SITE, Site
from app.metadata.openapi_document import complete_document
from app.web.dependencies import FIXED_PAGE
from app.web.route_policy import RouteKind, policy

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json", dependencies=[FIXED_PAGE])
@policy(RouteKind.FILE, cross_origin_reads=True)
def read_document(request: Request) -> JSONResponse:
    """Return the API's contract."""
    return JSONResponse(request.app.openapi())


def install_openapi(app: FastAPI, site: Site = UNNAMED_SITE) -> None:
    """Let `app` answer with the completed document, which is made when it is first needed.

    `site` is who offers the API.
    """
    described = app.openapi

    # A copy is completed, because FastAPI keeps its own document.
    @cache
    def document() -> dict[str, Any]:
        return complete_document(deepcopy(described()), site)

    app.openapi = document  # type: ignore[method-assign]
    app.include_router(router)
