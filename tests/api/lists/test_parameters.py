"""Whatever stands in a query string: what cannot be read is a 400 that names it, never a 5xx."""

from itertools import product
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

LISTS = (
    "shares", "figure", "observations", "sources", "origins", "developers", "models", "events",
    "snapshots", "revisions",
)  # fmt: skip
PARAMETERS = (
    "source", "by", "openness", "of", "origin", "developer", "model", "from", "to", "as_of", "top",
    "home", "events", "view", "limit", "cursor", "bom",
)  # fmt: skip
HOSTILE = (
    "\x00", "🦜", "x" * 10_000, "' OR 1=1 --", "1; DROP TABLE upload", "NaN", "1e400", "-1", "0x10",
    "9" * 100, "٣", "2025-13", "0000-01", "9999-12-31T23:59:59+14:00", "${7*7}", "../../etc", ",",
    "Infinity", "1001", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
)  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_hostile_values_are_refused_by_name(client: TestClient, name: str) -> None:
    for ending, value in product(("",) if name == "figure" else ("", ".csv"), HOSTILE):
        for parameters in (PARAMETERS[:6], PARAMETERS[6:12], PARAMETERS[12:]):
            query = "&".join(f"{parameter}={quote(value)}" for parameter in parameters)
            response = client.get(f"/api/v1/{name}{ending}?{query}")
            assert response.status_code == 400, query[:100]
            assert response.headers["content-type"] == "application/problem+json"
            fields = [error["field"] for error in response.json()["errors"]]
            assert set(fields) == set(parameters), query[:100]
            assert len(response.content) < 9_000


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_hostile_value_alone_is_all_that_is_refused(client: TestClient, parameter: str) -> None:
    for value in HOSTILE:
        response = client.get(f"/api/v1/shares?{parameter}={quote(value)}")
        assert response.status_code == 400, value[:100]
        fields = [error["field"] for error in response.json()["errors"]]
        assert fields == [parameter] * len(fields)
        assert len(response.content) < 3_000


@pytest.mark.parametrize("name", LISTS)
def test_unknown_and_repeated_parameters_are_refused(client: TestClient, name: str) -> None:
    unknown = client.get(f"/api/v1/{name}?as_off=2026-01-01").json()["errors"][0]
    assert (unknown["code"], unknown["suggestion"]) == ("unknown_parameter", "as_of")
    twice = client.get(f"/api/v1/{name}?as_of=2026-01-01&as_of=2026-01-01").json()["errors"][0]
    assert twice["code"] == "repeated_parameter"


def test_every_problem_is_told_at_once(client: TestClient) -> None:
    query = "limit=0&limit=1&cursor=x&from=y&colour=red"
    errors = client.get(f"/api/v1/observations?{query}").json()["errors"]
    assert {error["field"] for error in errors} == {"limit", "cursor", "from", "colour"}
    assert "limit" in next(e["expected"] for e in errors if e["field"] == "colour")


@pytest.mark.parametrize("number", ["9" * 100, "0", "-1", "1e3", "x", "%00", "٣"])
def test_an_upload_that_cannot_be_is_not_there(client: TestClient, number: str) -> None:
    response = client.get(f"/api/v1/uploads/{number}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_every_parameter_is_told_in_openapi(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for name in LISTS:
        documented = [item["name"] for item in paths[f"/api/v1/{name}"]["get"]["parameters"]]
        expected = client.get(f"/api/v1/{name}?colour=red").json()["errors"][0]["expected"]
        assert f"one of {', '.join(documented)}" == expected
        assert "as_of" in documented
