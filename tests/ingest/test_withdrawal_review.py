"""What withdrawing an upload would change, before it does."""

from decimal import Decimal

from app.database.session import Database
from app.domain.vocabulary import Origin
from app.ingest.withdraw import withdraw_upload
from app.ingest.withdrawal_review import WithdrawalReview, review_withdrawal
from tests.builders import month_file, publish_stored, store_file, stored_share


def published(db: Database, content: bytes) -> int:
    upload_id = store_file(db, content)
    publish_stored(db, upload_id, reason="a recount")
    return upload_id


def review_of(db: Database, upload_id: int) -> WithdrawalReview:
    with db.reading() as session:
        return review_withdrawal(session, upload_id)


def test_the_figures_that_come_back_are_those_that_stand_after_withdrawing(
    filled_db: Database,
) -> None:
    first = published(filled_db, month_file("30"))
    second = published(filled_db, month_file("31.5"))
    (month,) = review_of(filled_db, second).months
    assert month.comes_back == first
    shares = (month.review.before[Origin.CHINESE], month.review.after[Origin.CHINESE])
    assert shares == (Decimal("31.5"), Decimal(30))
    with filled_db.writing() as session:
        withdraw_upload(session, second, by="ada", reason="wrong")
    assert stored_share(filled_db) == "30"


def test_a_withdrawn_upload_between_does_not_come_back(filled_db: Database) -> None:
    first, second, third = (published(filled_db, month_file(share)) for share in ("30", "31", "32"))
    with filled_db.writing() as session:
        withdraw_upload(session, second, by="ada", reason="wrong")
    (month,) = review_of(filled_db, third).months
    assert month.comes_back == first


def test_a_month_without_earlier_figures_is_left_empty_and_marked_in_the_series(
    filled_db: Database,
) -> None:
    upload_id = published(filled_db, month_file("30", month="2024-06"))
    reviewed = review_of(filled_db, upload_id)
    (month,) = reviewed.months
    assert (month.comes_back, month.review.after[Origin.CHINESE]) == (None, None)
    chinese = next(series for series in reviewed.series if series.group == Origin.CHINESE)
    assert (chinese.before[0], chinese.after[0]) == (Decimal(30), None)
    assert [f"{gone:%Y-%m}" for gone in chinese.vanished] == ["2024-06"]


def test_a_group_that_neither_figures_name_is_not_missed_after_withdrawing(
    filled_db: Database,
) -> None:
    published(filled_db, month_file("30", "2025-07", more="2025-07,us,10\n"))
    published(filled_db, month_file("30", month="2025-08"))
    second = published(filled_db, month_file("31", month="2025-08"))
    series = {item.group: item.vanished for item in review_of(filled_db, second).series}
    assert series[Origin.US] == ()


def test_an_upload_whose_months_are_superseded_changes_nothing(filled_db: Database) -> None:
    first = published(filled_db, month_file("30"))
    published(filled_db, month_file("31"))
    reviewed = review_of(filled_db, first)
    assert (reviewed.months, reviewed.series) == ((), ())
    assert [f"{month:%Y-%m}" for _, month in reviewed.superseded] == ["2026-01"]
