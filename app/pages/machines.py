"""What the site says of itself to machines: `/llms.txt`, `/datapackage.json`, `/dataset.jsonld`."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from app.catalogue.entries import sources_by_slug
from app.domain.question import Question
from app.metadata.data_package import data_package
from app.metadata.dataset import Dataset, TableDescription
from app.metadata.json_ld import json_ld
from app.metadata.openapi_operations import csv_tables
from app.pages import api
from app.pages.asking import asking
from app.pages.shell import TEMPLATES
from app.queries.coverage import covered_spans
from app.queries.data_version import last_change
from app.queries.shares import main_source
from app.web.dependencies import ReadSession
from app.web.entity_tags import set_validators

router = APIRouter()


def dataset(request: Request, session: Session, as_of: datetime | None = None) -> Dataset:
    """What there is, or was: sources with figures, their months, and when they last changed."""
    spans = covered_spans(session, as_of)
    known = sources_by_slug(session, as_of)
    return Dataset(
        site=str(request.base_url).rstrip("/"),
        main=main_source(session, as_of) or "",
        sources=[
            TableDescription(known[slug], span.first, span.last, span.months)
            for slug, span in spans.items()
        ],
        tables=csv_tables(request.app.openapi()),
        vintage=last_change(session, as_of),
    )


def embedded(request: Request, session: Session) -> str:
    """The dataset as JSON-LD for inside a page: no text of it can end the element it stands in."""
    text = json.dumps(json_ld(dataset(request, session)), ensure_ascii=False)
    return text.replace("<", "\\u003c")


def fresh(
    request: Request, session: ReadSession, question: Annotated[Question, asking("as_of")]
) -> datetime | None:
    """The instant asked for, unless the asker holds the answer (NotModifiedError)."""
    set_validators(request, session, question.as_of, question.pairs())
    return question.as_of


AsOf = Annotated[datetime | None, Depends(fresh)]


@router.get("/dataset.jsonld")
def jsonld(request: Request, session: ReadSession, as_of: AsOf) -> Response:
    return _json(json_ld(dataset(request, session, as_of)), "application/ld+json")


@router.get("/datapackage.json")
def datapackage(request: Request, session: ReadSession, as_of: AsOf) -> Response:
    return _json(data_package(dataset(request, session, as_of)), "application/json")


@router.get("/llms.txt")
def llms(request: Request, session: ReadSession, as_of: AsOf) -> Response:
    context = api.context(request, session, as_of)
    context |= {"dataset": dataset(request, session, as_of)}
    text = TEMPLATES.get_template("llms.txt").render(context)
    return Response(text, media_type="text/plain; charset=utf-8")


def _json(content: dict[str, Any], media_type: str) -> Response:
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return Response(text, media_type=media_type)
