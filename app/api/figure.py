"""The Plotly figure of a question, as the pages draw it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.api.lists.parameters import PARAMETER_ORDER, REFUSAL_STATUSES, query_parameters
from app.api.lists.query import ListQuery, list_query_dependency
from app.api.share_models import Links, Meta
from app.api.shares import shares_links, shares_meta
from app.web.dependencies import ReadSession, end_reading
from app.web.question_chart import question_chart
from app.web.route_policy import RouteKind, policy

router = APIRouter(tags=["shares"])


class Figure(BaseModel):
    """`plotly.graph_objects.Figure(answer["data"])` draws it; so does `Plotly.newPlot`."""

    data: dict[str, Any] = Field(
        description="A figure of Plotly: its traces under `data`, and `layout`.",
        examples=[{"data": [{"type": "scatter", "x": ["2025-08"], "y": [28.65]}], "layout": {}}],
    )
    meta: Meta
    links: Links


# A figure exists as JSON only, hence no `csv`: a client that prefers CSV gets JSON all the same.
@router.get(
    "/figure",
    responses=REFUSAL_STATUSES,
    openapi_extra={
        "parameters": query_parameters(
            PARAMETER_ORDER, paged=False, all_by_default=False, csv=False
        )
    },
)
@policy(RouteKind.API, cross_origin_reads=True)
def read_figure(
    request: Request,
    session: ReadSession,
    list_query: Annotated[ListQuery, list_query_dependency(paged=False, csv=False)],
) -> Figure:
    """The chart that /trends shows. Its rows alone: /api/v1/shares."""
    question = list_query.question
    chart = question_chart(session, question)
    end_reading(request)
    return Figure(
        data=chart.figure(),
        meta=shares_meta(question, chart.answer),
        links=shares_links(request, question, chart.answer, "read_figure"),
    )
