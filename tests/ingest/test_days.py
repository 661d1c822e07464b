"""The days a month covers: kept with its snapshot, told with its figures, exported."""

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.database.session import Database
from app.domain.snapshot import DaysCovered
from app.ingest.import_export import export_files
from tests.builders import publish_stored, store_file
from tests.ingest.builders import record, review_of
from tests.looking import words

# Its figures are of the month itself: only of such can days be covered.
SOURCE = "vercel-ai-gateway"
HEADER = "month,origin,openness,share_pct,status,first_day,last_day,days\n"
NINE_DAYS = DaysCovered(date(2026, 1, 1), date(2026, 1, 9), 9)


def store_january(db: Database, days: str) -> int:
    content = f"{HEADER}2026-01,chinese,open,30,provisional,{days}\n"
    return store_file(db, content.encode(), SOURCE)


def test_they_stand_in_the_review_and_in_the_record(filled_db: Database) -> None:
    upload = store_january(filled_db, "2026-01-01,2026-01-09,9")
    (reviewed,) = review_of(filled_db, upload).months
    assert reviewed.days == NINE_DAYS
    publish_stored(filled_db, upload)
    (published,) = record(filled_db, upload).months
    assert published.days == NINE_DAYS


def test_other_days_alone_are_a_revision(filled_db: Database) -> None:
    publish_stored(filled_db, store_january(filled_db, "2026-01-01,2026-01-09,9"))
    same = store_january(filled_db, ",2026-01-09,")
    assert review_of(filled_db, same).changes_nothing
    other = store_january(filled_db, "2026-01-01,2026-01-10,9")
    assert review_of(filled_db, other).needs_reason


def test_they_are_told_with_the_figures_in_words_and_as_data(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_stored(filled_db, store_january(filled_db, "2026-01-01,2026-01-09,9"))
    query = f"source={SOURCE}&from=2026-01&to=2026-01"
    assert "9 of 31 days covered" in words(own_client, f"/trends?{query}")
    (row,) = own_client.get(f"/api/v1/shares?{query}").json()["data"]
    assert row["note"] == "9 of 31 days covered"
    (snapshot,) = own_client.get(f"/api/v1/snapshots?{query}").json()["data"]
    days = {"first_day": "2026-01-01", "last_day": "2026-01-09", "days": 9}
    assert snapshot | days == snapshot


def test_a_whole_month_needs_no_word(own_client: TestClient, filled_db: Database) -> None:
    publish_stored(filled_db, store_january(filled_db, "2026-01-01,2026-01-31,31"))
    query = f"source={SOURCE}&from=2026-01&to=2026-01"
    assert "days covered" not in words(own_client, f"/trends?{query}")


def test_they_are_exported(filled_db: Database, tmp_path: Path) -> None:
    publish_stored(filled_db, store_january(filled_db, "2026-01-01,2026-01-09,9"))
    export_files(filled_db, tmp_path)
    lines = (tmp_path / "snapshots" / f"{SOURCE}.csv").read_text().splitlines()
    (january,) = [line for line in lines if line.startswith("2026-01,")]
    assert january.endswith(",provisional,2026-01-01,2026-01-09,9,")


@pytest.mark.parametrize(
    ("days", "constraint"),
    [
        ("'2026-01-01', NULL, NULL", "ck_snapshot_days_together"),
        ("'2025-12-31', '2026-01-09', 9", "ck_snapshot_days_in_month"),
        ("'2026-01-01', '2026-02-01', 9", "ck_snapshot_days_in_month"),
        ("'2026-01-09', '2026-01-01', 1", "ck_snapshot_days"),
        ("'2026-01-01', '2026-01-09', 10", "ck_snapshot_days"),
        ("'2026-01-01', '2026-01-09', 0", "ck_snapshot_days"),
    ],
)
def test_days_that_cannot_be_are_not_stored_even_by_hand(
    filled_db: Database, days: str, constraint: str
) -> None:
    upload = store_january(filled_db, ",,")
    insert = (
        "INSERT INTO snapshot (upload_id, source_id, month, basis, first_day, last_day, days)"
        f" SELECT {upload}, id, '2026-01-01', 'share', {days} FROM source LIMIT 1"
    )
    with pytest.raises(IntegrityError, match=constraint), filled_db.engine.begin() as connection:
        connection.execute(text(insert))
