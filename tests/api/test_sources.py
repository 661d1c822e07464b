"""Sources added by program."""

import json

import pytest
from fastapi.testclient import TestClient

from tests.api.builders import SOURCE_BODY, fields, send
from tests.builders import month_file


def test_a_source_is_added_and_can_be_named_at_once(api: TestClient) -> None:
    response = api.post("/api/v1/sources", json=SOURCE_BODY)
    assert (response.status_code, response.json()["source"]) == (201, "acme")
    assert send(api, month_file("30"), source="acme", mode="publish").status_code == 201


def test_the_terms_of_a_source_are_taken_and_told(api: TestClient) -> None:
    terms = {
        "window": "trailing-12-months", "statistic": "mean", "cadence": "quarterly",
        "publishes_after_days": 20, "reports_on": "",
    }  # fmt: skip
    response = api.post("/api/v1/sources", json=SOURCE_BODY | terms)
    assert response.status_code == 201
    assert response.json().items() >= terms.items()
    (row,) = [row for row in api.get("/api/v1/sources").json()["data"] if row["source"] == "acme"]
    assert row.items() >= terms.items()


def test_terms_that_cannot_be_are_named_by_their_fields(api: TestClient) -> None:
    wrong = {"window": "fortnight", "publishes_after_days": 400, "cadence": "hourly"}
    response = api.post("/api/v1/sources", json=SOURCE_BODY | wrong)
    assert response.status_code == 422
    assert set(fields(response)) == set(wrong)
    response = api.post("/api/v1/sources", json=SOURCE_BODY | {"reports_on": "acme"})
    assert (response.status_code, set(fields(response))) == (422, {"reports_on"})


def test_a_taken_slug_is_a_conflict(api: TestClient) -> None:
    api.post("/api/v1/sources", json=SOURCE_BODY)
    assert api.post("/api/v1/sources", json=SOURCE_BODY).status_code == 409


def test_each_problem_of_a_source_is_named_by_its_field(api: TestClient) -> None:
    bad = {"source": "Ac me!", "name": "", "url": "javascript:alert(1)", "method": "a\x00"}
    response = api.post("/api/v1/sources", json=SOURCE_BODY | bad)
    assert response.status_code == 422
    assert fields(response) == {
        "source": "not_a_slug", "name": "blank", "url": "not_an_address",
        "method": "forbidden_character",
    }  # fmt: skip
    unknown = api.post("/api/v1/sources", json={"surce": "x"})
    assert set(fields(unknown)) == {"source", "name", "publisher", "metric", "population", "surce"}


def test_what_is_wrong_missing_and_unknown_of_a_source_is_told_at_once(api: TestClient) -> None:
    body = {"source": "Ac me!", "url": "javascript:alert(1)", "publisher": " ", "surce": "x"}
    response = api.post("/api/v1/sources", json=body)
    assert response.status_code == 422
    assert fields(response) == {
        "source": "not_a_slug", "url": "not_an_address", "publisher": "blank", "name": "missing",
        "metric": "missing", "population": "missing", "surce": "extra_forbidden",
    }  # fmt: skip
    (wrong,) = [item for item in response.json()["errors"] if item["field"] == "source"]
    assert (wrong["found"], wrong["suggestion"]) == ("Ac me!", "ac-me")
    assert wrong["expected"].startswith("small letters, digits")


def test_a_source_that_is_incomplete_is_told_so_in_our_words(api: TestClient) -> None:
    wrong = {"surce": "x", "metric": ["é", None, True] * 40, "population": 5}
    errors = api.post("/api/v1/sources", json=wrong).json()["errors"]
    by_field = {error["field"]: error for error in errors}
    assert (by_field["name"]["found"], by_field["name"]["expected"]) == ("", "a text")
    assert by_field["surce"]["suggestion"] == "source"
    assert by_field["surce"]["expected"].startswith("one of source, name, publisher,")
    assert by_field["metric"]["found"].startswith('["é", null, true,')
    assert len(by_field["metric"]["found"]) <= 80
    assert by_field["population"]["expected"] == "a text"
    assert not [error for error in errors if "{" in error["found"] or "nput" in error["expected"]]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"null", b'"x"'])
def test_what_is_no_object_is_told_so(api: TestClient, body: bytes) -> None:
    response = api.post(
        "/api/v1/sources", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("reason", ["a\0b", "a\ud800b", "x" * 60_000])
def test_the_reason_of_a_source_is_a_text_people_can_read(api: TestClient, reason: str) -> None:
    body = json.dumps(SOURCE_BODY | {"reason": reason})
    response = api.post(
        "/api/v1/sources", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert set(fields(response)) == {"reason"}


def test_json_under_another_name_is_told_what_to_send(api: TestClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = api.post("/api/v1/sources", content=json.dumps(SOURCE_BODY), headers=form)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["field"], error["found"]) == (422, "body", "")
    assert error["expected"].endswith("sent with Content-Type: application/json")
