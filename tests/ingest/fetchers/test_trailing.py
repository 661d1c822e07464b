"""Under which month figures of the last thirty days stand, and whether they are final."""

from datetime import date

import pytest

from app.domain.vocabulary import Status
from app.ingest.fetchers.trailing import trailing_month


@pytest.mark.parametrize(
    ("day", "month", "status"),
    [
        (date(2026, 12, 1), date(2026, 11, 1), Status.FINAL),
        (date(2026, 12, 3), date(2026, 11, 1), Status.FINAL),
        (date(2026, 12, 4), date(2026, 12, 1), Status.PROVISIONAL),
        (date(2026, 12, 31), date(2026, 12, 1), Status.PROVISIONAL),
        (date(2027, 1, 2), date(2026, 12, 1), Status.FINAL),
    ],
)
def test_the_first_three_days_are_of_the_month_before(
    day: date, month: date, status: Status
) -> None:
    assert trailing_month(day) == (month, status)
