"""Shares: the answer to a question, one row per source, month and group."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request

from app.api.lists.parameters import PARAMETER_ORDER, REFUSAL_STATUSES, query_parameters
from app.api.lists.query import ListQuery, list_query_dependency
from app.api.share_models import Links, Meta, ShareRow, Shares, SourceNote
from app.domain.answer import Answer
from app.domain.calendar import format_instant, format_month
from app.domain.questions.question import Question
from app.queries.answers.shares import answer_question
from app.web.csv_responses import CSVResponse, shares_csv
from app.web.dependencies import ReadSession, end_reading, site_of
from app.web.route_policy import RouteKind, policy
from app.web.share_rows import SHARE_COLUMNS, complement_rows, share_rows
from app.wording.citations import pinned_question
from app.wording.definitions import definition_text, source_citation

router = APIRouter(tags=["shares"])


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
@policy(RouteKind.API, cross_origin_reads=True)
def read_shares(request: Request, session: ReadSession, list_query: SharesQuery) -> Any:
    """The shares of a question, with their definition, citation and a link that stays the same."""
    question = list_query.question
    answer = answer_question(session, question)
    end_reading(request)
    # CSV at this address too, where the client's Accept header prefers it.
    if list_query.csv:
        return shares_csv(request, question, answer)
    site = site_of(request).address
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
@policy(RouteKind.API, cross_origin_reads=True)
def read_shares_csv(request: Request, session: ReadSession, list_query: SharesQuery) -> CSVResponse:
    """The same rows as CSV; an empty share_pct is a missing one. `bom=1` is for Excel."""
    answer = answer_question(session, list_query.question)
    end_reading(request)
    return shares_csv(request, list_query.question, answer)


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
