"""Rounding is the same wherever a number is shown."""

from decimal import Decimal

import pytest

from app.charts.chart import WIDE_CHART
from app.charts.layout import lay_out_chart
from app.domain.question import Question
from app.domain.rounding import round_half_up
from app.domain.vocabulary import View
from app.web.share_rows import share_rows
from app.wording.formats import format_percent
from tests.answers import answer


@pytest.mark.parametrize(
    ("number", "shown"), [("28.65", "28.7"), ("28.75", "28.8"), ("0.05", "0.1")]
)
def test_halves_go_up(number: str, shown: str) -> None:
    assert round_half_up(Decimal(number), 1) == Decimal(shown)
    assert format_percent(Decimal(number)).startswith(shown)


@pytest.mark.parametrize("number", ["1.00005", "2.00015", "28.65385", "0.12345"])
def test_charts_and_files_agree_in_the_last_place(number: str) -> None:
    shares = answer({"us": [number]})
    (row,) = share_rows(shares, Question(), "https://share.example")
    (point,) = lay_out_chart(shares, View.LINES, WIDE_CHART).panels[0].series[0].points
    assert row.share_pct == round_half_up(Decimal(number), 4)
    assert point.share == float(row.share_pct or 0)
