"""The Plotly figure of a question, as the pages draw it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.api.lists.parameters import PARAMETER_ORDER, REFUSAL_STATUSES, query_parameters
from app.api.lists.query import ListQuery, list_query_dependency
from app.api.shares import Links, Meta, shares_links, shares_meta
from app.catalogue.history import read_chart_events
from app.charts.chart import NARROW_CHART, WIDE_CHART
from app.charts.kinds import is_drawn
from app.charts.layout import lay_out_chart
from app.charts.plotly.figure import plotly_figure
from app.database.vintages import vintage_at
from app.domain.answer import Answer, ChartEvent
from app.domain.question import Question
from app.domain.vocabulary import View
from app.queries.shares import answer_question, reported_figures
from app.web.dependencies import ReadSession
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


@router.get(
    "/figure",
    responses=REFUSAL_STATUSES,
    openapi_extra={
        "parameters": query_parameters(
            PARAMETER_ORDER, paged=False, all_by_default=False, csv=False
        )
    },
)
@policy(RouteKind.API, expensive=True, cross_origin_reads=True)
def read_figure(
    request: Request,
    session: ReadSession,
    asked: Annotated[ListQuery, list_query_dependency(paged=False, csv=False)],
) -> Figure:
    """The chart that /trends shows. Its rows alone: /api/v1/shares."""
    question = asked.question
    drawn = question if is_drawn(question.view) else question.having(view=View.LINES)
    answer = answer_question(session, drawn)
    return Figure(
        data=_figure(session, drawn, answer),
        meta=shares_meta(question, answer),
        links=shares_links(request, question, answer, "read_figure"),
    )


def _figure(session: Session, question: Question, answer: Answer) -> dict[str, Any]:
    lines = question.view == View.LINES
    reported = reported_figures(session, question) if lines else None
    events = _events(session, question) if lines else []
    wide, narrow = (
        lay_out_chart(answer, question.view, frame, reported, events)
        for frame in (WIDE_CHART, NARROW_CHART)
    )
    found: dict[str, Any] = json.loads(plotly_figure(wide, narrow).to_json())
    return found


def _events(session: Session, question: Question) -> list[ChartEvent]:
    return [
        event
        for event in read_chart_events(vintage_at(session, question.as_of))
        if question.events == "all" or (question.events == "headline" and event.headline)
    ]
