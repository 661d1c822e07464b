"""Chart data: one row per source, month and group."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from app import queries, wording
from app.answer import Answer
from app.http import Asked, CSVResponse, Reading, shares_csv
from app.months import month_key
from app.question import PARAMETERS, Parameter, Question, instant_text
from app.share_rows import share_rows

router = APIRouter(tags=["shares"])

Percent = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float, when_used="json"),
    # A source's own rounding may bring a sum to 100.5.
    Field(ge=0, le=100.5, description="Percent, 0 to 100, four decimals."),
]


class ShareRow(BaseModel):
    """A group's share of one source's month."""

    model_config = ConfigDict(from_attributes=True)

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
        data=[ShareRow.model_validate(row) for row in share_rows(answer)],
        meta=meta(question, answer),
        links=links(request, question, answer),
    )


@router.get("/shares.csv", openapi_extra=QUESTION_PARAMETERS)
def read_shares_csv(request: Request, session: Reading, question: Asked) -> CSVResponse:
    """The same rows as CSV; an empty share_pct is a missing one. `bom=1` is for Excel."""
    return shares_csv(request, queries.answer(session, question))


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
