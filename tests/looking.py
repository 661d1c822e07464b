"""Pages as tests look at them: their words, their statements, and what a browser makes of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Page
from sqlalchemy import event

from app.database.session import Database
from tests.markup import attributes, parse, words_of


def words(client: TestClient, address: str, status: int = 200) -> str:
    """The words of a page: no tags, spaces as spaces."""
    response = client.get(address)
    assert response.status_code == status
    return words_of(parse(response.text))


def links(client: TestClient, address: str) -> list[str]:
    """Where the links of a page's main part lead."""
    return attributes(client.get(address).text, "main [href]", "href")


def vintages(client: TestClient, address: str = "/trends") -> list[str]:
    """The moments that the links of a page are pinned to."""
    queries = [parse_qs(urlsplit(link).query) for link in links(client, address)]
    return [moment for query in queries for moment in query.get("as_of", [])]


def lost_anchors(client: TestClient, address: str) -> list[str]:
    """The links inside a page that lead nowhere."""
    html = client.get(address).text
    anchors = {f"#{name}" for name in attributes(html, "[id]", "id")}
    return [link for link in attributes(html, '[href^="#"]', "href") if link not in anchors]


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def faults(page: Page, addresses: Iterable[str]) -> list[str]:
    """What axe finds, with every detail open."""
    reports = []
    for address in addresses:
        page.goto(address)
        unfold(page)
        results = Axe().run(page)
        if results.violations_count:
            reports.append(f"{address}: {results.generate_report()}")
    return reports


def too_wide(page: Page, addresses: Iterable[str]) -> list[str]:
    """The pages that scroll sideways, with every detail open."""
    wide = []
    for address in addresses:
        page.goto(address)
        unfold(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    return wide


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
