"""One answer against another."""

from datetime import date
from decimal import Decimal

from app.domain.calendar import add_months
from app.domain.comparison import change_in_points, compare_answers, latest_month_only
from tests.answers import JANUARY, answer, group


def test_equal_answers_differ_in_nothing() -> None:
    shares = answer({"chinese": ["6", "7"]})
    assert compare_answers(shares, shares).differences == []


def test_a_revised_number_is_told_with_what_it_was() -> None:
    (revised,) = compare_answers(
        answer({"us": ["6", "7"]}), answer({"us": ["6", "7.5"]})
    ).differences
    assert (revised.month, revised.label, revised.points) == (
        add_months(JANUARY, 1),
        "US",
        Decimal("0.5"),
    )


def test_a_status_that_became_final_is_a_revision_of_no_points() -> None:
    then = answer({"us": ["6"]}, statuses={0: "provisional"})
    (revised,) = compare_answers(then, answer({"us": ["6"]})).differences
    assert revised.points == 0


def test_a_month_that_was_added_is_no_revision() -> None:
    comparison = compare_answers(answer({"us": ["6"]}), answer({"us": ["6", "7"]}))
    assert (comparison.differences, comparison.added) == ([], [add_months(JANUARY, 1)])


def test_a_number_that_is_gone_has_no_points() -> None:
    (revised,) = compare_answers(answer({"us": ["6", "7"]}), answer({"us": ["6"]})).differences
    assert (revised.now, revised.points) == (None, None)


def test_what_is_left_out_of_the_whole_is_compared_too() -> None:
    then = answer({"us": ["6"]}, rest={"closed": ["60"], "unknown": ["34"]})
    now = answer({"us": ["6"]}, rest={"closed": ["62"], "unknown": ["32"]})
    comparison = compare_answers(then, now)
    assert [(item.label, item.points) for item in comparison.differences] == [
        ("Closed", Decimal(2)),
        ("Unknown", Decimal(-2)),
    ]
    assert comparison.numbers == 3


def test_models_of_unknown_origin_are_not_the_unknown_rest() -> None:
    then = answer({"unknown": ["6"]}, rest={"unknown": ["34"]})
    now = answer({"unknown": ["7"]}, rest={"unknown": ["34"]})
    assert [item.points for item in compare_answers(then, now).differences] == [Decimal(1)]


def test_where_everything_was_withdrawn_every_number_differs() -> None:
    assert len(compare_answers(answer({"us": ["6"], "chinese": ["7"]}), None).differences) == 2


def test_the_rest_beyond_the_named_is_compared_only_where_the_same_are_named() -> None:
    then = answer({"qwen": ["6"], "_rest": ["9"]}, groups={"_rest": group("_rest", "Others")})
    now = answer({"deepseek": ["6"], "_rest": ["3"]}, groups={"_rest": group("_rest", "Others")})
    assert {item.label for item in compare_answers(then, now).differences} == {"qwen"}


def test_a_change_is_in_points_and_needs_a_figure_at_both_ends() -> None:
    rows = {row.month: row.share_pct for row in answer({"us": ["6", None, "9.5"]}).shares}
    assert change_in_points(rows, date(2025, 3, 1), 2) == Decimal("3.5")
    assert change_in_points(rows, date(2025, 3, 1), 1) is None
    assert change_in_points(rows, date(2025, 3, 1), 12) is None


def test_side_by_side_each_source_stands_in_its_own_latest_month() -> None:
    latest = latest_month_only(answer({"us": ["6", "7"]}, {"us": ["8", None]}))
    shares = {(row.source, row.month): row.share_pct for row in latest.shares if not row.missing}
    assert shares == {
        ("gateway", add_months(JANUARY, 1)): Decimal(7),
        ("gateway-1", JANUARY): Decimal(8),
    }


def test_side_by_side_a_source_stands_in_its_last_settled_month_before_a_later_open_one() -> None:
    running = answer({"us": ["6", "7", "8"]}, statuses={1: "reported", 2: "provisional"})
    (kept,) = [row for row in latest_month_only(running).shares if not row.missing]
    assert (kept.month, kept.share_pct) == (add_months(JANUARY, 1), Decimal(7))


def test_side_by_side_a_source_without_a_settled_month_stands_in_its_latest() -> None:
    running = answer({"us": ["6", "7"]}, statuses={0: "estimated", 1: "provisional"})
    (kept,) = [row for row in latest_month_only(running).shares if not row.missing]
    assert (kept.month, kept.status) == (add_months(JANUARY, 1), "provisional")
