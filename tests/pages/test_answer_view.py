"""What a page says beside a chart: the meaning of its marks."""

import pytest

from app.domain.answer import Answer
from app.domain.questions.question import Question
from app.domain.vocabulary import View
from app.pages.answer_view import chart_view
from app.web.question_chart import QuestionChart
from tests.answers import answer

FINAL = answer({"us": ["3", None, "2"]})
PROVISIONAL = answer({"us": ["3", None, "2"]}, statuses={2: "provisional"})
NOTHING_YET = answer({"us": ["3", "0"]}, statuses={1: "provisional"})


def unsettled(shares: Answer, view: View) -> str:
    return chart_view(QuestionChart(Question(view=view), shares)).unsettled


@pytest.mark.parametrize("view", [View.LINES, View.STACK])
def test_a_gap_among_final_figures_is_no_figure_that_is_not_final(view: View) -> None:
    assert unsettled(FINAL, view) == ""


@pytest.mark.parametrize("view", [View.LINES, View.STACK])
def test_a_provisional_figure_is_explained_below_its_chart(view: View) -> None:
    assert "provisional" in unsettled(PROVISIONAL, view)


def test_the_hollow_mark_of_a_share_of_nothing_is_explained_too() -> None:
    assert unsettled(NOTHING_YET, View.LINES) != ""
