"""Serves the API's contract: FastAPI's own document, completed by metadata."""

from copy import deepcopy
from functools import cache
from typing import Any

from fastapi import FastAPI

from app.domain.site import UNNAMED_SITE, Site
from app.metadata.openapi_document import complete_document


def install_openapi(app: FastAPI, site: Site = UNNAMED_SITE) -> None:
    """Let `app` answer with the completed document, which is made when it is first asked for.

    `site` is who offers the API.
    """
    described = app.openapi

    # A copy is completed, because FastAPI keeps its own document. `/openapi.json` calls
    # `app.openapi`, so that it answers with this one.
    @cache
    def document() -> dict[str, Any]:
        return complete_document(deepcopy(described()), site)

    app.openapi = document  # type: ignore[method-assign]
