"""What the site says of itself to machines: `/llms.txt`, `/datapackage.json`, `/dataset.jsonld`."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app import changes, coverage, describing, portraits, reference
from app.describing import Dataset, Described
from app.http import Reading
from app.pages import api
from app.pages.shell import TEMPLATES

router = APIRouter()


def dataset(request: Request, session: Session) -> Dataset:
    """What there is today: sources with figures, their months, and when they last changed."""
    spans = coverage.spans(session)
    known = portraits.sources(session)
    return Dataset(
        site=str(request.base_url).rstrip("/"),
        sources=[
            Described(known[slug], span.first, span.last, span.months)
            for slug, span in spans.items()
        ],
        tables=reference.tables(request.app.openapi()),
        vintage=changes.last_change(session),
    )


def embedded(request: Request, session: Session) -> str:
    """The dataset as JSON-LD for inside a page: no text of it can end the element it stands in."""
    text = json.dumps(describing.json_ld(dataset(request, session)), ensure_ascii=False)
    return text.replace("<", "\\u003c")


@router.get("/dataset.jsonld")
def json_ld(request: Request, session: Reading) -> Response:
    return _json(describing.json_ld(dataset(request, session)), "application/ld+json")


@router.get("/datapackage.json")
def datapackage(request: Request, session: Reading) -> Response:
    return _json(describing.datapackage(dataset(request, session)), "application/json")


@router.get("/llms.txt")
def llms(request: Request, session: Reading) -> Response:
    context = api.context(request, session) | {"dataset": dataset(request, session)}
    text = TEMPLATES.get_template("llms.txt").render(context)
    return Response(text, media_type="text/plain; charset=utf-8", headers=CORS)


def _json(content: dict[str, Any], media_type: str) -> Response:
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return Response(text, media_type=media_type, headers=CORS)


CORS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}
