"""Decisions by program on an upload that is stored: published or withdrawn as it was seen."""

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from tests.api.builders import ADDRESS, published
from tests.builders import month_file, store_file, stored_share


def test_an_upload_that_waits_is_for_maintainers_and_shows_its_review(
    api: TestClient, filled_db: Database
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    answer = api.get(f"{ADDRESS}/{upload_id}").json()
    assert (answer["state"], answer["months"]) == ("unpublished", [])
    assert answer["review"]["months"][0]["counts"]["new"] == 1
    done = api.post(f"{ADDRESS}/{upload_id}/publish", json={"version": answer["version"]})
    assert (done.status_code, done.json()["state"]) == (200, "published")
    del api.headers["authorization"]
    assert api.get(f"{ADDRESS}/{store_file(filled_db, month_file('31'))}").status_code == 401
    public = api.get(f"{ADDRESS}/{upload_id}")
    assert (public.status_code, public.json()["review"]) == (200, None)


def test_an_upload_that_waits_with_problems_shows_them(
    api: TestClient, filled_db: Database
) -> None:
    upload_id = store_file(filled_db, month_file("x"))
    answer = api.get(f"{ADDRESS}/{upload_id}").json()
    assert answer["review"]["errors"][0]["field"] == "share_pct"
    done = api.post(f"{ADDRESS}/{upload_id}/publish", json={"version": answer["version"]})
    assert (done.status_code, done.json()["error_count"]) == (422, 1)


def test_a_version_that_has_moved_on_is_a_conflict(api: TestClient, filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    version = api.get(f"{ADDRESS}/{upload_id}").json()["version"]
    published(api, month_file("31"))
    body = {"version": version, "reason": "a recount"}
    assert api.post(f"{ADDRESS}/{upload_id}/publish", json=body).status_code == 409
    assert stored_share(filled_db) == "31"


def test_withdrawing_brings_the_earlier_figures_back(api: TestClient, filled_db: Database) -> None:
    published(api, month_file("30"))
    second = published(api, month_file("31"), reason="a recount")
    place = f"{ADDRESS}/{second['id']}/withdraw"
    assert api.post(place, json={"version": "x", "reason": "wrong"}).status_code == 409
    assert api.post(place, json={"version": second["version"], "reason": " "}).status_code == 422
    done = api.post(place, json={"version": second["version"], "reason": "wrong"})
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert (done.json()["withdrawn_by"], done.json()["withdrawn_reason"]) == (
        "ada (token job)", "wrong",
    )  # fmt: skip
    assert stored_share(filled_db) == "30"


def test_what_withdrawing_would_bring_back_is_told_with_the_version_that_it_takes(
    api: TestClient, filled_db: Database
) -> None:
    first = published(api, month_file("30"))
    second = published(api, month_file("31"), reason="a recount")
    place = f"{ADDRESS}/{second['id']}"
    answer = api.get(f"{place}/withdrawal").json()
    (month,) = answer["months"]
    assert (month["month"], month["comes_back"]) == ("2026-01", first["id"])
    (change,) = month["largest"]
    assert (change["kind"], change["old"], change["new"]) == ("changed", 31, 30)
    assert (answer["leaving_developers"], answer["leaving_models"]) == ([], [])
    body = {"version": answer["version"], "reason": "wrong"}
    assert api.post(f"{place}/withdraw", json=body).status_code == 200
    assert api.get(f"{place}/withdrawal").status_code == 409
    del api.headers["authorization"]
    assert api.get(f"{ADDRESS}/{first['id']}/withdrawal").status_code == 401


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "9" * 5_000])
def test_an_address_that_is_no_number_is_refused(api: TestClient, number: str) -> None:
    assert api.get(f"{ADDRESS}/{number}").status_code in {404, 422}
    body = {"version": "x", "reason": "y"}
    assert api.post(f"{ADDRESS}/{number}/withdraw", json=body).status_code in {404, 422}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": NaN}', b'{"version": "x", "more": 1}', b'"\\ud800"', b"\xff",
     b'{"version": "x", "reason": "\\ud800"}', b'{"version": "\\u0000", "reason": "x"}'],
)  # fmt: skip
def test_a_body_that_says_something_else_is_no_fault_of_ours(
    api: TestClient, filled_db: Database, content: bytes
) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    headers = {"Content-Type": "application/json"}
    for what in ("publish", "withdraw"):
        response = api.post(f"{ADDRESS}/{upload_id}/{what}", content=content, headers=headers)
        assert response.status_code in {400, 409, 422}, response.text


@pytest.mark.parametrize("content", [b"", b"[]", b'"x"'])
def test_who_sends_no_object_is_told_what_is_expected(api: TestClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json"} if content else {}
    for what, fields_of_it in (("publish", "version, reason"), ("withdraw", "version, reason")):
        response = api.post(f"{ADDRESS}/1/{what}", content=content, headers=headers)
        (error,) = response.json()["errors"]
        assert (response.status_code, error["field"]) == (422, "body")
        assert error["expected"] == f"an object of JSON with {fields_of_it} as the body"
