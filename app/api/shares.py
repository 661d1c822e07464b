"""Shares: the answer to a question, one row per source, month and group."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.api.lists.envelope import RowModel
from app.api.lists.fields import (
    CadenceWord,
    Instant,
    Month,
    OriginUrl,
    Percent,
    PublisherAsOf,
    PublishesAfterDays,
    ReportsOn,
    RetrievedAt,
    SourceSlug,
    StatisticWord,
    WindowWord,
    enum_schema,
)
from app.api.lists.parameters import PARAMETER_ORDER, REFUSAL_STATUSES, query_parameters
from app.api.lists.query import ListQuery, list_query_dependency
from app.domain.answer import Answer
from app.domain.calendar import format_instant, format_month
from app.domain.parameters import PARAMETERS
from app.domain.question import Question
from app.domain.vocabulary import MISSING, Status
from app.queries.shares import answer_question
from app.web.csv_responses import CSVResponse, shares_csv
from app.web.dependencies import ReadSession
from app.web.route_policy import RouteKind, policy
from app.web.share_rows import SHARE_COLUMNS, complement_rows, share_rows
from app.wording.citations import pinned_question
from app.wording.definitions import definition_text, source_citation

router = APIRouter(tags=["shares"])

GROUP_WORDS: Final = {item.name: item.allowed for item in PARAMETERS}
"""The words that each parameter of a question allows, by its name."""


class ShareRow(RowModel):
    """A group's share of one source's month."""

    source: SourceSlug = Field(description="Slug of the source that counted the share.")
    month: Month = Field(description="The month the share is about.")
    group: str = Field(
        min_length=1,
        description=(
            "Key of the group: an origin, openness, or slug. `_rest`: those beyond `top`;"
            " `_unnamed`: lines that name none, and what a source does not break down."
        ),
        examples=["chinese"],
    )
    label: str = Field(
        min_length=1, description="The group as people read it.", examples=["Chinese"]
    )
    share_pct: Percent | None = Field(
        description=(
            "Percent of what `meta.of` says, four decimals; null, never zero, where the source"
            " says nothing of it."
        ),
        examples=[28.7738],
    )
    status: Annotated[str, enum_schema([*Status, MISSING])] = Field(
        description=(
            "final: as the source left it; provisional: not settled; reported: given in rounded"
            " words; estimated: an estimate; missing: the source says nothing of it."
        ),
        examples=["final"],
    )
    note: str = Field(
        description="What the source notes of the month; may be empty.",
        examples=["23 of 30 days covered"],
    )
    metric: str = Field(description="What the source of the row counts.", examples=["tokens"])
    openness: Annotated[str, enum_schema(GROUP_WORDS["openness"])] = Field(
        description="Which models the question of the row counts.", examples=["open"]
    )
    of: Annotated[str, enum_schema(GROUP_WORDS["of"])] = Field(
        description="What 100 percent of the row is: all usage, or that of open models.",
        examples=["all"],
    )
    as_of: Instant = Field(
        description="The vintage of the row: when figures or the catalogue last changed, UTC."
    )
    window: WindowWord
    statistic: StatisticWord
    low_pct: Percent | None = Field(
        description=(
            "The least that `share_pct` can be: what is known to belong. Of all usage the share"
            " itself, but for `_open`; of open usage less, as more of it may be open. Null where"
            " `share_pct` is."
        ),
        examples=[28.7738],
    )
    high_pct: Percent | None = Field(
        description=(
            "The most that it can be: with all that might belong, since its origin, its openness"
            " or its maker is not known or the source does not break it down. Null where"
            " `share_pct` is."
        ),
        examples=[36.811],
    )
    cite: str = Field(
        description=(
            "Address of the page that cites the number, for ever; empty where there is none."
        ),
        examples=[
            "https://example.org/cite/2025-08~chinese~openrouter-rankings~gpsqnjwpc0~28.7738"
        ],
    )


class SourceNote(BaseModel):
    """A source of the answer, and how to cite it."""

    source: SourceSlug = Field(description="Slug, as the rows have it.")
    name: str = Field(description="As people read it.", examples=["OpenRouter rankings"])
    metric: str = Field(description="What it counts.", examples=["tokens"])
    licence: str = Field(description="Of its figures; may be empty.", examples=["CC BY 4.0"])
    citation: str = Field(
        description="The line it asks for, with the vintage filled in.",
        examples=["Source: OpenRouter (openrouter.ai/rankings), as of 23 November 2026."],
    )
    window: WindowWord
    statistic: StatisticWord
    reports_on: ReportsOn
    cadence: CadenceWord
    publishes_after_days: PublishesAfterDays
    origin_url: OriginUrl = Field(
        description="Where the figures of its latest month were read; may be empty."
    )
    retrieved_at: RetrievedAt = Field(description="The day those were read there; null: not known.")
    publisher_as_of: PublisherAsOf = Field(
        description="The publisher's own date of those; null: not known."
    )


class Meta(BaseModel):
    """What was counted, of what, as of when: a share is never told without it."""

    version: str = Field(default="v1", description="Of this API: changes are additions only.")
    by: Annotated[str, enum_schema(GROUP_WORDS["by"])] = Field(
        description="What the shares are grouped by.", examples=["origin"]
    )
    openness: Annotated[str, enum_schema(GROUP_WORDS["openness"])] = Field(
        description="Which models are counted.", examples=["open"]
    )
    of: Annotated[str, enum_schema(GROUP_WORDS["of"])] = Field(
        description="What 100 percent is: all usage, or open.", examples=["all"]
    )
    # `from` is a keyword of Python; the alias is what the answer says.
    from_: Month = Field(
        serialization_alias="from", description="First month told.", examples=["2025-01"]
    )
    to: Month = Field(description="Last month told.", examples=["2026-09"])
    unit: str = Field(
        default="percent", description="Of every `share_pct`, `low_pct` and `high_pct`."
    )
    as_of: Instant | None = Field(description="The vintage: when these figures last changed, UTC.")
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


def _csv_description(*, csv: bool) -> dict[str, Any]:
    # The parameters are read from the query string by ListQuery, not by FastAPI, which would refuse
    # neither unknown nor repeated ones. So the contract has to be told of them.
    return {
        "parameters": query_parameters(PARAMETER_ORDER, paged=False, all_by_default=False, csv=csv)
    }


CSV: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The rows.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": ",".join(SHARE_COLUMNS)
                + "\nopenrouter-rankings,2025-08,chinese,Chinese,28.7738,final,,tokens,open,all,"
                "2026-11-23T10:00:00Z,month,sum,28.7738,36.8110,"
                "https://example.org/cite/2025-08~chinese~openrouter-rankings~gpsqnjwpc0~28.7738\n",
            }
        },
    }
}
# An answer is one whole, of which the citation and the complement speak: it has no pages.
SharesQuery = Annotated[ListQuery, list_query_dependency(paged=False)]


@router.get(
    "/shares",
    response_model=Shares,
    responses=CSV | REFUSAL_STATUSES,
    openapi_extra=_csv_description(csv=False),
)
@policy(RouteKind.API, expensive=True, cross_origin_reads=True)
def read_shares(request: Request, session: ReadSession, list_query: SharesQuery) -> Any:
    """The shares of a question, with their definition, citation and a link that stays the same."""
    question = list_query.question
    answer = answer_question(session, question)
    # CSV at this address too, where the client's Accept header prefers it.
    if list_query.csv:
        return shares_csv(request, question, answer)
    site = str(request.base_url).rstrip("/")
    return Shares(
        data=[ShareRow.model_validate(row) for row in share_rows(answer, question, site)],
        complement=[
            ShareRow.model_validate(row) for row in complement_rows(answer, question, site)
        ],
        meta=shares_meta(question, answer),
        links=shares_links(request, question, answer),
    )


@router.get(
    "/shares.csv",
    response_class=CSVResponse,
    responses=CSV | REFUSAL_STATUSES,
    openapi_extra=_csv_description(csv=True),
)
@policy(RouteKind.API, expensive=True, cross_origin_reads=True)
def read_shares_csv(request: Request, session: ReadSession, list_query: SharesQuery) -> CSVResponse:
    """The same rows as CSV; an empty share_pct is a missing one. `bom=1` is for Excel."""
    return shares_csv(request, list_query.question, answer_question(session, list_query.question))


def shares_meta(question: Question, answer: Answer) -> Meta:
    """Return the definition of an answer's shares, with the citation of each of its sources."""
    return Meta(
        by=question.by,
        openness=question.openness,
        of=question.of,
        from_=format_month(answer.months[0]),
        to=format_month(answer.months[-1]),
        as_of=format_instant(answer.vintage) if answer.vintage else None,
        definition=definition_text(answer, question),
        sources=[
            SourceNote(
                source=source.slug,
                name=source.name,
                metric=source.metric,
                licence=source.licence,
                citation=source_citation(source),
                window=source.window,
                statistic=source.statistic,
                reports_on=source.reports_on,
                cadence=source.cadence,
                publishes_after_days=source.publishes_after_days,
                **asdict(source.provenance),
            )
            for source in answer.sources
        ],
        notes=list(answer.notes),
    )


def shares_links(
    request: Request, question: Question, answer: Answer, route: str = "read_shares"
) -> Links:
    """Return the absolute addresses of an answer; `route` is the name of the one that answers."""
    here, csv = str(request.url_for(route)), str(request.url_for("read_shares_csv"))
    # The sources that answered, also where the question left them to be chosen: which one is the
    # main source may change.
    named = question.having(source=tuple(source.slug for source in answer.sources))
    return Links(
        self=named.address(here),
        csv=named.address(csv),
        page=named.address(f"{request.base_url}trends"),
        pinned=pinned_question(question, answer).address(here),
    )
