"""`/docs`: the reference of the API, drawn from the application's own OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app import reference, sample
from app.pages.shell import render
from app.sample import body_text

router = APIRouter()


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    document: Mapping[str, Any] = request.app.openapi()
    base = str(request.base_url).rstrip("/")
    context = {
        "base": base,
        "info": document["info"],
        "sections": reference.sections(document),
        "columns": {table.path: table.fields for table in reference.tables(document)},
        "curl": lambda operation: sample.request(operation, base, document),
        "placeholders": lambda operation: sample.placeholders(operation, document),
        "sample_address": sample.address,
        "sample_text": lambda body: body_text(body, document),
    }
    return render(request, "docs/reference.html", context)
