"""Files that are checked: `POST /api/v1/uploads` as it is sent, and as it is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from tests.api.builders import ADDRESS, CHOSEN, CSV, fields, send
from tests.builders import SOURCE, month_file, row_counts


def test_a_check_says_how_the_file_was_read_and_what_would_change(api: TestClient) -> None:
    text = "month;origin;developer;share_pct\n2026-01;european;Labo;12,5\n"
    response = send(api, text.encode())
    assert response.status_code == 200
    answer = response.json()
    assert (answer["reading"]["delimiter"], answer["reading"]["decimal_mark"]) == ("semicolon", ",")
    assert answer["reading"]["columns"][3] == {
        "position": 4, "header": "share_pct", "field": "share_pct",
    }  # fmt: skip
    (month,) = answer["months"]
    assert month["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "removed": 0}
    assert (month["source"], month["month"], month["share_pct"]) == (SOURCE, "2026-01", 12.5)
    assert month["largest"] == [
        {
            "kind": "new", "origin": "european", "openness": "open", "developer": "labo",
            "model": None, "old": None, "new": 12.5, "line": 2,
        }
    ]  # fmt: skip
    assert answer["new_developers"] == [
        {"slug": "labo", "name": "Labo", "origin": "european", "line": 2}
    ]
    assert "below_100" in {warning["code"] for warning in answer["warnings"]}
    assert (answer["needs_reason"], answer["same_as"], answer["error_count"]) == (False, None, 0)


def test_a_check_stores_nothing(api: TestClient, filled_db: Database) -> None:
    before = row_counts(filled_db)
    send(api, month_file("30"))
    send(api, month_file("x"))
    assert row_counts(filled_db) == before


@pytest.mark.parametrize("mode", ["check", "publish"])
def test_all_problems_come_at_once_each_with_its_place_and_nothing_is_stored(
    api: TestClient, filled_db: Database, mode: str
) -> None:
    before = row_counts(filled_db)
    rows = "".join("2026-01,chinese,29.7 %\n" for _ in range(150))
    response = send(api, month_file("101", more=rows), mode=mode)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    answer = response.json()
    assert (len(answer["errors"]), answer["error_count"]) == (100, 151)
    assert answer["errors"][1] == {
        "code": "not_a_number",
        "line": 3,
        "column": 3,
        "field": "share_pct",
        "found": "29.7 %",
        "expected": "a percentage from 0 to 100 in plain digits, such as 29.7",
        "suggestion": "29.7",
        "header": "share_pct",
        "row": "2026-01,chinese,29.7 %",
        "cell": None,
    }
    kinds = [(kind["code"], kind["lines"], kind["count"]) for kind in answer["groups"]]
    assert kinds == [("out_of_range", "2", 1), ("not_a_number", "3-152", 150)]
    assert answer["groups"][1]["cells"] == [
        {
            "found": "29.7 %",
            "count": 150,
            "line": 3,
            "suggestion": "29.7",
            "row": "2026-01,chinese,29.7 %",
        }
    ]
    assert row_counts(filled_db) == before


def test_a_form_may_carry_the_file_and_the_fields(api: TestClient) -> None:
    file = {"file": ("C:\\fakepath\\january\u202e.csv", month_file("30"), "text/csv")}
    response = api.post(
        f"{ADDRESS}?mode=publish", files=file, data=CHOSEN | {"openness": "open", "reason": ""}
    )
    assert response.status_code == 201, response.text
    assert response.json()["filename"] == "january\\u202e.csv"


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("sorce=x", "sorce", "unknown_parameter"),
        ("mode=store", "mode", "unknown_value"),
        ("openness=closd", "openness", "unknown_value"),
        ("source=a&source=b", "source", "repeated_parameter"),
        ("source=nowhere", "source", "unknown_value"),
        ("source=%00%ed%a0%80", "source", "unknown_value"),
    ],
)
def test_a_bad_parameter_is_a_400_that_names_it(
    api: TestClient, query: str, field: str, code: str
) -> None:
    response = api.post(f"{ADDRESS}?{query}", content=month_file("30"), headers=CSV)
    assert response.status_code == 400
    assert fields(response)[field] == code


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"content": b"{}", "headers": {"Content-Type": "application/json"}}, 415),
        ({"content": b"month"}, 415),
        ({"files": {"other": ("a.csv", b"month")}}, 422),
        ({"files": [("file", ("a.csv", b"m")), ("file", ("b.csv", b"m"))]}, 400),
        ({"data": {"file": "month,origin\n"}, "files": {"": ("", b"")}}, 422),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        ({"content": b"", "headers": CSV}, 422),
    ],
)
def test_what_is_no_file_is_refused(api: TestClient, options: dict[str, Any], status: int) -> None:
    response = api.post(f"{ADDRESS}?source={SOURCE}", **options)
    assert (response.status_code, response.headers["content-type"]) == (
        status, "application/problem+json",
    ), response.text  # fmt: skip


def test_without_a_token_nothing_is_taken(own_client: TestClient) -> None:
    for path in (ADDRESS, f"{ADDRESS}/1/publish", f"{ADDRESS}/1/withdraw", "/api/v1/sources"):
        response = own_client.post(path, content=month_file("30"), headers=CSV)
        assert response.status_code == 401, path
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_names_that_would_be_code_come_back_as_text(api: TestClient) -> None:
    name = "</script>{{7*7}}=cmd()\u2028"
    row = f'month,origin,openness,developer,share_pct\n2026-01,us,open,"{name}x",1\n'
    answer = send(api, row.encode()).json()
    assert answer["new_developers"][0]["name"] == f"{name}x"


def test_the_addresses_are_described_with_examples(api: TestClient) -> None:
    described = api.get("/openapi.json").json()
    post = described["paths"][ADDRESS]["post"]
    types = set(post["requestBody"]["content"])
    assert {"text/csv", "multipart/form-data"} < types
    assert any("spreadsheetml" in kind for kind in types)
    assert {parameter["name"] for parameter in post["parameters"]} >= {"mode", "source", "reason"}
    assert {"200", "201", "409", "422"} <= set(post["responses"])
    assert post["security"]


def test_a_body_that_curl_took_the_line_ends_out_of_is_one_problem(api: TestClient) -> None:
    response = send(api, month_file("30", more="2026-01,us,20\n").replace(b"\n", b""))
    assert response.status_code == 422
    answer = response.json()
    assert [error["code"] for error in answer["errors"]] == ["lost_line_ends"]
    assert "--data-binary" in answer["errors"][0]["expected"]


def test_a_body_without_its_kind_is_told_how_curl_sends_it(api: TestClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    response = api.post(ADDRESS, content=month_file("30"), headers=form)
    assert response.status_code == 415
    assert "--data-binary @file.csv -H 'Content-Type: text/csv'" in response.text
