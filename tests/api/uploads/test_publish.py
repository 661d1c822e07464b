"""Files that are published by program: the record, the same bytes again, the reason."""

from fastapi.testclient import TestClient

from app.database.session import Database
from tests.api.builders import fields, published, send
from tests.builders import SOURCE, month_file, row_counts, stored_share


def test_publishing_answers_with_the_record_and_its_place(
    api: TestClient, filled_db: Database
) -> None:
    response = send(api, month_file("30"), mode="publish", filename="january.csv")
    assert response.status_code == 201
    answer = response.json()
    assert response.headers["location"] == answer["links"]["self"]
    assert (answer["state"], answer["already"], answer["lines"]) == ("published", False, 1)
    assert (answer["filename"], answer["published_by"]) == ("january.csv", "ada (token job)")
    assert answer["months"] == [
        {
            "source": SOURCE, "month": "2026-01", "basis": "share", "lines": 1, "share_pct": 30,
            "first_day": None, "last_day": None, "days": None,
            "current": True, "superseded_by": None,
        }
    ]  # fmt: skip
    assert stored_share(filled_db) == "30"


def test_the_same_bytes_again_are_told_so_and_not_kept(
    api: TestClient, filled_db: Database
) -> None:
    first = published(api, month_file("30"))
    before = row_counts(filled_db)
    response = send(api, month_file("30"), mode="publish")
    assert (response.status_code, response.json()["already"]) == (200, True)
    assert response.json()["id"] == first["id"]
    assert row_counts(filled_db) == before


def test_revising_needs_a_reason(api: TestClient, filled_db: Database) -> None:
    published(api, month_file("30"))
    before = row_counts(filled_db)
    response = send(api, month_file("31"), mode="publish")
    assert response.status_code == 409
    assert "A reason is needed" in response.json()["title"]
    assert row_counts(filled_db) == before
    assert published(api, month_file("31"), reason="a recount")["reason"] == "a recount"


def test_a_reason_with_what_no_text_may_hold_is_refused(api: TestClient) -> None:
    response = send(api, month_file("30"), mode="publish", reason="a\x00b")
    assert response.status_code == 422
    assert fields(response) == {"reason": "forbidden_character"}
