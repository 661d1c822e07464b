"""`/trends.svg`, `.png`, `.csv`, `.json`: what `/trends` shows, to take away."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from app.charts.chart import NARROW_CHART, WIDE_CHART, Chart, ChartSize
from app.charts.kinds import is_drawn
from app.charts.layout import lay_out_chart
from app.charts.plotly.figure import plotly_figure
from app.charts.svg.png import render_png
from app.charts.svg.share_image import CARD_WIDTH, ImageTexts, render_card, render_sheet
from app.domain.answer import Answer, ChartEvent
from app.domain.errors import Problem, excerpt
from app.domain.question import Question
from app.domain.question_parser import bad_question
from app.domain.vocabulary import View
from app.pages.answer_view import is_event_shown, reported_and_events
from app.queries.shares import answer_question
from app.web.csv_responses import CSVResponse, shares_csv, shares_file_name
from app.web.dependencies import FreshQuestion, ReadSession
from app.web.route_policy import RouteKind, policy
from app.wording.definitions import definition_text, question_definition, source_citation
from app.wording.findings import chart_summary, headline_finding, small_print_text

router = APIRouter()

PNG_MIN_WIDTH: Final = 200
PNG_MAX_WIDTH: Final = 2400


class SVGResponse(Response):
    media_type = "image/svg+xml"


class PNGResponse(Response):
    media_type = "image/png"


class FigureResponse(Response):
    media_type = "application/json"


@dataclass(frozen=True, slots=True)
class DrawnAnswer:
    """An answer and what a chart of it shows beside the shares."""

    question: Question
    answer: Answer
    reported: Answer | None
    events: list[ChartEvent]

    def chart(self, frame: ChartSize = WIDE_CHART) -> Chart:
        return self._laid_out(frame, self.events)

    def plain_chart(self, frame: ChartSize) -> Chart:
        """Without events: where nothing can say what their numbers mean."""
        return self._laid_out(frame, [])

    def _laid_out(self, frame: ChartSize, events: list[ChartEvent]) -> Chart:
        return lay_out_chart(self.answer, self.question.view, frame, self.reported, events)

    @property
    def words(self) -> ImageTexts:
        answer, question = self.answer, self.question
        return ImageTexts(
            headline=headline_finding(answer, question),
            sources=[
                source_citation(source)
                for shown in (answer, self.reported)
                for source in (shown.sources if shown else ())
            ],
            definition=definition_text(answer, question),
            counted=question_definition(question),
            small_print=small_print_text(answer),
            summary=chart_summary(answer, question),
        )


def drawn_answer(question: FreshQuestion, session: ReadSession) -> DrawnAnswer:
    """A table has no picture of its own: it is drawn as lines."""
    drawn = question if is_drawn(question.view) else question.having(view=View.LINES)
    return _shown(session, drawn)


def _shown(session: Session, question: Question) -> DrawnAnswer:
    answer = answer_question(session, question)
    reported, events = (
        reported_and_events(session, question) if question.view == View.LINES else (None, [])
    )
    return DrawnAnswer(
        question, answer, reported, [item for item in events if is_event_shown(item, question)]
    )


def png_width(request: Request) -> int:
    """How wide a picture is wanted, in pixels. Raises BadQuestionError."""
    found = request.query_params.getlist("width") or [str(CARD_WIDTH)]
    text = found[0]
    sound = len(found) == 1 and text.isascii() and text.isdecimal() and len(text) <= 4
    if sound and PNG_MIN_WIDTH <= int(text) <= PNG_MAX_WIDTH:
        return int(text)
    expected = f"a whole number of pixels from {PNG_MIN_WIDTH} to {PNG_MAX_WIDTH}, once"
    problem = Problem("not_a_width", None, None, "width", excerpt(",".join(found)), expected)
    raise bad_question([problem])


Drawn = Annotated[DrawnAnswer, Depends(drawn_answer)]
Width = Annotated[int, Depends(png_width)]


@router.get("/trends.svg")
@policy(RouteKind.FILE, expensive=True, cross_origin_reads=True)
def trends_svg(shown: Drawn) -> SVGResponse:
    return SVGResponse(render_sheet(shown.chart(), shown.words), headers=_named(shown, "svg"))


@router.get("/trends.png")
@policy(RouteKind.FILE, expensive=True, cross_origin_reads=True)
def trends_png(shown: Drawn, width: Width) -> PNGResponse:
    """The picture that stands beside a link: 1200 x 630, or as wide as asked."""
    content = render_png(render_card(shown.plain_chart, shown.words), width)
    return PNGResponse(content, headers=_named(shown, "png"))


@router.get("/trends.json")
@policy(RouteKind.FILE, expensive=True, cross_origin_reads=True)
def trends_json(shown: Drawn) -> FigureResponse:
    """The figure that the page's script draws, for Plotly anywhere."""
    figure: Any = plotly_figure(shown.chart(), shown.chart(NARROW_CHART))
    return FigureResponse(figure.to_json(), headers=_named(shown, "json"))


@router.get("/trends.csv")
@policy(RouteKind.FILE, expensive=True, cross_origin_reads=True)
def trends_csv(request: Request, question: FreshQuestion, session: ReadSession) -> CSVResponse:
    return shares_csv(request, question, answer_question(session, question))


def _named(shown: DrawnAnswer, ending: str) -> dict[str, str]:
    name = shares_file_name(shown.question, shown.answer, ending)
    return {"Content-Disposition": f'inline; filename="{name}"'}
