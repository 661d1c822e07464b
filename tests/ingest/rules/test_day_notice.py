"""Months that are written as their first day."""

import pytest

from tests.ingest.rules.builders import notices


@pytest.mark.parametrize("header", ["date", "month", "period"])
def test_a_first_day_alone_is_said_to_be_read_as_the_whole_month(header: str) -> None:
    text = f"{header},origin,tokens\n2025-06-01,chinese,3\n2025-06-01,us,4\n"
    notice = notices(text)["day_as_month"]
    assert notice.text.startswith("2025-06-01 is read as all of June 2025; if it is that day alone")
    assert notice.line == 2


def test_first_days_of_a_year_are_told_at_once() -> None:
    rows = "".join(f"2025-{month:02}-01,chinese,3\n" for month in range(1, 13))
    text = notices("date,origin,tokens\n" + rows)["day_as_month"].text
    assert "2025-01-01 is read as all of January 2025, and so are 11 more, up to 2025-12" in text


def test_months_and_files_that_say_their_days_are_not_doubted() -> None:
    assert "day_as_month" not in notices("month,origin,tokens\n2025-06,chinese,3\n")
    days = "date,origin,tokens,first_day,last_day\n2025-06-01,us,3,2025-06-01,2025-06-30\n"
    assert "day_as_month" not in notices(days)
    mixed = "month,origin,tokens\n2025-06,chinese,3\n2025-07-01,chinese,3\n"
    assert "day_as_month" not in notices(mixed)


def test_a_column_called_date_is_doubted_beside_plain_months_too() -> None:
    mixed = "date,origin,tokens\n2025-06,chinese,3\n2025-07-01,chinese,3\n"
    assert notices(mixed)["day_as_month"].text.startswith("2025-07-01 is read as all of July 2025")
