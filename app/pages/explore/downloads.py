"""`/trends.svg`, `.png`, `.csv`, `.json`: what `/trends` shows, as files to take away."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from app.charts.plotly.figure import figure_json
from app.charts.svg.png import render_png
from app.charts.svg.share_image import CARD_WIDTH, ImageTexts, render_card, render_sheet
from app.domain.errors import Problem, excerpt
from app.domain.questions.question_parser import bad_question
from app.domain.site import Site
from app.queries.answers.shares import answer_question
from app.web.csv_responses import CSVResponse, shares_csv, shares_file_name
from app.web.dependencies import FreshQuestion, ReadSession, end_reading, site_of
from app.web.question_chart import QuestionChart, question_chart
from app.web.route_policy import RouteKind, policy
from app.wording.definitions import definition_text, question_definition, source_citation
from app.wording.findings import chart_summary, headline_finding, small_print_text

router = APIRouter()

PNG_MIN_WIDTH: Final = 200  # pixels
PNG_MAX_WIDTH: Final = 2400


class SVGResponse(Response):
    media_type = "image/svg+xml"


class PNGResponse(Response):
    media_type = "image/png"


class FigureResponse(Response):
    media_type = "application/json"


def chart_of_request(
    request: Request, question: FreshQuestion, session: ReadSession
) -> QuestionChart:
    """Return the chart of the question asked; a table has no picture and is drawn as lines.

    With it all is read: the connection is given back before anything is drawn.
    """
    chart = question_chart(session, question)
    end_reading(request)
    return chart


def _image_texts(chart: QuestionChart, site: Site) -> ImageTexts:
    answer, question = chart.answer, chart.question
    return ImageTexts(
        headline=headline_finding(answer, question),
        sources=[
            source_citation(source)
            for shown in (answer, chart.reported)
            for source in (shown.sources if shown else ())
        ],
        definition=definition_text(answer, question),
        counted=question_definition(question),
        small_print=small_print_text(answer, question),
        summary=chart_summary(answer, question),
        credit=site.byline,
    )


def png_width(request: Request) -> int:
    """Return the width of the picture asked for, in pixels. Raises BadQuestionError."""
    # Read here and not by FastAPI, whose 422 would be a second way to refuse a parameter.
    widths = request.query_params.getlist("width") or [str(CARD_WIDTH)]
    text = widths[0]
    sound = len(widths) == 1 and text.isascii() and text.isdecimal() and len(text) <= 4
    if sound and PNG_MIN_WIDTH <= int(text) <= PNG_MAX_WIDTH:
        return int(text)
    expected = f"a whole number of pixels from {PNG_MIN_WIDTH} to {PNG_MAX_WIDTH}, once"
    problem = Problem("not_a_width", None, None, "width", excerpt(",".join(widths)), expected)
    raise bad_question([problem])


RequestChart = Annotated[QuestionChart, Depends(chart_of_request)]
Width = Annotated[int, Depends(png_width)]


@router.get("/trends.svg")
@policy(RouteKind.FILE, cross_origin_reads=True)
def trends_svg(request: Request, chart: RequestChart) -> SVGResponse:
    texts = _image_texts(chart, site_of(request))
    return SVGResponse(render_sheet(chart.lay_out(), texts), headers=_named(chart, "svg"))


@router.get("/trends.png")
@policy(RouteKind.FILE, cross_origin_reads=True)
def trends_png(request: Request, chart: RequestChart, width: Width) -> PNGResponse:
    """Return the picture that stands beside a link: 1200 x 630, or as wide as asked."""
    # Events would be numbers without a meaning: there is no room for a list of them.
    texts = _image_texts(chart, site_of(request))
    content = render_png(render_card(chart.lay_out_plain, texts), width)
    return PNGResponse(content, headers=_named(chart, "png"))


@router.get("/trends.json")
@policy(RouteKind.FILE, cross_origin_reads=True)
def trends_json(chart: RequestChart) -> FigureResponse:
    """Return the figure that the page's script draws, for Plotly on any site."""
    return FigureResponse(figure_json(chart.figure()), headers=_named(chart, "json"))


@router.get("/trends.csv")
@policy(RouteKind.FILE, cross_origin_reads=True)
def trends_csv(request: Request, question: FreshQuestion, session: ReadSession) -> CSVResponse:
    answer = answer_question(session, question)
    end_reading(request)
    return shares_csv(request, question, answer)


def _named(chart: QuestionChart, ending: str) -> dict[str, str]:
    name = shares_file_name(chart.question, chart.answer, ending)
    return {"Content-Disposition": f'inline; filename="{name}"'}
