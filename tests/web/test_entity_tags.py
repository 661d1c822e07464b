"""Conditional requests: an answer that the asker holds is not made again."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE
from app.database.session import Database
from app.main import create_app
from tests.builders import SITE, month_file, publish_stored, store_file

ADDRESSES = (
    "/api/v1/shares", "/api/v1/shares.csv", "/api/v1/observations?limit=2", "/api/v1/sources.csv",
    "/api/v1/figure", "/trends.svg", "/trends.png", "/trends.json", "/trends.csv", "/trends.bib",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("form", ["{}", '"x", {}', 'W/"x",{} , "y"', "*", "strong"])
def test_who_holds_an_answer_is_told_so(client: TestClient, address: str, form: str) -> None:
    answer = client.get(address)
    tag = answer.headers["etag"]
    held = tag.removeprefix("W/") if form == "strong" else form.format(tag)
    for method in ("GET", "HEAD"):
        again = client.request(method, address, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == answer.headers["cache-control"]
        assert "Accept-Encoding" in again.headers["vary"]
        assert "content-type" not in again.headers


@pytest.mark.parametrize("held", ['"other"', "", "x", 'W/"', ",,,", '"*"', "ü"])
def test_another_tag_gets_the_answer(client: TestClient, held: str) -> None:
    answer = client.get("/api/v1/shares", headers={b"If-None-Match": held.encode()})
    assert answer.status_code == 200
    assert answer.json()["data"]


def test_any_answer_is_none_where_there_is_none(client: TestClient) -> None:
    address = "/api/v1/shares?source=vercel-ai-gateway"
    assert client.get(address, headers={"If-None-Match": "*"}).status_code == 404


def test_head_says_what_get_says(client: TestClient) -> None:
    for address in ADDRESSES:
        got, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        # Each request has an id of its own.
        del head.headers["x-request-id"], got.headers["x-request-id"]
        assert head.headers == got.headers


def test_an_answer_that_is_held_is_not_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = client.get("/api/v1/shares").headers["etag"]
    monkeypatch.setattr("app.api.shares.answer_question", None)
    assert client.get("/api/v1/shares", headers={"If-None-Match": tag}).status_code == 304


def test_all_workers_give_one_tag(client: TestClient, read_only_database_url: str) -> None:
    with TestClient(create_app(Database(read_only_database_url))) as other:
        for address in ADDRESSES:
            assert other.get(address).headers["etag"] == client.get(address).headers["etag"]


def test_a_tag_names_the_question_and_not_how_it_was_put(client: TestClient) -> None:
    def tag(query: str) -> str:
        return str(client.get(f"/api/v1/shares{query}").headers["etag"])

    assert tag("?by=origin") == tag("") == tag("?top=10&openness=open")
    assert tag("?by=model") != tag("")
    csv, bom = (client.get(f"/api/v1/shares.csv{more}").headers["etag"] for more in ("", "?bom=1"))
    assert len({csv, bom, tag("")}) == 3
    wide, narrow = (client.get(f"/trends.png?width={n}").headers["etag"] for n in (400, 300))
    assert wide != narrow
    by_accept = client.get("/api/v1/shares", headers={"Accept": "text/csv"})
    assert by_accept.headers["etag"] != tag("")


def test_every_change_of_the_data_is_another_tag(
    filled_db: Database, own_client: TestClient
) -> None:
    def tag() -> str:
        return str(own_client.get("/api/v1/models").headers["etag"])

    tags = [tag()]
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    tags.append(tag())
    with filled_db.writing() as session:
        texts = {"developer": "newlab", "name": "New Lab", "origin": "us"}
        edit_entry(session, DEVELOPER_TYPE, texts, by="ada", reason="new")
    tags.append(tag())
    assert len(set(tags)) == 3


def test_what_only_waits_changes_nothing(filled_db: Database, own_client: TestClient) -> None:
    before = own_client.get("/api/v1/snapshots").headers["etag"]
    store_file(filled_db, month_file("30"))
    assert own_client.get("/api/v1/snapshots").headers["etag"] == before


def test_every_change_of_who_runs_the_site_is_another_tag(
    client: TestClient, named_client: TestClient, read_only_database_url: str
) -> None:
    other = replace(SITE, contact="other@shares.example")
    with TestClient(create_app(Database(read_only_database_url), site=other)) as third:
        for address in (*ADDRESSES, "/dataset.jsonld"):
            tags = {each.get(address).headers["etag"] for each in (client, named_client, third)}
            assert len(tags) == 3, address
