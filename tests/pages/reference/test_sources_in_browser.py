"""`/sources` and `/sources/{slug}` in a browser."""

import pytest

from app.database.session import Database
from tests.browser import WatchedPages
from tests.looking import faults, too_wide
from tests.pages.reference.builders import BEFORE, MAIN, SINGLE, record


@pytest.fixture
def addresses(filled_db: Database) -> list[str]:
    record(filled_db)
    return ["/sources", MAIN, SINGLE, "/sources/state-of-ai-study", f"/sources?{BEFORE}"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    watched: WatchedPages, own_server: str, addresses: list[str], scheme: str
) -> None:
    page = watched.open(own_server, color_scheme=scheme, bypass_csp=True)
    assert faults(page, addresses) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, own_server: str, addresses: list[str], width: int
) -> None:
    page = watched.open(own_server, viewport={"width": width, "height": 800}, bypass_csp=True)
    assert too_wide(page, addresses) == []


@pytest.mark.browser
def test_on_a_small_screen_definitions_are_lists_and_on_a_large_one_a_table(
    watched: WatchedPages, server: str
) -> None:
    small = watched.open(server, viewport={"width": 390, "height": 800})
    small.goto("/sources")
    assert not small.get_by_role("table").is_visible()
    assert small.get_by_role("heading", name="OpenRouter rankings").is_visible()
    large = watched.open(server, viewport={"width": 1280, "height": 800})
    large.goto("/sources")
    assert large.get_by_role("columnheader", name="OpenRouter rankings").is_visible()
    assert not large.get_by_role("heading", name="OpenRouter rankings").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/sources", MAIN, "/models/openai/gpt-oss-120b", "/methods"])
def test_the_pages_of_the_site_fit_and_name_where_one_is(
    watched: WatchedPages, server: str, path: str
) -> None:
    page = watched.open(server, viewport={"width": 320, "height": 800})
    page.goto(path)
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    assert links.all_inner_texts() == [
        "Overview",
        "Trends",
        "Sources",
        "Developers",
        "Models",
        "Methods",
        "Uploads",
    ]
    assert page.locator("header [aria-current]").count() == 1
    exact = path in ("/sources", "/methods")
    here = page.locator("header [aria-current]").get_attribute("aria-current")
    assert here == ("page" if exact else "true")
