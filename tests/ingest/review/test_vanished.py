"""What a file no longer says, told with the figures that are gone."""

import pytest

from app.database.session import Database
from app.domain.vocabulary import Origin
from tests.ingest.builders import review_file
from tests.ingest.review.builders import GATEWAY, publish_file, shares, texts_after

OPEN = ("chinese,open,,,30", "us,open,,,20", "european,open,,,2.5")
CLOSED = ("us,closed,,,40", "chinese,closed,,,5")


def test_a_group_of_the_month_before_that_has_no_line_is_named_with_its_share(
    gateway: Database,
) -> None:
    (text,) = texts_after(
        gateway, shares("2025-01", *OPEN), shares("2025-02", *OPEN[:2]), "lost_group"
    )
    assert (
        text
        == "European open models were 2.50 % in 2025-01 of gateway; 2025-02 has no line of them"
    )


def test_a_group_that_falls_to_nothing_is_said_and_not_missed(gateway: Database) -> None:
    rows = (*OPEN[:2], "european,open,,,0")
    assert (
        texts_after(gateway, shares("2025-01", *OPEN), shares("2025-02", *rows), "lost_group") == []
    )


def test_all_closed_models_that_vanish_are_told_at_once(gateway: Database) -> None:
    before, after = shares("2025-01", *OPEN, *CLOSED), shares("2025-02", *OPEN)
    (text,) = texts_after(gateway, before, after, "lost_group")
    assert text.startswith("Closed models were 45.00 % in 2025-01 of gateway")


def test_a_revision_is_held_against_the_figures_it_replaces(gateway: Database) -> None:
    publish_file(gateway, shares("2025-01", *OPEN))
    before, after = shares("2025-02", *OPEN[:2]), shares("2025-02", OPEN[0])
    (text,) = texts_after(gateway, before, after, "lost_group")
    assert text == "US open models are 20.00 % in 2025-02 of gateway; the file has no line of them"


def test_the_chart_of_a_vanished_group_marks_the_month_it_is_missing_from(
    gateway: Database,
) -> None:
    publish_file(gateway, shares("2025-01", *OPEN))
    reviewed = review_file(gateway, shares("2025-02", *OPEN[:2]), GATEWAY)
    vanished = {
        series.group: [f"{month:%Y-%m}" for month in series.vanished] for series in reviewed.series
    }
    assert vanished == {Origin.CHINESE: [], Origin.US: [], Origin.EUROPEAN: ["2025-02"]}


DEVELOPERS = ("chinese,open,deepseek,,20", "chinese,open,qwen,,1.2", "chinese,open,moonshotai,,0.9")


def test_developers_of_one_percent_that_are_gone_are_listed_smaller_ones_are_not(
    gateway: Database,
) -> None:
    before, after = shares("2025-01", *DEVELOPERS), shares("2025-02", "chinese,open,z-ai,,22")
    (text,) = texts_after(gateway, before, after, "lost_developers")
    assert text.endswith("in 2025-01 of gateway: deepseek 20.00 %, qwen 1.20 %, together 21.20 %")


def test_a_developer_that_stays_under_another_openness_is_not_missed(gateway: Database) -> None:
    after = shares("2025-02", "chinese,closed,deepseek,,20", "chinese,open,qwen,,1")
    assert texts_after(gateway, shares("2025-01", *DEVELOPERS), after, "lost_developers") == []


@pytest.mark.parametrize(("share", "count"), [("5.1", 1), ("4.9", 0)])
def test_a_large_model_that_is_gone_is_named_though_its_developer_stays(
    gateway: Database, share: str, count: int
) -> None:
    stays = "chinese,open,deepseek,deepseek/deepseek-r1,20"
    gone = f"chinese,open,deepseek,deepseek/deepseek-chat,{share}"
    found = texts_after(
        gateway, shares("2025-01", stays, gone), shares("2025-02", stays), "lost_models"
    )
    assert len(found) == count
    assert all(f"deepseek/deepseek-chat {share}" in text for text in found)


def test_a_month_without_the_names_of_the_month_before_has_less_detail(gateway: Database) -> None:
    before, after = shares("2025-01", *DEVELOPERS), shares("2025-02", "chinese,open,,,22")
    (text,) = texts_after(gateway, before, after, "less_detail")
    assert text == "2025-01 of gateway named 3 lines by developer; 2025-02 none"


@pytest.mark.parametrize(("unnamed", "count"), [("21", 1), ("19", 0)])
def test_a_fifth_of_all_usage_that_loses_its_names_is_less_detail(
    gateway: Database, unnamed: str, count: int
) -> None:
    before = shares("2025-01", "chinese,open,deepseek,,30", "us,open,meta-llama,,20")
    left = 50 - int(unnamed)
    after = shares(
        "2025-02", f"chinese,open,deepseek,,{left - 1}", "us,open,meta-llama,,1",
        f"us,open,,,{unnamed}",
    )  # fmt: skip
    found = texts_after(gateway, before, after, "less_detail")
    assert len(found) == count
    assert all(
        "named the developers of 50.0 % of all usage, 2025-02 of 29.0 %" in text for text in found
    )


@pytest.mark.parametrize(("left", "count"), [(4, 1), (5, 0)])
def test_fewer_than_half_of_the_lines_are_far_fewer(
    gateway: Database, left: int, count: int
) -> None:
    rows = [f"us,open,acme,acme/model-{number},5" for number in range(10)]
    found = texts_after(
        gateway, shares("2025-01", *rows), shares("2025-02", *rows[:left]), "fewer_lines"
    )
    assert found == [f"2025-01 of gateway had 10 lines, 2025-02 has {left}"] * count
