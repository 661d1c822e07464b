"""`/embed/trends`: a chart in a frame on another site."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from tests.browser import WatchedPages
from tests.builders import SITE
from tests.markup import attributes, select, select_one, text_of, texts
from tests.pages.explore.builders import offered


def source_of(code: str) -> str:
    (address,) = attributes(code, "iframe", "src")
    return address


def headlines(html: str) -> list[str]:
    """The headings of a page without the small print in them."""
    return [next(heading.strings) for heading in select(html, "h1")]


# --- the answer itself


@pytest.mark.parametrize("view", ["lines", "stack", "table"])
@pytest.mark.parametrize("query", ["", "by=model&top=3", "from=2025-08&to=2025-08", "home=base"])
def test_it_answers_the_question_of_the_explorer(client: TestClient, view: str, query: str) -> None:
    query_text = f"view={view}&{query}"
    frame, page = client.get(f"/embed/trends?{query_text}"), client.get(f"/trends?{query_text}")
    assert frame.status_code == 200
    assert headlines(frame.text) == headlines(page.text)
    assert len(select(frame.text, "share-chart")) == (0 if view == "table" else 1)
    assert "Source: OpenRouter (openrouter.ai/rankings), as of" in frame.text
    assert "as known on" in frame.text


@pytest.mark.parametrize(
    ("query", "status"), [("", 200), ("by=x", 400), ("source=vercel-ai-gateway", 404)]
)
def test_any_site_may_frame_it_and_its_refusals(
    client: TestClient, query: str, status: int
) -> None:
    response = client.get(f"/embed/trends?{query}")
    assert response.status_code == status
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "'none'; script-src 'self';" in policy
    assert "x-frame-options" not in response.headers
    credit = "at a private copy of Open Model Share"
    assert [link for link in texts(response.text, "a") if link.endswith(credit)]


def test_a_frame_and_its_code_name_the_site(named_client: TestClient) -> None:
    html = named_client.get("/embed/trends").text
    credit = f"{SITE.name} ({SITE.publisher})"
    assert [link for link in texts(html, "a") if link.endswith(f"at {credit}")]
    assert texts(html, "title")[0].endswith(f" · {SITE.name}")
    (frame,) = select(offered(named_client.get("/trends").text)["live"], "iframe")
    assert frame["title"] == f"A live chart of {credit}"


@pytest.mark.parametrize("address", ["/", "/trends", "/uploads", "/embed", "/sign-in"])
def test_no_other_page_may_be_framed(client: TestClient, address: str) -> None:
    assert "frame-ancestors 'none'" in client.get(address).headers["content-security-policy"]


def test_it_knows_nobody(maintainer_client: TestClient) -> None:
    response = maintainer_client.get("/embed/trends")
    assert "set-cookie" not in response.headers
    assert "Cookie" not in response.headers.get("vary", "")
    assert "ada" not in str(select_one(response.text, "main > h1:first-child"))


def test_its_link_leads_to_the_same_question_in_full_in_a_window_of_its_own(
    client: TestClient,
) -> None:
    page = client.get("/embed/trends?by=developer&top=3").text
    (link,) = [
        link
        for link in select(page, 'a[target="_blank"][rel="noopener"]')
        if text_of(link).startswith("Definition")
    ]
    assert link["href"] == "http://testserver/trends?by=developer&top=3"
    assert attributes(page, "base", "target") == ["_blank"]


def test_pinned_it_shows_the_vintage(client: TestClient) -> None:
    pinned = source_of(offered(client.get("/trends?by=model").text)["pinned"])
    assert "as_of=20" in pinned
    assert client.get(pinned).status_code == 200


# --- the code the explorer offers


def test_the_explorer_offers_the_frame_of_this_very_question(client: TestClient) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    codes = offered(client.get(f"/trends?by=developer&view=stack&as_of={today}").text)
    assert source_of(codes["live"]) == "http://testserver/embed/trends?by=developer&view=stack"
    named = "http://testserver/embed/trends?source=openrouter-rankings&by=developer&as_of="
    assert source_of(codes["pinned"]).startswith(f"{named}{today}T")
    (title,) = attributes(codes["live"], "iframe", "title")
    assert title
    assert 'origin !== "http://testserver"' in codes["fit"]


# --- in the browser


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "view=stack", "view=table", "by=x"])
def test_axe_finds_nothing_wrong_with_it(
    watched: WatchedPages, server: str, scheme: str, query: str
) -> None:
    page = watched.open(server, viewport={"width": 600, "height": 900}, color_scheme=scheme)
    page.goto(f"/embed/trends?{query}")
    expect(page.locator("h1")).to_be_visible()
    matches = Axe().run(page)
    assert matches.violations_count == 0, matches.generate_report()
    if query == "by=x":
        watched.excuse("400")


@pytest.mark.browser
@pytest.mark.parametrize("view", ["lines", "stack", "table"])
@pytest.mark.parametrize("width", [300, 320, 390])
def test_it_is_no_wider_than_a_small_frame(
    watched: WatchedPages, server: str, width: int, view: str
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    page.goto(f"/embed/trends?by=developer&view={view}")
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_code_is_copied_at_a_button(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/trends?view=table")
    page.get_by_text("Embed this table").click()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text == page.get_by_label("Live").input_value()
    assert "/embed/trends?view=table" in text
