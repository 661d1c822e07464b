"""`/fetches`, the button that asks for one, and the publisher's own bytes and rows on pages."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from app.database.session import Database
from app.database.tables import Upload
from app.domain.site import Site
from app.ingest.fetchers.openrouter import OpenRouter
from app.ingest.fetching.fetch_job import FetchJob
from app.ingest.fetching.publisher_client import PublisherClient
from app.ingest.fetching.record import (
    FetchRequest,
    FetchResult,
    fetcher_present,
    next_queued,
)
from app.ingest.fetching.run_fetch import run_fetch
from app.ingest.stored_files import open_stored_file
from tests.browser import WatchedPages, open_signed_in
from tests.builders import database_of, text_of
from tests.markup import select, select_one
from tests.publisher_server import RECORDINGS, Answer, PublisherServer

SEPTEMBER = date(2026, 9, 1)
TODAY = date(2026, 11, 30)
EXPORT = RECORDINGS / "openrouter/exports/rankings-daily/2026-10-01.csv"


def fetch_september(db: Database, publisher: PublisherServer, *, publish: bool) -> FetchResult:
    request = FetchRequest("openrouter", "ada", SEPTEMBER, SEPTEMBER, publish, reason="looked at")
    fetcher = OpenRouter()
    return run_fetch(
        db, FetchJob(request, fetcher, lambda: PublisherClient(publisher.address, Site()), TODAY)
    )


@pytest.fixture
def changed_openrouter(openrouter: PublisherServer) -> PublisherServer:
    """OpenRouter with one row that is not as the bundled figures have it."""
    export = EXPORT.read_bytes().replace(b"1,1872948241668,", b"1,1872948241669,")
    manifest = EXPORT.with_suffix(".manifest.json").read_bytes()
    old, new = (sha256(content).hexdigest().encode() for content in (EXPORT.read_bytes(), export))
    base = "/api/v1/datasets/exports/rankings-daily/2026-10-01"
    openrouter.answers[f"{base}.csv"] = Answer(export)
    openrouter.answers[f"{base}.manifest.json"] = Answer(manifest.replace(old, new))
    return openrouter


@pytest.fixture
def fetched(maintainer_client: TestClient, changed_openrouter: PublisherServer) -> int:
    """The number of an upload that was fetched and published."""
    result = fetch_september(database_of(maintainer_client), changed_openrouter, publish=True)
    assert result.upload_id is not None, result
    assert result.outcome == "published", result
    return result.upload_id


def test_the_record_shows_the_publishers_answers_and_gives_them_back(
    maintainer_client: TestClient, fetched: int
) -> None:
    record = text_of(maintainer_client.get(f"/uploads/{fetched}"))
    assert "What the publisher answered" in record
    assert "Licence, as the publisher says: CC BY 4.0." in record
    assert "/api/v1/datasets/exports/rankings-daily/2026-10-01.csv" in record
    answer = maintainer_client.get(f"/uploads/{fetched}/answers/3")
    assert answer.content == EXPORT.read_bytes().replace(b"1,1872948241668,", b"1,1872948241669,")
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_a_number_leads_by_its_line_to_the_publishers_rows(
    maintainer_client: TestClient, fetched: int
) -> None:
    lines = f"/uploads/{fetched}/lines?source=openrouter-rankings&month=2026-09"
    link = select_one(maintainer_client.get(lines).text, "#line-2 th a")["href"]
    page = maintainer_client.get(str(link))
    assert page.status_code == 200
    words = text_of(page)
    assert "The publisher’s rows that are counted in line 2" in words
    # The file begins with the model that was used most; the page proves its figure.
    figures = [row.get_text(strip=True) for row in select(page.text, "dl.facts dd")]
    assert figures[1] == figures[2].partition(", of 30 days")[0]
    assert len(select(page.text, "tbody tr")) >= 30


def test_what_has_no_name_leads_to_its_rows_too(
    maintainer_client: TestClient, fetched: int
) -> None:
    with (
        database_of(maintainer_client).reading() as session,
        open_stored_file(session.get_one(Upload, fetched)) as stored,
    ):
        file = stored.read().decode()
    number = next(
        number for number, line in enumerate(file.splitlines(), 1) if ",unknown,unknown,,," in line
    )
    page = maintainer_client.get(f"/uploads/{fetched}/rows?line={number}")
    assert {row.get_text(strip=True) for row in select(page.text, "td.name")} == {"other"}
    assert len(select(page.text, "tbody tr")) == 30


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("answers/0", 404),
        ("answers/4", 404),
        ("answers/x", 404),
        ("answers/99999999999999999999", 404),
        ("rows?line=1", 404),
        ("rows?line=84", 404),
        ("rows?line=-1", 404),
        ("rows", 404),
        ("rows?line=2&more=1", 400),
    ],
)
def test_there_is_nothing_else(
    maintainer_client: TestClient, fetched: int, path: str, status: int
) -> None:
    assert maintainer_client.get(f"/uploads/{fetched}/{path}").status_code == status


def test_a_sent_file_has_no_answers(own_client: TestClient) -> None:
    assert own_client.get("/uploads/1/rows?line=2").status_code == 404
    assert "What the publisher answered" not in text_of(own_client.get("/uploads/1"))


def test_what_waits_is_for_maintainers_alone(
    own_client: TestClient, changed_openrouter: PublisherServer
) -> None:
    waiting = fetch_september(database_of(own_client), changed_openrouter, publish=False).upload_id
    for path in (f"/uploads/{waiting}/answers/1", f"/uploads/{waiting}/rows?line=2", "/fetches"):
        assert own_client.get(path).status_code in {303, 401}


def test_pressing_the_button_queues_a_fetch_that_the_fetcher_takes_up(
    maintainer_client: TestClient,
) -> None:
    form = maintainer_client.get("/uploads/new").text
    assert select_one(form, 'button[name="fetcher"][value="openrouter"]')
    for _ in range(2):  # a second press makes no second fetch
        done = maintainer_client.post("/fetches", data={"fetcher": "openrouter"})
        assert (done.status_code, done.headers["location"]) == (303, "/fetches")
    page = text_of(maintainer_client.get("/fetches"))
    assert "No fetcher runs that would take up what waits" in page
    db = database_of(maintainer_client)
    queued = next_queued(db)
    assert queued is not None
    number, request = queued
    assert (request.fetcher, request.publish) == ("openrouter", False)
    with fetcher_present(db):
        assert "No fetcher runs" not in text_of(maintainer_client.get("/fetches"))
    assert len(select(maintainer_client.get("/fetches").text, ".fetches li")) == 1
    assert number


def test_no_other_publisher_is_asked(maintainer_client: TestClient) -> None:
    refused = maintainer_client.post("/fetches", data={"fetcher": "https://evil.example"})
    assert refused.status_code == 404
    assert next_queued(database_of(maintainer_client)) is None


def test_a_source_tells_its_last_fetch(
    maintainer_client: TestClient, changed_openrouter: PublisherServer
) -> None:
    page = "/sources/openrouter-rankings"
    assert "OpenRouter has not been asked yet." in text_of(maintainer_client.get(page))
    result = fetch_september(database_of(maintainer_client), changed_openrouter, publish=True)
    words = text_of(maintainer_client.get(page))
    assert f"published as upload {result.upload_id}" in words
    assert "The newest day was 2026-09-30" in words or "30 September 2026" in words
    assert "Fetched from the publisher" not in text_of(
        maintainer_client.get("/sources/state-of-ai-study")
    )


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_fetch_is_seen_to_come_and_nothing_is_wrong_with_its_pages(  # noqa: PLR0917
    watched: WatchedPages,
    own_server: str,
    ada: Database,
    changed_openrouter: PublisherServer,
    scheme: str,
    width: int,
) -> None:

    page = open_signed_in(
        watched, own_server, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page.get_by_role("button", name="Fetch from OpenRouter").click()
    expect(page.get_by_text("Waits", exact=True)).to_be_visible()
    queued = next_queued(ada)
    assert queued is not None
    number, request = queued
    request = replace(request, first=SEPTEMBER, last=SEPTEMBER)
    job = FetchJob(
        request,
        OpenRouter(),
        lambda: PublisherClient(changed_openrouter.address, Site()),
        TODAY,
        queued=number,
    )
    result = run_fetch(ada, job)
    # The page reads itself again: nobody presses anything.
    page.get_by_role("link", name=f"upload {result.upload_id}").click()
    expect(page.get_by_role("heading", name="What the publisher answered")).to_be_visible()
    for path in (
        "/fetches",
        f"/uploads/{result.upload_id}",
        f"/uploads/{result.upload_id}/rows?line=2",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        axe_results = Axe().run(page)
        assert axe_results.violations_count == 0, axe_results.generate_report()
