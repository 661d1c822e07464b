"""Pages as tests look at them: their words, their statements, and what a browser makes of them."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import unescape

from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Page
from sqlalchemy import event

from app.database.session import Database


def words(client: TestClient, address: str, status: int = 200) -> str:
    """The words of a page: no tags, spaces as spaces."""
    response = client.get(address)
    assert response.status_code == status
    text = re.sub(r"</?(a|abbr|b|bdi|code|span)\b[^>]*>", "", response.text)
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", text, flags=re.DOTALL)
    return " ".join(unescape(text).replace("\N{NO-BREAK SPACE}", " ").split())


def links(client: TestClient, address: str) -> list[str]:
    main = client.get(address).text.partition("<main")[2].partition("</main>")[0]
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', main)]


def lost_anchors(client: TestClient, address: str) -> list[str]:
    """The links inside a page that lead nowhere."""
    html = client.get(address).text
    return [name for name in re.findall(r'href="#([^"]+)"', html) if f'id="{name}"' not in html]


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def faults(page: Page, addresses: Iterable[str]) -> list[str]:
    """What axe finds, with every detail open."""
    found = []
    for address in addresses:
        page.goto(address)
        unfold(page)
        results = Axe().run(page)
        found += [f"{address}: {results.generate_report()}"] if results.violations_count else []
    return found


def too_wide(page: Page, addresses: Iterable[str]) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address)
        unfold(page)
        excess = "document.documentElement.scrollWidth - innerWidth"
        found += [address] if page.evaluate(excess) > 0 else []
    return found


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((part) => (part.open = true))")
