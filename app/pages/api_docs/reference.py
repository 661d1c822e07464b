"""`/docs`: the reference of the API, drawn from the application's OpenAPI document.

Swagger UI needs inline styles and scripts, which the Content-Security-Policy forbids; and it shows
nothing without scripts.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.metadata.openapi_examples import (
    example_address,
    example_body_text,
    example_request,
    path_placeholders,
)
from app.metadata.openapi_operations import csv_tables, reference_sections
from app.pages.templates import render_page
from app.web.dependencies import FIXED_PAGE
from app.web.route_policy import RouteKind, policy

router = APIRouter()


@router.get("/docs", dependencies=[FIXED_PAGE])
@policy(RouteKind.PAGE)
def docs(request: Request) -> HTMLResponse:
    document: Mapping[str, Any] = request.app.openapi()
    base = str(request.base_url).rstrip("/")
    context = {
        "base": base,
        "info": document["info"],
        "sections": reference_sections(document),
        "columns": {table.path: table.fields for table in csv_tables(document)},
        # Functions, since the template asks for them operation by operation and body by body.
        "curl": lambda operation: example_request(operation, base, document),
        "placeholders": lambda operation: path_placeholders(operation, document),
        "sample_address": example_address,
        "sample_text": lambda body: example_body_text(body, document),
    }
    return render_page(request, "api_docs/reference.html", context)
