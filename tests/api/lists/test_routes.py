"""What the lists of the first API say: rows, frames, and the same as CSV."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.database.session import Database
from tests.builders import month_file, publish_stored, store_file
from tests.paging import rows_of_all_pages

LISTS = (
    "shares", "observations", "sources", "origins", "companies", "developers", "models",
    "aliases", "events", "snapshots", "revisions",
)  # fmt: skip


def data(client: TestClient, query: str) -> list[dict[str, Any]]:
    response = client.get(f"/api/v1/{query}")
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()["data"]
    return rows


def csv_rows(response: Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.text)))


@pytest.mark.parametrize("name", LISTS)
def test_an_answer_says_its_vintage_and_where_else_it_is(client: TestClient, name: str) -> None:
    answer = client.get(f"/api/v1/{name}").json()
    assert answer["meta"]["version"] == "v1"
    assert answer["meta"]["as_of"].endswith("Z")
    for link in ("self", "csv", "page", "pinned"):
        assert client.get(answer["links"][link]).status_code == 200, link
    assert client.get(answer["links"]["self"]).json() == answer
    # What is to come is a matter of today, of which a pinned answer says nothing.
    to_come = dict.fromkeys(("next_month", "next_expected", "late_since"))
    then = [row | (to_come if name == "sources" else {}) for row in answer["data"]]
    assert client.get(answer["links"]["pinned"]).json()["data"] == then


@pytest.mark.parametrize("name", LISTS)
def test_the_page_for_people_shows_the_vintage_that_was_asked_for(
    client: TestClient, name: str
) -> None:
    now = client.get(f"/api/v1/{name}").json()["meta"]["as_of"]
    page = client.get(f"/api/v1/{name}?as_of={now}").json()["links"]["page"]
    assert f"as_of={now}" in page
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_csv_holds_all_rows_by_address_and_by_accept(client: TestClient, name: str) -> None:
    address = f"/api/v1/{name}"
    by_address = client.get(f"{address}.csv")
    by_accept = client.get(address, headers={"Accept": "text/csv, application/json;q=0.5"})
    assert by_address.text == by_accept.text
    assert by_accept.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Accept" in by_accept.headers["vary"]
    rows = rows_of_all_pages(client, address) if name != "shares" else data(client, name)
    in_csv = csv_rows(by_address)
    assert len(in_csv) == len(rows)
    assert list(in_csv[0]) == list(rows[0])


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/csv;q=0, */*", "text/csv;q=x"])
def test_json_is_what_others_get(client: TestClient, accept: str) -> None:
    response = client.get("/api/v1/origins", headers={"Accept": accept})
    assert response.headers["content-type"] == "application/json"


def test_a_csv_says_what_it_is_where_it_is_explained_and_where_it_stays(client: TestClient) -> None:
    response = client.get("/api/v1/observations.csv?source=openrouter-rankings&limit=1")
    name = response.headers["content-disposition"]
    assert name.startswith('inline; filename="open-model-share_openrouter-rankings_observations_20')
    links = response.headers["link"]
    assert '/api/v1/observations?source=openrouter-rankings>; rel="describedby"' in links
    assert "/api/v1/observations.csv?source=openrouter-rankings&as_of=20" in links
    assert 'rel="canonical"' in links


def test_an_observation_is_a_line_of_a_stored_file(client: TestClient) -> None:
    (row,) = data(client, "observations?source=state-of-ai-study&from=2025-08")
    upload, line = row.pop("upload"), row.pop("line")
    note = row.pop("note")
    assert row == {
        "month": "2025-08",
        "source": "state-of-ai-study",
        "origin": "chinese",
        "openness": "open",
        "developer": None,
        "model": None,
        "share_pct": 30.0,
        "value": None,
        "status": "reported",
    }
    stored = client.get(f"/uploads/{upload}/file").text
    lines = list(csv.reader(io.StringIO(stored)))
    assert lines[line - 1][0] == "2025-08"
    assert note in lines[line - 1]


def test_observations_are_of_all_models_unless_an_openness_is_asked_for(client: TestClient) -> None:
    query = "observations.csv?source=openrouter-rankings&from=2025-08&to=2025-08"
    everything, opens, closed = (
        csv_rows(client.get(f"/api/v1/{query}{more}"))
        for more in ("", "&openness=open", "&openness=closed")
    )
    assert {row["openness"] for row in opens} == {"open"}
    assert len(everything) >= len(opens) + len(closed) > len(opens) > 0
    links = client.get(f"/api/v1/{query.replace('.csv', '')}&openness=open").json()["links"]
    assert all("openness=open" in links[name] for name in ("self", "csv", "pinned"))


def test_observations_of_an_origin_add_up_to_its_share(client: TestClient) -> None:
    month = "from=2025-08&to=2025-08&origin=chinese"
    rows = data(client, f"observations?source=openrouter-rankings&{month}&openness=open&limit=1000")
    (share,) = data(client, f"shares?{month}")
    assert round(sum(row["share_pct"] for row in rows), 4) == share["share_pct"]


def test_a_filter_nothing_passes_leaves_an_empty_list(client: TestClient) -> None:
    assert data(client, "observations?from=2020-01&to=2020-02") == []


def test_origins_are_a_closed_list_with_meanings(client: TestClient) -> None:
    rows = data(client, "origins")
    assert [row["origin"] for row in rows] == ["chinese", "us", "european", "other", "unknown"]
    assert all(row["meaning"] for row in rows)
    assert rows[0]["developers"] == len(rows_of_all_pages(client, DEVELOPERS_CHINESE))


DEVELOPERS_CHINESE = "/api/v1/developers?origin=chinese"


def test_sources_say_what_months_they_cover(client: TestClient) -> None:
    (row,) = data(client, "sources?source=openrouter-rankings")
    assert (row["first_month"], row["last_month"], row["months"]) == ("2025-01", "2026-10", 22)
    assert row["metric"] == "tokens"


def test_models_say_whose_they_are(client: TestClient) -> None:
    rows = rows_of_all_pages(client, "/api/v1/models?developer=deepseek")
    assert {(row["developer"], row["origin"]) for row in rows} == {("deepseek", "chinese")}
    opens = rows_of_all_pages(client, "/api/v1/models?openness=open")
    assert {row["openness"] for row in opens} == {"open"}


def test_events_are_told_by_month(client: TestClient) -> None:
    rows = data(client, "events?from=2025-01&to=2025-01")
    assert rows
    assert {row["date"][:7] for row in rows} == {"2025-01"}


def test_before_the_first_upload_lists_are_empty(empty_client: TestClient) -> None:
    for name in ("observations", "sources", "developers", "models", "snapshots", "revisions"):
        answer = empty_client.get(f"/api/v1/{name}").json()
        assert answer["data"] == []
        assert empty_client.get(f"/api/v1/{name}.csv").text.count("\n") == 1


def test_what_was_revised_is_told_with_its_reason(
    filled_db: Database, own_client: TestClient
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    number = publish_stored(
        filled_db, store_file(filled_db, month_file("31.5")), reason="a recount"
    ).upload_id
    query = "source=huggingface-study-2025&from=2026-01"
    last, first = data(own_client, f"revisions?{query}")
    assert {name: last[name] for name in ("act", "effect", "reason", "upload", "old_pct")} == {
        "act": "published",
        "effect": "revised",
        "reason": "a recount",
        "upload": number,
        "old_pct": 30.0,
    }
    assert (last["new_pct"], last["change_pp"]) == (31.5, 1.5)
    assert (first["effect"], first["old_pct"], first["change_pp"]) == ("new", None, None)
    assert [row["current"] for row in data(own_client, f"snapshots?{query}")] == [True, False]


def test_a_figure_is_one_that_plotly_takes(client: TestClient) -> None:
    answer = client.get("/api/v1/figure?by=developer&top=3&view=stack").json()
    assert {"data", "layout"} <= answer["data"].keys()
    assert answer["meta"]["by"] == "developer"
    assert client.get("/trends.json?by=developer&top=3&view=stack").json() == answer["data"]


def test_large_csv_answers_are_compressed_where_that_is_asked_for(client: TestClient) -> None:
    for coding in ("br", "gzip", "zstd"):
        answer = client.get("/api/v1/observations.csv", headers={"Accept-Encoding": coding})
        assert answer.headers["content-encoding"] == coding
