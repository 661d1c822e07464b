"""Pages of long lists: whole, without doubles, and of one vintage whatever comes meanwhile."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api import observations
from app.api.lists.cursors import Cursor
from app.api.lists.query import ListQuery
from app.database.session import Database
from app.domain.questions.question_parser import KnownSlugs, parse_question
from app.ingest.withdraw import withdraw_upload
from tests.builders import month_file, publish_stored, store_file
from tests.paging import next_of, rows_of_all_pages

VINTAGE = datetime(2026, 11, 1, tzinfo=UTC)
LISTS = ("observations", "developers", "models", "events", "snapshots", "revisions")


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_any_size_hold_the_same_rows(client: TestClient, name: str) -> None:
    address = f"/api/v1/{name}"
    large = rows_of_all_pages(client, f"{address}?limit=1000")
    small = rows_of_all_pages(client, f"{address}?limit={max(len(large) // 7, 1)}")
    assert small == large
    assert len({str(row) for row in large}) == len(large)


def test_a_full_last_page_is_followed_by_none(client: TestClient) -> None:
    query = "/api/v1/observations?source=huggingface-study-2025"
    count = len(client.get(query).json()["data"])
    assert client.get(f"{query}&limit={count}").json()["links"]["next"] is None
    assert client.get(f"{query}&limit={count - 1}").json()["links"]["next"]


@pytest.mark.parametrize("name", LISTS)
def test_what_is_published_between_two_pages_is_not_seen(
    filled_db: Database, own_client: TestClient, name: str
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    limit = {"observations": 300, "models": 60}.get(name, 2)  # a few pages of each
    address = f"/api/v1/{name}?limit={limit}"
    before = rows_of_all_pages(own_client, address)
    first = own_client.get(address).json()
    more = "2026-01,us,open,New lab,New model,2\n"
    content = f"month,origin,openness,developer,model,share_pct\n2026-01,chinese,open,,,31\n{more}"
    number = publish_stored(
        filled_db, store_file(filled_db, content.encode()), reason="recount"
    ).upload_id
    second = own_client.get(first["links"]["next"]).json()
    assert second["meta"]["as_of"] == first["meta"]["as_of"]
    with filled_db.writing() as session:
        withdraw_upload(session, number, by="ada", reason="wrong after all")
    rest = rows_of_all_pages(own_client, first["links"]["next"])
    assert first["data"] + rest == before
    # What was withdrawn stands in the history alone, and so do names that only it brought.
    if name in ("snapshots", "revisions"):
        assert rows_of_all_pages(own_client, address) != before
    else:
        assert rows_of_all_pages(own_client, address) == before


def test_csv_pages_by_the_link_header(client: TestClient) -> None:
    first = client.get("/api/v1/observations.csv?limit=1000")
    following = next_of(first)
    assert following
    second = client.get(following)
    everything = client.get("/api/v1/observations.csv").text.splitlines()
    assert next_of(second) is None
    assert first.text.splitlines() + second.text.splitlines()[1:] == everything


def test_a_csv_of_all_rows_is_read_in_portions_of_one_vintage(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/api/v1/observations.csv").text
    monkeypatch.setattr(observations, "LINES_A_READ", 100)
    assert client.get("/api/v1/observations.csv").text == whole


@pytest.mark.parametrize(
    "cursor", ["", "x", "AAAA", "cut", "doubled", "ü", "%00", "🦜", "a" * 9_999]
)
def test_a_mangled_cursor_is_refused(client: TestClient, cursor: str) -> None:
    following = client.get("/api/v1/observations?limit=2").json()["links"]["next"]
    sound = following.partition("cursor=")[2]
    text = {"cut": sound[:-3], "doubled": sound * 2}.get(cursor, cursor)
    response = client.get(f"/api/v1/observations?limit=2&cursor={text}")
    if not cursor:  # a native form sends every empty field
        assert response.status_code == 200
        return
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    "address",
    [
        "observations?source=openrouter-rankings&cursor={}",
        "observations?as_of=2030-01-01&cursor={}",
        "snapshots?cursor={}",
        "models?cursor={}",
    ],
)
def test_a_cursor_of_another_question_is_refused(client: TestClient, address: str) -> None:
    following = client.get("/api/v1/observations?limit=2").json()["links"]["next"]
    response = client.get(f"/api/v1/{address.format(following.partition('cursor=')[2])}")
    assert response.status_code == 400


def test_a_cursor_that_was_made_up_is_refused(client: TestClient) -> None:
    """Its check is no secret, so what it holds is not believed."""
    keys: tuple[tuple[Any, ...], ...] = (
        (),
        ("x",),
        (2**31 - 1,),
        ("openrouter-rankings", "2025-13", 1),
        (-1,),
        (1.5,),
        (True,),
    )
    for after in keys:
        for name in ("observations", "models"):
            question = parse_question([], KnownSlugs())
            if name in {"observations", "models"}:
                question = question.having(openness="all")
            listed = ListQuery(question, 2, None, f"/api/v1/{name}", csv=False, everything=True)
            made = Cursor(listed.name, VINTAGE, after)
            response = client.get(f"/api/v1/{name}?limit=2&cursor={made}")
            assert response.status_code in {200, 400}, (name, after)
            if after != (2**31 - 1,) or name != "models":
                assert response.status_code == 400, (name, after)
