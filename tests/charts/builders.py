"""Answers, events and reported figures that the tests of charts draw."""

from dataclasses import replace
from datetime import date

import pytest

from app.charts.chart import WIDE_CHART, Chart
from app.charts.layout import lay_out_chart
from app.domain.answer import Answer, ChartEvent
from app.domain.vocabulary import View
from tests.answers import answer, bounded, group, source


def reported(*figures: str | None, note: str = 'reported as "nearly 30"; a week') -> Answer:
    study = answer({"chinese": list(figures)}, sources=(source("study", reports_on="gateway"),))
    rows = [
        row if row.missing else replace(row, status="reported", note=note) for row in study.shares
    ]
    return replace(study, shares=tuple(rows))


def event(day: str, title: str = "Something", *, headline: bool = True) -> ChartEvent:
    return ChartEvent(date.fromisoformat(day), title, "", "", headline)


GAPS = answer(
    {
        "chinese": ["28.6539", "16.2", None, "33.3"],
        "us": ["3", "3.1", "3.2", "2"],
        "european": ["0.1", "0.2", "0.1", "0.1"],
        "other": ["1", "1", "1", None],
    },
    rest={"closed": ["60", "70", "60", "60"], "unknown": ["7", "8", "6", "4"]},
    statuses={1: "provisional"},
)
DEVELOPERS = {f"d{n}": group(f"d{n}", f"Developer {n}", "chinese") for n in range(8)}
QUESTIONS: dict[str, tuple[Answer, View]] = {
    "lines": (GAPS, View.LINES),
    "band": (
        bounded(GAPS, {"chinese": ["40", None, None, "35"]}),
        View.LINES,
    ),
    "stack": (GAPS, View.STACK),
    "one month": (answer({"chinese": ["41"], "us": ["36.5"]}, rest={"closed": ["22"]}), View.STACK),
    "two sources": (
        answer({"us": ["17.1", "3"]}, {"us": ["41", "2"], "other": ["1", "2"]}),
        View.LINES,
    ),
    "two stacks": (answer({"us": ["17.1", "3"]}, {"us": ["41", "2"]}), View.STACK),
    "developers": (
        answer({key: ["1", f"{n}"] for n, key in enumerate(DEVELOPERS)}, groups=DEVELOPERS),
        View.LINES,
    ),
}
EVENTS = [event("2025-01-20", "One"), event("2025-01-22", "Two"), event("2025-02-14", "Three")]
every_question = pytest.mark.parametrize(("shares", "view"), QUESTIONS.values(), ids=QUESTIONS)


def laid_out(shares: Answer, view: View) -> Chart:
    return lay_out_chart(shares, view, WIDE_CHART, reported("1.2", "30"), EVENTS)


# --- names


HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "a\x00b\x0bc\x1f",
    "\ufffe\uffff",
    "\ud800",
    "]]> <!-- -->",
    "&amp; &#0;",
    "ديب سيك",
)
