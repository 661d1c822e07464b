"""Chart data: one row per source, month and group."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, PlainSerializer

from app import queries, wording
from app.answer import Answer, Share
from app.http import Asked, CSVResponse, Reading, csv_response
from app.months import month_key
from app.question import PARAMETERS, Parameter, Question, instant_text

router = APIRouter(tags=["shares"])

PLACES: Final = Decimal("0.0001")

Percent = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float, when_used="json"),
    # A source's own rounding may bring a sum to 100.5.
    Field(ge=0, le=100.5, description="Percent, 0 to 100, four decimals."),
]


class ShareRow(BaseModel):
    """A group's share of one source's month."""

    source: str = Field(examples=["openrouter-rankings"])
    month: str = Field(pattern=r"^\d{4}-\d{2}$", examples=["2025-08"])
    group: str = Field(description="Key of the group: an origin, openness, or slug.")
    label: str
    share_pct: Percent | None = Field(description="null where the source says nothing of it")
    status: str = Field(description="final, provisional, estimated or missing")


class SourceNote(BaseModel):
    source: str
    name: str
    metric: str
    licence: str
    citation: str


class Meta(BaseModel):
    version: str = "v1"
    by: str
    openness: str
    of: str
    from_: str = Field(serialization_alias="from")
    to: str
    unit: str = "percent"
    as_of: str | None = Field(description="The vintage: when these figures last changed, UTC.")
    definition: str
    sources: list[SourceNote]


class Links(BaseModel):
    self: str
    csv: str
    page: str
    pinned: str = Field(description="The same answer for ever, whatever is published later.")


class Shares(BaseModel):
    data: list[ShareRow]
    meta: Meta
    links: Links


def openapi_parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.allowed and not parameter.many:
        schema["enum"] = list(parameter.allowed)
    described = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.meaning,
        "schema": schema,
    }
    return described | ({"example": parameter.example} if parameter.example else {})


QUESTION_PARAMETERS: Final = {"parameters": [openapi_parameter(item) for item in PARAMETERS]}


@router.get("/shares", openapi_extra=QUESTION_PARAMETERS)
def read_shares(request: Request, session: Reading, question: Asked) -> Shares:
    """The shares of a question, with their definition, citation and a link that stays the same."""
    answer = queries.answer(session, question)
    return Shares(
        data=[share_row(share) for share in answer.shares],
        meta=meta(question, answer),
        links=links(request, question, answer),
    )


@router.get("/shares.csv", openapi_extra=QUESTION_PARAMETERS)
def read_shares_csv(request: Request, session: Reading, question: Asked) -> CSVResponse:
    """The same rows as CSV; an empty share_pct is a missing one. `bom=1` is for Excel."""
    rows = (share_row(share) for share in queries.answer(session, question).shares)
    header = list(ShareRow.model_fields)
    cells = ([getattr(row, name) for name in header] for row in rows)
    return csv_response(request, header, cells, "shares.csv")


def share_row(share: Share) -> ShareRow:
    rounded = None if share.share_pct is None else share.share_pct.quantize(PLACES)
    return ShareRow(
        source=share.source,
        month=month_key(share.month),
        group=share.group,
        label=share.label,
        share_pct=rounded,
        status=share.status,
    )


def meta(question: Question, answer: Answer) -> Meta:
    return Meta(
        by=question.by,
        openness=question.openness,
        of=question.of,
        from_=month_key(answer.months[0]),
        to=month_key(answer.months[-1]),
        as_of=instant_text(answer.vintage) if answer.vintage else None,
        definition=wording.definition(answer, question),
        sources=[
            SourceNote(
                source=source.slug,
                name=source.name,
                metric=source.metric,
                licence=source.licence,
                citation=wording.citation(source, answer.vintage),
            )
            for source in answer.sources
        ],
    )


def links(request: Request, question: Question, answer: Answer) -> Links:
    here, csv = str(request.url_for("read_shares")), str(request.url_for("read_shares_csv"))
    return Links(
        self=question.address(here),
        csv=question.address(csv),
        page=question.address(f"{request.base_url}trends"),
        pinned=question.having(as_of=answer.vintage).address(here),
    )
