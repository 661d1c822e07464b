"""The table that `make bench` writes says what was measured, whether it is enough, and how."""

import pytest

from app.paths import PROJECT
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.__main__ import PARTS
from tests.benchmarks.performance.document import HEAD, RunDescription, table, write_document
from tests.benchmarks.performance.goals import Goal, Result, Size

RUN = RunDescription(
    "2026-12-01 04:00 UTC", "`abc`", "2 cores", "4,000 of 8", "1,004,000 of 68", 250
)


def cells_of(result: Result) -> list[str]:
    _, _, line = table([result]).split("\n")
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_says_value_goal_verdict_ratio_and_command() -> None:
    ratio, figures = "0.91 of bare uvicorn; 0.90 by CPU", "36,000 and 40,000 answers/s"
    assert cells_of(Result(goals.WARM_SHARES, Size.BUNDLED, 0.9, ratio, figures)) == [
        "warm `/api/v1/shares`",
        "bundled",
        "0.90",
        "≥ 0.85",
        "yes",
        "0.91 of bare uvicorn; 0.90 by CPU",
        "36,000 and 40,000 answers/s",
        "`python -m tests.benchmarks.performance warm`",
    ]


@pytest.mark.parametrize(
    ("goal", "value", "words", "verdict"),
    [
        (goals.WARM_SHARES, 0.85, "≥ 0.85", "yes"),
        (goals.WARM_SHARES, 0.849, "≥ 0.85", "**no**"),
        (goals.COLD_FRONT[Size.MILLION], 60, "≤ 60 ms", "yes"),
        (goals.COLD_FRONT[Size.MILLION], 60.1, "≤ 60 ms", "**no**"),
        (goals.REFUSED, 0, "≤ 0", "yes"),
        (goals.REFUSED, 1, "≤ 0", "**no**"),
        (goals.COLD_TRENDS[Size.BUNDLED], 40, "–", "–"),
    ],
)
def test_a_value_is_judged_by_the_limit_of_its_goal(
    goal: Goal, value: float, words: str, verdict: str
) -> None:
    assert cells_of(Result(goal, Size.BUNDLED, value, "", ""))[3:6] == [words, verdict, "–"]


def test_every_goal_is_of_a_part_that_can_be_run() -> None:
    values = [value for name, value in vars(goals).items() if name.isupper()]
    every = [
        goal
        for value in values
        for goal in (value.values() if isinstance(value, dict) else [value])
        if isinstance(goal, Goal)
    ]
    assert {goal.part for goal in every} == set(PARTS)


def test_the_document_says_when_and_on_what_it_was_run() -> None:
    result = Result(goals.VISIBLE, Size.BUNDLED, 0.3, "", "")
    text = write_document([result], RUN, connections=16, heavy_s=8)
    run = "Run on 2026-12-01 04:00 UTC at commit `abc`, in 250 seconds, on 2 cores."
    assert run in text.replace("\n", " ")
    assert "1,004,000 of 68" in text
    assert not set("{}") & set(text)


def test_the_document_of_the_repository_has_the_columns_that_are_written_now() -> None:
    text = (PROJECT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert HEAD in text
    assert all(f"performance {part}`" in text for part in PARTS)
