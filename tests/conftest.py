"""What tests stand on: a real PostgreSQL, the real application on it, and a real Chromium.

One run has one cluster, started by the product's own launcher and shared by all pytest workers, or
the server of TEST_DATABASE_URL. Two databases are made once, one migrated and one filled with the
bundled figures too; every test that writes gets a copy of its own.
"""

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text

from app.auth.accounts import add_maintainer
from app.auth.sessions import create_link, sign_in_by_link
from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from app.database.migrate import upgrade_schema
from app.database.session import Database
from app.ingest.import_export import import_bundled_data
from app.main import create_app
from app.settings import Settings
from tests import chromium

RUN = "MODELSHARE_TEST_RUN"
TEMPLATE_LOCK = 7_021_993  # any fixed number


def pytest_configure(config: pytest.Config) -> None:
    if is_controller(config):
        os.environ[RUN] = tempfile.mkdtemp(prefix="modelshare-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_controller(config):
        if "TEST_DATABASE_URL" in os.environ:
            with server_of_the_run() as url:
                drop_database(url, template_name("empty"))
                drop_database(url, template_name("filled"))
        wait_until_stopped(Path(os.environ[RUN]))
        shutil.rmtree(os.environ[RUN])


def is_controller(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


# --- databases


@contextmanager
def server_of_the_run() -> Iterator[URL]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(Settings(database_url=given).database_url or "")
    else:
        with run_embedded_postgres(Path(os.environ[RUN])) as url:
            yield make_url(url)


@contextmanager
def administering(server: URL) -> Iterator[Connection]:
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def drop_database(server: URL, name: str) -> None:
    with administering(server) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def template_name(kind: str) -> str:
    return f"{Path(os.environ[RUN]).name}-{kind}"


def make_template(server: URL, kind: str, origin: str, build: Callable[[Database], None]) -> str:
    """Have `build` make the database out of a copy of `origin`, once for all workers; its name."""
    name = template_name(kind)
    with administering(server) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": TEMPLATE_LOCK})
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.scalar(known, {"name": name}) is None:
            with copied(server, origin) as url:
                build_and_close(Database(url), build)
                made = make_url(url).database
                connection.execute(text(f'ALTER DATABASE "{made}" RENAME TO "{name}"'))
    return name


def build_and_close(db: Database, build: Callable[[Database], None]) -> None:
    try:
        build(db)
    finally:
        db.close()


@contextmanager
def copied(server: URL, template: str) -> Iterator[str]:
    name = f"{template_name('copy')}-{uuid4().hex[:8]}"
    with administering(server) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        drop_database(server, name)


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


@contextmanager
def opened(url: str) -> Iterator[Database]:
    db = Database(url)
    try:
        yield db
    finally:
        db.close()


@pytest.fixture
def db(empty_database_url: str) -> Iterator[Database]:
    """A migrated database without a row; the test's own."""
    with opened(empty_database_url) as db:
        yield db


@pytest.fixture
def filled_db(filled_database_url: str) -> Iterator[Database]:
    """The bundled figures; the test's own."""
    with opened(filled_database_url) as db:
        yield db


@pytest.fixture(scope="session")
def bundled_db(read_only_database_url: str) -> Iterator[Database]:
    """The bundled figures, read only, shared by all tests."""
    with opened(read_only_database_url) as db:
        yield db


# --- the application


@pytest.fixture(scope="session")
def client(read_only_database_url: str) -> Iterator[TestClient]:
    """The application on the bundled figures, read only."""
    with TestClient(create_app(Database(read_only_database_url)), follow_redirects=False) as client:
        yield client


@pytest.fixture
def own_client(filled_database_url: str) -> Iterator[TestClient]:
    """The application on bundled figures of the test's own."""
    with TestClient(create_app(Database(filled_database_url)), follow_redirects=False) as client:
        yield client


@pytest.fixture
def empty_client(empty_database_url: str) -> Iterator[TestClient]:
    """The application before the first upload."""
    with TestClient(create_app(Database(empty_database_url)), follow_redirects=False) as client:
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


@contextmanager
def serving(url: str) -> Iterator[str]:
    """The address of a real uvicorn on the database of `url`."""
    app = create_app(Database(url))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def server(read_only_database_url: str) -> Iterator[str]:
    """The address of the application on the bundled figures, read only."""
    with serving(read_only_database_url) as address:
        yield address


@pytest.fixture
def own_server(filled_database_url: str) -> Iterator[str]:
    """The address of the application on bundled figures of the test's own."""
    with serving(filled_database_url) as address:
        yield address


@pytest.fixture
def empty_server(empty_database_url: str) -> Iterator[str]:
    """The address of the application before the first upload."""
    with serving(empty_database_url) as address:
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


class Watched:
    """Opens pages and collects all that a user's console would show, and who was asked for what."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def open(self, base_url: str, **options: object) -> Page:
        """A page of a new context; `options` are those of playwright's `new_context`."""
        context = self.browser.new_context(base_url=base_url, **options)  # type: ignore[arg-type]
        self.contexts.append(context)
        context.on("console", lambda message: self.hear(message.type, message.text))
        context.on("weberror", lambda error: self.hear("error", str(error.error)))
        context.on("request", lambda request: self.see(request, base_url))
        return context.new_page()

    def hear(self, kind: str, message: str) -> None:
        if kind in {"error", "warning"}:
            self.problems.append(f"{kind}: {message}")

    def see(self, request: Request, base_url: str) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in {"http", "https", "ws"} and asked.netloc != urlsplit(base_url).netloc:
            self.problems.append(f"asked a stranger: {request.url}")

    def excuse(self, words: str) -> None:
        """Take out the problems that contain `words`; there must be one."""
        excused = [problem for problem in self.problems if words in problem]
        assert excused, self.problems
        self.problems = [problem for problem in self.problems if problem not in excused]


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Opens pages; the test fails on a message in the console or a request to a stranger.

    A test that wants one excuses it.
    """
    watched = Watched(browser)
    yield watched
    for context in watched.contexts:
        context.close()
    assert watched.problems == []


@pytest.fixture
def page(watched: Watched, server: str) -> Page:
    """A page on the bundled figures, 1280 px wide."""
    return watched.open(server, viewport={"width": 1280, "height": 900})
