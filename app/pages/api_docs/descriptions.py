"""Descriptions of the site for machines: `/llms.txt`, `/datapackage.json`, `/dataset.jsonld`."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.domain.questions.question import Question
from app.metadata.data_package import data_package
from app.metadata.json_ld import json_ld
from app.pages.api_docs.guide import guide_context
from app.pages.dataset_view import describe_dataset
from app.pages.questions import question_dependency
from app.pages.templates import render_text
from app.web.dependencies import ReadSession
from app.web.entity_tags import set_validators
from app.web.route_policy import RouteKind, policy

router = APIRouter()


def _vintage_of_request(
    request: Request,
    session: ReadSession,
    question: Annotated[Question, question_dependency("as_of")],
) -> datetime | None:
    """The vintage asked for. Raises NotModifiedError where the client holds the answer."""
    # A dependency, so that the tag is compared before anything is described.
    set_validators(request, session, question.as_of, question.pairs())
    return question.as_of


AsOf = Annotated[datetime | None, Depends(_vintage_of_request)]


@router.get("/dataset.jsonld")
@policy(RouteKind.FILE, cross_origin_reads=True)
def jsonld(request: Request, session: ReadSession, as_of: AsOf) -> Response:
    return _json(json_ld(describe_dataset(request, session, as_of)), "application/ld+json")


@router.get("/datapackage.json")
@policy(RouteKind.FILE, cross_origin_reads=True)
def datapackage(request: Request, session: ReadSession, as_of: AsOf) -> Response:
    return _json(data_package(describe_dataset(request, session, as_of)), "application/json")


@router.get("/llms.txt")
@policy(RouteKind.FILE, cross_origin_reads=True)
def llms(request: Request, session: ReadSession, as_of: AsOf) -> Response:
    dataset = describe_dataset(request, session, as_of)
    context = guide_context(request, session, as_of) | {"dataset": dataset, "site": dataset.site}
    text = render_text(request, "api_docs/llms.txt", context)
    return Response(text, media_type="text/plain; charset=utf-8")


def _json(content: dict[str, Any], media_type: str) -> Response:
    # Indented, since people read these files as well.
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return Response(text, media_type=media_type)
