"""Chart data: one row per source, month and group."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from app import citing, queries, wording
from app.answer import Answer
from app.api.asking import Asked, asking
from app.api.parameters import NAMES, REFUSALS, parameters
from app.http import CSVResponse, Reading, shares_csv
from app.months import month_key
from app.question import Question, instant_text
from app.share_rows import COLUMNS, complement_rows, share_rows

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

    source: str = Field(description="Slug of the source.", examples=["openrouter-rankings"])
    month: str = Field(
        description="The month it is about.", pattern=r"^\d{4}-\d{2}$", examples=["2025-08"]
    )
    group: str = Field(
        description=(
            "Key of the group: an origin, openness, or slug. `_rest`: those beyond `top`;"
            " `_unnamed`: lines that name none, and what a source does not break down."
        ),
        examples=["chinese"],
    )
    label: str = Field(description="The group as people read it.", examples=["Chinese"])
    share_pct: Percent | None = Field(
        description=(
            "Percent of what `meta.of` says, four decimals; null, never zero, where the source"
            " says nothing of it."
        ),
        examples=[28.6539],
    )
    status: str = Field(description="final, provisional, estimated or missing.", examples=["final"])
    note: str = Field(
        description="What the source notes of the month; may be empty.",
        examples=["23 of 30 days covered"],
    )
    metric: str = Field(description="What the source counts.", examples=["tokens"])
    openness: str = Field(
        description="Which models the question counts: open, closed, unknown or all.",
        examples=["open"],
    )
    of: str = Field(
        description="What 100 percent is: all usage, or that of open models.", examples=["all"]
    )
    as_of: str = Field(
        description="The vintage: when the figures or the catalogue last changed, UTC.",
        examples=["2026-11-23T10:00:00Z"],
    )


class SourceNote(BaseModel):
    """A source of the answer, and how to cite it."""

    source: str = Field(description="Slug.", examples=["openrouter-rankings"])
    name: str = Field(description="As people read it.", examples=["OpenRouter rankings"])
    metric: str = Field(description="What it counts.", examples=["tokens"])
    licence: str = Field(description="Of its figures; may be empty.", examples=["CC BY 4.0"])
    citation: str = Field(description="The line it asks for, with the vintage filled in.")


class Meta(BaseModel):
    """What was counted, of what, as of when: a share is never told without it."""

    version: str = Field(default="v1", description="Of this API: changes are additions only.")
    by: str = Field(description="What the shares are grouped by.", examples=["origin"])
    openness: str = Field(description="Which models are counted.", examples=["open"])
    of: str = Field(description="What 100 percent is: all usage, or open.", examples=["all"])
    from_: str = Field(
        serialization_alias="from", description="First month told.", examples=["2025-01"]
    )
    to: str = Field(description="Last month told.", examples=["2026-09"])
    unit: str = Field(default="percent", description="Of every `share_pct`.")
    as_of: str | None = Field(
        description="The vintage: when these figures last changed, UTC.",
        examples=["2026-11-23T10:00:00Z"],
    )
    definition: str = Field(description="In words: what was counted, by whom, of what.")
    sources: list[SourceNote] = Field(description="Those asked, in order.")
    notes: list[str] = Field(
        description=(
            "Of which months a source has figures but none that answers this question, and why."
        ),
        examples=[[]],
    )


class Links(BaseModel):
    """Absolute addresses. They name the sources, so that their subject never changes."""

    self: str = Field(description="This answer, its parameters in canonical order.")
    csv: str = Field(description="The rows as CSV.")
    page: str = Field(description="The same question as a page for people.")
    pinned: str = Field(description="The same answer for ever, whatever is published later.")


class Shares(BaseModel):
    data: list[ShareRow] = Field(description="By source, month and group.")
    complement: list[ShareRow] = Field(
        description=(
            "What the question leaves out of the whole, in the same order: `_open`, `closed`,"
            " `unknown`. With `data` it adds up to 100 where a month has figures;"
            " empty with of=open."
        )
    )
    meta: Meta
    links: Links


def _told(*, csv: bool) -> dict[str, Any]:
    return {"parameters": parameters(NAMES, paged=False, all_by_default=False, csv=csv)}


CSV: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The rows.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": ",".join(COLUMNS)
                + "\nopenrouter-rankings,2025-08,chinese,Chinese,28.6539,final,,tokens,open,all,"
                "2026-11-23T10:00:00Z\n",
            }
        },
    }
}
Wanted = Annotated[Asked, asking(paged=False)]


@router.get(
    "/shares",
    response_model=Shares,
    responses=CSV | REFUSALS,
    openapi_extra=_told(csv=False),
)
def read_shares(request: Request, session: Reading, asked: Wanted) -> Any:
    """The shares of a question, with their definition, citation and a link that stays the same."""
    question = asked.question
    answer = queries.answer(session, question)
    if asked.csv:
        return shares_csv(request, question, answer)
    return Shares(
        data=[ShareRow.model_validate(row) for row in share_rows(answer, question)],
        complement=[ShareRow.model_validate(row) for row in complement_rows(answer, question)],
        meta=meta(question, answer),
        links=links(request, question, answer),
    )


@router.get(
    "/shares.csv",
    response_class=CSVResponse,
    responses=CSV | REFUSALS,
    openapi_extra=_told(csv=True),
)
def read_shares_csv(request: Request, session: Reading, asked: Wanted) -> CSVResponse:
    """The same rows as CSV; an empty share_pct is a missing one. `bom=1` is for Excel."""
    return shares_csv(request, asked.question, queries.answer(session, asked.question))


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
                citation=wording.citation(source),
            )
            for source in answer.sources
        ],
        notes=list(answer.notes),
    )


def links(
    request: Request, question: Question, answer: Answer, route: str = "read_shares"
) -> Links:
    here, csv = str(request.url_for(route)), str(request.url_for("read_shares_csv"))
    named = question.having(source=tuple(source.slug for source in answer.sources))
    return Links(
        self=named.address(here),
        csv=named.address(csv),
        page=named.address(f"{request.base_url}trends"),
        pinned=citing.pinned(question, answer).address(here),
    )
