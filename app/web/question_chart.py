"""The chart of a question: its answer, and what stands on the chart beside the shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from app.catalogue.history import read_chart_events
from app.charts.chart import NARROW_CHART, WIDE_CHART, Chart, ChartSize
from app.charts.kinds import design_of_view, is_drawn
from app.charts.layout import PanelDraft, draft_panels, lay_out_chart
from app.charts.plotly.figure import plotly_figure
from app.database.vintages import vintage_at
from app.domain.answer import Answer, ChartEvent
from app.domain.questions.question import Question
from app.domain.vocabulary import View
from app.queries.answers.shares import answer_question, reported_figures


@dataclass(frozen=True)
class QuestionChart:
    """An answer to be drawn, with the reported figures and the events that its question shows.

    The view of the question is one that is drawn.
    """

    # No slots: `cached_property` keeps its value in the dictionary of the object.

    question: Question
    answer: Answer
    reported: Answer | None = None
    events: Sequence[ChartEvent] = ()

    def lay_out(self, frame: ChartSize = WIDE_CHART) -> Chart:
        return self._lay_out(frame, self.events)

    def lay_out_plain(self, frame: ChartSize) -> Chart:
        """Return the chart without events: where nothing can say what their numbers mean."""
        return self._lay_out(frame, ())

    @cached_property
    def _drafts(self) -> Sequence[PanelDraft]:
        # Every page draws its chart wide and narrow, with the same points and words.
        return draft_panels(self.answer, self.question.view, banded=self.question.bounds == "on")

    def _lay_out(self, frame: ChartSize, events: Sequence[ChartEvent]) -> Chart:
        view, drafts = self.question.view, self._drafts
        return lay_out_chart(self.answer, view, frame, self.reported, events, drafts=drafts)

    def figure(self) -> dict[str, Any]:
        """Return Plotly's figure for wide and narrow screens."""
        return plotly_figure(self.lay_out(), self.lay_out(NARROW_CHART))


def question_chart(
    session: Session, question: Question, answer: Answer | None = None
) -> QuestionChart:
    """Return the chart of a question, a table's drawn as lines.

    `answer` spares asking for it anew. Raises NoFiguresError where nothing matches.
    """
    # A page that shows a table offers pictures all the same.
    drawn = question if is_drawn(question.view) else question.having(view=View.LINES)
    shares = answer or answer_question(session, drawn)
    if not design_of_view(drawn.view).traits.annotated:
        return QuestionChart(drawn, shares)
    # Events as they stood at the vintage: a pinned chart keeps its marks.
    known_events = read_chart_events(vintage_at(session, drawn.as_of))
    events = [event for event in known_events if _is_shown(event, drawn)]
    return QuestionChart(drawn, shares, reported_figures(session, drawn), events)


def _is_shown(event: ChartEvent, question: Question) -> bool:
    return event.headline if question.events == "headline" else question.events == "all"
