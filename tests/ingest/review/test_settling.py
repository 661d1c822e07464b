"""Months that are called final too early, statuses that go back, and names that are new."""

from datetime import date

import pytest

from app.database.session import Database
from app.database.tables import Upload
from app.domain.snapshot import DaysCovered
from app.domain.vocabulary import Status
from app.ingest.month_profile import MonthProfile
from app.ingest.review_warnings.settling import unfinished_warnings
from tests.ingest.builders import review_file
from tests.ingest.review.builders import GATEWAY, shares, texts_after, warned

MAY = date(2025, 5, 1)
LATER = date(2025, 8, 1)


def unfinished(
    days: DaysCovered | None = None,
    *,
    status: Status = Status.FINAL,
    today: date = LATER,
    retrieved_at: date | None = None,
    publisher_as_of: date | None = None,
) -> list[str]:
    upload = Upload(retrieved_at=retrieved_at, publisher_as_of=publisher_as_of)
    months = {("hub", MAY): MonthProfile(days, status=status)}
    return [notice.text for notice in unfinished_warnings(months, upload, today)]


def test_a_month_of_which_the_last_days_are_missing_is_not_final() -> None:
    days = DaysCovered(MAY, date(2025, 5, 9), 9)
    (text,) = unfinished(days)
    assert "is called final, and covers 9 of 31 days, 2025-05-01 to 2025-05-09" in text
    assert unfinished(days, status=Status.PROVISIONAL) == []


def test_a_day_that_was_never_published_does_not_keep_a_month_from_being_final() -> None:
    assert unfinished(DaysCovered(MAY, date(2025, 5, 31), 30)) == []


@pytest.mark.parametrize(("day", "count"), [(31, 1), (1, 0)])
def test_figures_read_before_the_month_was_over_are_not_final(day: int, count: int) -> None:
    read = date(2025, 5, 31) if day == 31 else date(2025, 6, 1)
    assert len(unfinished(retrieved_at=read)) == count
    assert len(unfinished(publisher_as_of=read, retrieved_at=LATER)) == count


def test_a_month_is_restated_for_three_days_after_its_end() -> None:
    (text,) = unfinished(today=date(2025, 6, 3))
    assert "ended on 2025-05-31, 3 days ago" in text
    assert unfinished(today=date(2025, 6, 4)) == []


def status_file(*statuses: str) -> bytes:
    rows = zip(("chinese", "us", "european"), statuses, strict=False)
    text = "".join(f"2025-01,{origin},10,{status}\n" for origin, status in rows)
    return ("month,origin,share_pct,status\n" + text).encode()


def test_a_status_that_goes_back_is_told_with_the_lines_it_is_of(gateway: Database) -> None:
    found = texts_after(
        gateway, status_file("final", "final"), status_file("final", "provisional"), "status_back"
    )
    text = "The status of 2025-01 of gateway goes back: "
    assert found == [text + "1 of 2 lines are final now and would be provisional"]


def test_a_status_that_settles_or_comes_with_a_new_line_does_not_go_back(
    gateway: Database,
) -> None:
    after = status_file("final", "final", "provisional")
    assert texts_after(gateway, status_file("provisional", "final"), after, "status_back") == []


def test_names_that_are_new_to_the_catalogue_are_told_with_their_shares(gateway: Database) -> None:
    rows = ("us,open,Acme Labs,Acme 7B,3", "us,open,Acme Labs,Acme 70B,5", "us,open,meta-llama,,10")
    reviewed = review_file(gateway, shares("2025-01", *rows), GATEWAY)
    (developer,), (models,) = warned(reviewed, "new_developers"), warned(reviewed, "new_models")
    assert developer.text == "One developer is new to the catalogue: Acme Labs (us, 8.00 %)"
    assert "2 models are new to the catalogue: Acme 70B (of acme-labs, open, 5.00 %)" in models.text
    known = review_file(gateway, shares("2025-01", rows[2]), GATEWAY)
    assert not {"new_developers", "new_models"} & {notice.code for notice in known.warnings}
