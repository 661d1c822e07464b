"""Fixtures: a real PostgreSQL, the real application on it, and a real Chromium.

One run has one cluster, started by the product's own launcher and shared by all pytest workers, or
the server of TEST_DATABASE_URL. Two databases are made once, one migrated and one filled with the
bundled figures too; every test that writes gets a copy of its own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import URL, make_url, text

from app.auth.accounts import add_maintainer
from app.auth.sessions import create_link, sign_in_by_link
from app.database.embedded.server import wait_until_stopped
from app.database.migrate import upgrade_schema
from app.database.session import Database
from app.ingest.import_export import import_bundled_data
from app.main import create_app
from tests import chromium
from tests.browser import WatchedPages
from tests.builders import SITE, import_bundled_catalogue
from tests.databases import (
    administering,
    copied,
    drop_database,
    make_template,
    open_database,
    serve_database,
    server_of_the_run,
    template_name,
)
from tests.publisher_server import PublisherServer, recorded, running_publisher
from tests.recorded_publishers import answer_days, answer_lists


def end_run(directory: Path) -> None:
    """Drop what the run left on a server of others; wait until its own has stopped."""
    if "TEST_DATABASE_URL" in os.environ:
        with server_of_the_run() as url:
            drop_database(url, template_name("empty"))
            drop_database(url, template_name("catalogue"))
            drop_database(url, template_name("filled"))
    wait_until_stopped(directory)


@pytest.fixture(scope="session")
def database_server() -> Iterator[URL]:
    with server_of_the_run() as url:
        yield url


@pytest.fixture(scope="session")
def empty_template(database_server: URL) -> str:
    return make_template(database_server, "empty", "template1", upgrade_schema)


@pytest.fixture(scope="session")
def filled_template(database_server: URL, empty_template: str) -> str:
    return make_template(database_server, "filled", empty_template, import_bundled_data)


@pytest.fixture(scope="session")
def catalogue_template(database_server: URL, empty_template: str) -> str:
    return make_template(database_server, "catalogue", empty_template, import_bundled_catalogue)


@pytest.fixture
def catalogue_database_url(database_server: URL, catalogue_template: str) -> Iterator[str]:
    """A database of its own with the bundled catalogue and no figures."""
    with copied(database_server, catalogue_template) as url:
        yield url


@pytest.fixture
def catalogue_db(catalogue_database_url: str) -> Iterator[Database]:
    with open_database(catalogue_database_url) as db:
        yield db


@pytest.fixture
def openrouter() -> Iterator[PublisherServer]:
    """OpenRouter on loopback: it answers from recordings."""
    with running_publisher(recorded("openrouter", "/api/v1/datasets/")) as publisher:
        yield publisher


@pytest.fixture
def vercel() -> Iterator[PublisherServer]:
    """Vercel on loopback: every day is one of three recorded ones."""
    with running_publisher(answer_days) as publisher:
        yield publisher


@pytest.fixture
def hub() -> Iterator[PublisherServer]:
    """The Hugging Face Hub on loopback, where two organisations have models."""
    with running_publisher(answer_lists()) as publisher:
        yield publisher


@pytest.fixture
def blank_database_url(database_server: URL) -> Iterator[str]:
    """A database without any table."""
    with copied(database_server, "template1") as url:
        yield url


@pytest.fixture
def empty_database_url(database_server: URL, empty_template: str) -> Iterator[str]:
    """A migrated database without a row; the test's own."""
    with copied(database_server, empty_template) as url:
        yield url


@pytest.fixture
def filled_database_url(database_server: URL, filled_template: str) -> Iterator[str]:
    """A database with the bundled figures; the test's own."""
    with copied(database_server, filled_template) as url:
        yield url


@pytest.fixture(scope="session")
def read_only_database_url(database_server: URL, filled_template: str) -> Iterator[str]:
    """The bundled figures for all tests that only read; PostgreSQL refuses to write to it."""
    with copied(database_server, filled_template) as url:
        with administering(database_server) as connection:
            name = make_url(url).database
            option = "default_transaction_read_only = on"
            connection.execute(text(f'ALTER DATABASE "{name}" SET {option}'))
        yield url


@pytest.fixture
def db(empty_database_url: str) -> Iterator[Database]:
    """A migrated database without a row; the test's own."""
    with open_database(empty_database_url) as db:
        yield db


@pytest.fixture
def filled_db(filled_database_url: str) -> Iterator[Database]:
    """The bundled figures; the test's own."""
    with open_database(filled_database_url) as db:
        yield db


@pytest.fixture(scope="session")
def bundled_db(read_only_database_url: str) -> Iterator[Database]:
    """The bundled figures, read only, shared by all tests."""
    with open_database(read_only_database_url) as db:
        yield db


# --- the application


@pytest.fixture(scope="session")
def client(read_only_database_url: str) -> Iterator[TestClient]:
    """The application on the bundled figures, read only."""
    with TestClient(create_app(Database(read_only_database_url)), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def named_client(read_only_database_url: str) -> Iterator[TestClient]:
    """The application on the bundled figures, read only, at the site that `SITE` describes."""
    with TestClient(create_app(Database(read_only_database_url), site=SITE)) as client:
        yield client


@pytest.fixture(scope="session")
def application(read_only_database_url: str) -> FastAPI:
    """The application for tests that give it a database of their own, one after the other.

    To put it together takes longer than a test does.
    """
    return create_app(Database(read_only_database_url))


@contextmanager
def client_on(application: FastAPI, url: str) -> Iterator[TestClient]:
    application.state.db = Database(url)  # closed when the client is
    with TestClient(application, follow_redirects=False) as client:
        yield client


@pytest.fixture
def own_client(application: FastAPI, filled_database_url: str) -> Iterator[TestClient]:
    """The application on bundled figures of the test's own."""
    with client_on(application, filled_database_url) as client:
        yield client


@pytest.fixture
def empty_client(application: FastAPI, empty_database_url: str) -> Iterator[TestClient]:
    """The application before the first upload."""
    with client_on(application, empty_database_url) as client:
        yield client


@pytest.fixture
def maintainer_client(own_client: TestClient, filled_db: Database) -> TestClient:
    """`own_client` with ada signed in, as a browser sends its requests."""
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        link = create_link(session, "ada").partition("=")[2]
    own_client.cookies["session"] = sign_in_by_link(filled_db, link)
    own_client.headers["sec-fetch-site"] = "same-origin"
    return own_client


@pytest.fixture(scope="session")
def server(read_only_database_url: str) -> Iterator[str]:
    """The address of the application on the bundled figures, read only."""
    with serve_database(read_only_database_url) as address:
        yield address


@pytest.fixture
def own_server(filled_database_url: str) -> Iterator[str]:
    """The address of the application on bundled figures of the test's own."""
    with serve_database(filled_database_url) as address:
        yield address


@pytest.fixture
def empty_server(empty_database_url: str) -> Iterator[str]:
    """The address of the application before the first upload."""
    with serve_database(empty_database_url) as address:
        yield address


# --- the browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("No Chromium: run python -m tests.chromium")
    if program is None:
        pytest.skip("NO CHROMIUM FOUND: BROWSER TESTS DO NOT RUN. See python -m tests.chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.QUIET)
        yield browser
        browser.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[WatchedPages]:
    """Opens pages; the test fails on a message in the console or a request to a stranger.

    A test that wants one excuses it.
    """
    watched = WatchedPages(browser)
    yield watched
    for context in watched.contexts:
        context.close()
    assert watched.problems == []


@pytest.fixture
def page(watched: WatchedPages, server: str) -> Page:
    """A page on the bundled figures, 1280 px wide."""
    return watched.open(server, viewport={"width": 1280, "height": 900})
