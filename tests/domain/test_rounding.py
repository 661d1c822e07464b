"""Rounding is the same wherever a number is shown."""

from decimal import Decimal

import pytest

from app.charts.chart import WIDE_CHART
from app.charts.layout import lay_out_chart
from app.domain.questions.question import Question
from app.domain.rounding import given_digits, round_half_up
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


@pytest.mark.parametrize(
    ("share", "digits"),
    [
        ("30", "30"),
        ("30.0000", "30"),
        ("3E+1", "30"),
        ("100", "100"),
        ("1.2000", "1.2"),
        ("0.30", "0.3"),
        ("12.34565", "12.3457"),
        ("0", "0"),
        ("0.0000", "0"),
        ("0.00001", "0.00001"),
    ],
)
def test_the_digits_that_were_given_stay_and_none_come_to_them(share: str, digits: str) -> None:
    # As files write a number: never 3E+1.
    assert str(given_digits(Decimal(share))) == digits
