"""Finished answers are given again, as long as they are true and to whom they are true."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.database.session import Database
from app.ingest.fetching.record import FetchRequest, queue_fetch
from app.ingest.withdraw import withdraw_upload
from app.main import DashboardApp, create_app
from app.web.middleware.answer_store import AnswerStore
from tests.builders import month_file, publish_stored, store_file
from tests.counters import counter_value
from tests.looking import counted
from tests.waiting import wait_until

MIB = 1024 * 1024
VISIBLE_S = 1.0
"""Within which every worker shows what was published."""

ADDRESSES = (
    "/", "/trends", "/sources", "/sources/openrouter-rankings", "/developers/qwen", "/methods",
    "/about", "/embed/trends", "/feed.atom", "/openapi.json", "/docs", "/uploads",
    "/uploads/template.csv",
    "/trends.svg", "/trends.csv", "/llms.txt", "/api/v1/shares", "/api/v1/shares.csv",
    "/search?q=qwen",
)  # fmt: skip


@contextmanager
def storing(url: str, store_bytes: int = MIB) -> Iterator[TestClient]:
    """A client of an application that keeps finished answers."""
    application = create_app(Database(url), reads_per_minute=600, store_bytes=store_bytes)
    with TestClient(application, follow_redirects=False) as client:
        wait_until(lambda: application.state.version_watch.confirmed_labels() is not None)
        yield client


@pytest.fixture(scope="module")
def store_client(read_only_database_url: str) -> Iterator[TestClient]:
    with storing(read_only_database_url) as client:
        yield client


@pytest.fixture
def own_store_client(filled_database_url: str) -> Iterator[TestClient]:
    with storing(filled_database_url) as client:
        yield client


def was_stored(client: TestClient, address: str, **headers: str) -> bool:
    """Whether the answer, which is 200 or 304, was given from the store."""
    before = counter_value(client, "modelshare_stored_answers_total")
    assert client.get(address, headers=headers).status_code in {200, 304}
    return counter_value(client, "modelshare_stored_answers_total") > before


def lasting_headers(answer: Response) -> dict[str, str]:
    personal = {"x-request-id", "ratelimit", "ratelimit-policy"}
    return {name: value for name, value in answer.headers.items() if name not in personal}


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_second_answer_is_the_first_again(store_client: TestClient, address: str) -> None:
    first = store_client.get(address)
    assert was_stored(store_client, address)
    for method in ("GET", "HEAD"):
        again = store_client.request(method, address)
        assert again.content == (first.content if method == "GET" else b"")
        assert lasting_headers(again) == lasting_headers(first)
        assert again.headers["x-request-id"] != first.headers["x-request-id"]


@pytest.mark.parametrize("address", ["/", "/api/v1/shares", "/trends.svg", "/feed.atom"])
@pytest.mark.parametrize("held", ["{}", '"x", {}', "*"])
def test_a_stored_answer_is_not_sent_to_who_holds_it(
    store_client: TestClient, client: TestClient, address: str, held: str
) -> None:
    tag = store_client.get(address).headers["etag"]
    asking = {"If-None-Match": held.format(tag)}
    assert was_stored(store_client, address, **asking)
    stored, made = (each.get(address, headers=asking) for each in (store_client, client))
    assert (stored.status_code, stored.content) == (304, b"")
    # The long way says the same of another database with the same figures, but for the tag's data.
    assert set(lasting_headers(stored)) == set(lasting_headers(made))
    assert stored.headers["cache-control"] == made.headers["cache-control"]


def test_who_holds_an_answer_that_nobody_asked_for_costs_one_question(
    store_client: TestClient, client: TestClient
) -> None:
    address = "/api/v1/shares?top=9"
    held = {"If-None-Match": client.get(address).headers["etag"]}
    assert not was_stored(store_client, address, **held)
    assert was_stored(store_client, address, **held)
    # That 304 is nothing for those who hold nothing.
    whole = store_client.get(address)
    assert whole.status_code == 200
    assert whole.json()["data"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "session=x"},
        {"Authorization": "Bearer x"},
        {"Range": "bytes=0-9"},
        {"Content-Length": "0"},
    ],
)
def test_who_says_who_they_are_gets_an_answer_of_their_own(
    store_client: TestClient, headers: dict[str, str]
) -> None:
    store_client.get("/")
    assert not was_stored(store_client, "/", **headers)


def test_what_makes_another_answer_is_asked_for_anew(store_client: TestClient) -> None:
    address = "/api/v1/shares?by=developer&top=3"
    store_client.get(address)
    assert was_stored(store_client, address)
    assert was_stored(store_client, "/api/v1/shares?top=3&by=developer")
    for header, value in {
        "Accept": "text/csv",
        "Accept-Encoding": "gzip",
        "Host": "other.example",
    }.items():
        assert not was_stored(store_client, address, **{header: value}), header
    assert store_client.get(address, headers={"Accept": "text/csv"}).text.startswith("source,")


def test_the_order_of_parameters_changes_no_answer(client: TestClient) -> None:
    parts = ["from=2025-03", "to=2026-03", "by=developer", "top=4", "bounds=on", "openness=open"]
    for path in ("/", "/trends", "/embed/trends", "/trends.svg", "/trends.csv", "/api/v1/shares"):
        answers = set()
        for seed in range(3):
            random.Random(seed).shuffle(parts)
            answers.add(client.get(f"{path}?{'&'.join(parts)}").content)
        assert len(answers) == 1, path


def test_what_is_refused_or_leads_elsewhere_is_not_kept(store_client: TestClient) -> None:
    before = counter_value(store_client, "modelshare_stored_answers_total")
    for address in (
        "/nothing",
        "/trends?by=nothing",
        "/api",
        "/companies",
        "/uploads/new",
        "/healthz",
    ):
        answers = [store_client.get(address) for _ in range(2)]
        assert answers[0].status_code == answers[1].status_code
    assert (
        counter_value(store_client, "modelshare_stored_answers_total") == before + 1
    )  # the page of the API


@pytest.mark.parametrize(
    "address", ["/", "/trends.csv", "/api/v1/snapshots", "/feed.atom", "/uploads"]
)
def test_what_is_published_or_withdrawn_is_visible_within_a_second(
    own_store_client: TestClient, filled_db: Database, address: str
) -> None:
    bodies = [own_store_client.get(address).content]
    number = store_file(filled_db, month_file("30", "2025-08"))
    publish_stored(filled_db, number, reason="a recount")
    wait_until(lambda: own_store_client.get(address).content != bodies[0], VISIBLE_S)
    bodies.append(own_store_client.get(address).content)
    with filled_db.writing() as session:
        withdraw_upload(session, number, by="ada", reason="wrong")
    wait_until(lambda: own_store_client.get(address).content != bodies[1], VISIBLE_S)


def test_a_pinned_answer_stays_whatever_is_published(
    own_store_client: TestClient, filled_db: Database
) -> None:
    pinned = "/api/v1/shares?as_of=2026-01-01T00:00:00Z"
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    assert own_store_client.get(pinned).status_code == 404
    pinned = (
        urlsplit(own_store_client.get("/api/v1/shares").json()["links"]["pinned"])
        ._replace(scheme="", netloc="")
        .geturl()
    )
    assert own_store_client.get(pinned).headers["cache-control"] == "no-cache"
    assert not was_stored(own_store_client, pinned)  # published just now, it may yet change


def test_when_a_publisher_was_asked_is_visible_within_a_second(
    own_store_client: TestClient, filled_db: Database
) -> None:
    address = "/sources/openrouter-rankings"
    tag = own_store_client.get(address).headers["etag"]
    shares = own_store_client.get("/api/v1/shares").headers["etag"]
    with filled_db.writing() as session:
        queue_fetch(session, FetchRequest("openrouter", "ada"))
    wait_until(lambda: own_store_client.get(address).headers["etag"] != tag, VISIBLE_S)
    # Figures are the same, and so are the tags of what shows nothing else.
    assert own_store_client.get("/api/v1/shares").headers["etag"] == shares


def test_of_many_who_ask_at_once_one_has_it_made(store_client: TestClient) -> None:
    assert isinstance(store_client.app, DashboardApp)
    address = "/api/v1/shares?top=7"
    together = threading.Barrier(12)

    def ask(_: int) -> bytes:
        together.wait()
        return store_client.get(address).content

    with counted(store_client.app.state.db) as statements, ThreadPoolExecutor(12) as threads:
        bodies = set(threads.map(ask, range(12)))
    assert len(bodies) == 1
    assert sum("sum(" in statement for statement in statements) == 1


def test_what_is_given_again_costs_no_rate(store_client: TestClient) -> None:
    assert "ratelimit" in store_client.get("/api/v1/shares?top=5").headers
    for _ in range(700):
        again = store_client.get("/api/v1/shares?top=5")
        assert again.status_code == 200
        assert "ratelimit" not in again.headers


def test_the_store_takes_no_more_than_it_may(read_only_database_url: str) -> None:
    with storing(read_only_database_url, store_bytes=20_000) as client:
        assert isinstance(client.app, DashboardApp)
        for month in range(1, 10):
            client.get(f"/api/v1/shares?from=2025-0{month}&by=model")
        assert isinstance(client.app.front, AnswerStore)
        assert 0 < client.app.front.answers.currsize <= 20_000
        assert not was_stored(client, "/api/v1/shares?from=2025-01&by=model")
