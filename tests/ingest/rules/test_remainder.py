"""Shares that add up to more or less than 100, and what is said of the rest."""

from decimal import Decimal

import pytest

from tests.ingest.rules.builders import SHARES, checked, lines, notices, only_problem


def test_shares_may_add_up_to_100_and_a_half() -> None:
    rows = "2025-08,us,open,,,50.5\n2025-08,chinese,open,,,50\n"
    assert len(lines(SHARES + rows)) == 2


def test_shares_that_add_up_to_more_are_refused_where_they_pass_it() -> None:
    rows = "2025-08,us,open,,,50.5\n2025-08,chinese,open,,,50.01\n2025-08,other,open,,,1\n"
    problem = only_problem(SHARES + rows)
    assert (problem.code, problem.line, problem.column) == ("sum_above_100", 3, 6)
    assert "101.51" in problem.found


def test_shares_below_100_leave_a_remainder_that_is_named() -> None:
    text = SHARES + "2025-08,us,open,,,36.5\n2025-08,chinese,open,,,41\n"
    notice = notices(text)["below_100"]
    assert "add up to 77.5; the remaining 22.5 %" in notice.text
    assert [line.share_pct for line in lines(text)] == [Decimal("36.5"), Decimal(41)]


def test_fractions_are_refused() -> None:
    problem = only_problem(SHARES + "2025-08,us,open,,,0.6\n2025-08,chinese,open,,,0.4\n")
    assert (problem.code, problem.line) == ("fractions", 2)
    assert "multiply by 100" in problem.expected


def test_fractions_that_leave_a_remainder_are_suspected() -> None:
    text = SHARES + "2025-08,us,open,,,0.365\n2025-08,chinese,open,,,0.41\n"
    assert "multiply them by 100" in notices(text)["below_100"].text


def test_remainders_of_several_months_are_one_notice_that_names_the_widest() -> None:
    rows = "2025-07,us,open,,,90\n2025-08,us,open,,,30\n2025-08,other,open,,,40.5\n"
    (notice,) = checked(SHARES + rows + "2025-09,us,open,,,99\n").notices
    assert (notice.code, notice.line) == ("below_100", 3)
    assert notice.text == (
        "The lines of 3 months add up to less than 100, furthest from it those of 2025-08 of hub: "
        "to 70.5; the remaining 29.5 %, and what remains of the others, will be shown as unknown"
    )


def test_fractions_are_suspected_among_several_months() -> None:
    rows = "2025-07,us,open,,,0.2\n2025-07,other,open,,,0.3\n2025-08,us,open,,,0.1\n"
    text = notices(SHARES + rows)["below_100"].text
    assert text.endswith(". If any of these are fractions, multiply them by 100")


@pytest.mark.parametrize(
    ("shares", "noticed"),
    [
        (("33.333333",) * 3, False),  # 0.000001 is missing, and each may be 0.0000005 more
        (("33.3",) * 3, False),
        (("33", "33.33", "33.34"), True),  # one has decimals: the whole number has 33.00
        (("60.4", "39.5"), True),  # 60.45 would have been written as 60.5
        (("33.33", "33.33", "33.30"), True),
        (("4",) * 24, True),  # rounding would explain 12 points: too many to pass over
    ],
)
def test_what_rounding_leaves_is_no_remainder(shares: tuple[str, ...], noticed: bool) -> None:
    names = [f"lab {'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(len(shares))]
    rows = [f"2025-08,us,open,{name},,{share}\n" for name, share in zip(names, shares, strict=True)]
    assert ("below_100" in notices(SHARES + "".join(rows))) is noticed
