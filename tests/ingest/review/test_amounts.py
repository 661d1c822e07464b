"""Figures far from the usual: a line of nearly all, an odd sum, another unit."""

import pytest

from app.database.session import Database
from tests.ingest.builders import months_file, review_file
from tests.ingest.review.builders import (
    GATEWAY,
    publish_file,
    shares,
    texts_after,
    values,
    warned,
)

USUAL = ("deepseek,300000000", "openai,400000000", "anthropic,300000000")


@pytest.mark.parametrize(("share", "count"), [("40.1", 1), ("40", 0)])
def test_a_line_of_more_than_forty_percent_is_named(
    gateway: Database, share: str, count: int
) -> None:
    row = f"chinese,open,deepseek,deepseek/deepseek-r1,{share}"
    found = warned(review_file(gateway, shares("2025-01", row), GATEWAY), "heavy_line")
    assert [
        (notice.line, f"deepseek/deepseek-r1 {share}0 %" in notice.text) for notice in found
    ] == [(2, True)] * count


def test_a_line_that_was_as_heavy_the_month_before_is_no_news(gateway: Database) -> None:
    rows = ("chinese,open,deepseek,,45", "us,open,meta-llama,,20")
    heavier = ("chinese,open,deepseek,,47", "us,open,meta-llama,,41")
    (text,) = texts_after(
        gateway, shares("2025-01", *rows), shares("2025-02", *heavier), "heavy_line"
    )
    assert text.endswith("meta-llama 41.00 % (20.00 % in 2025-01)")
    assert "deepseek" not in text


@pytest.mark.parametrize(("last", "count"), [("79.9", 1), ("80", 0)])
def test_a_sum_of_shares_more_than_ten_points_from_the_usual_is_told(
    gateway: Database, last: str, count: int
) -> None:
    found = texts_after(
        gateway, months_file("90", "91", "90"), months_file(last, first=4), "unusual_sum"
    )
    assert (
        found == ["The lines of 2025-04 of gateway add up to 79.90 %, usually to 90.00 %"] * count
    )


def test_sums_that_always_differ_are_usual(gateway: Database) -> None:
    found = texts_after(
        gateway, months_file("30", "60", "90"), months_file("45", first=4), "unusual_sum"
    )
    assert found == []


def test_part_of_a_month_is_held_against_a_day_of_the_usual_months(gateway: Database) -> None:
    publish_file(gateway, values("2025-01", *USUAL))
    header = b"month,developer,value,status,first_day,last_day,days\n"
    tenth = header + b"2025-02,openai,110000000,provisional,2025-02-01,2025-02-03,3\n"
    assert warned(review_file(gateway, tenth, GATEWAY), "unusual_sum") == []
    whole = values("2025-02", "openai,110000000")
    (notice,) = warned(review_file(gateway, whole, GATEWAY), "unusual_sum")
    assert "add up to 110,000,000: a day counts 0.12 times the usual 32,258,065" in notice.text


def test_values_of_a_single_day_are_recognised_by_their_sum(gateway: Database) -> None:
    found = texts_after(
        gateway, values("2025-01", *USUAL), values("2025-02", "openai,32000000"), "unusual_sum"
    )
    assert found[0].endswith("that is about what one day of a month has")


@pytest.mark.parametrize("factor", [1_000, 1_000_000])
def test_a_month_in_another_unit_is_told_with_the_unit(gateway: Database, factor: int) -> None:
    rows = [f"{name},{int(count) // factor}" for name, count in (row.split(",") for row in USUAL)]
    (text,) = texts_after(
        gateway, values("2025-01", *USUAL), values("2025-02", *rows), "other_unit"
    )
    word = {1_000: "thousand", 1_000_000: "million"}[factor]
    assert text.endswith(f"they may be in another unit, by a {word}")


def test_a_month_of_twice_as_much_is_neither_unusual_nor_in_another_unit(gateway: Database) -> None:
    publish_file(gateway, values("2025-01", *USUAL))
    doubled = [f"{name},{int(count) * 2}" for name, count in (row.split(",") for row in USUAL)]
    reviewed = review_file(gateway, values("2025-02", *doubled), GATEWAY)
    assert not {"other_unit", "unusual_sum"} & {notice.code for notice in reviewed.warnings}


@pytest.mark.parametrize(("value", "count"), [("300000", 1), ("3000000", 0)])
def test_one_name_in_thousands_is_told_with_both_values(
    gateway: Database, value: str, count: int
) -> None:
    after = values("2025-02", f"deepseek,{value}", *USUAL[1:])
    found = texts_after(gateway, values("2025-01", *USUAL), after, "other_unit")
    assert len(found) == count
    assert all("deepseek from 300,000,000 to 300,000" in text for text in found)


def test_shares_written_as_fractions_are_told_though_they_are_not_the_whole(
    gateway: Database,
) -> None:
    (text,) = texts_after(gateway, months_file("30"), months_file("0.31", first=2), "other_unit")
    assert text.startswith("The lines of 2025-02 of gateway add up to 0.31 %, usually to 30.00 %")
