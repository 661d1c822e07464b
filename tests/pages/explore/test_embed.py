"""`/embed/trends`: a chart in a frame on another site."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser import WatchedPages
from tests.markup import attributes, select, select_one, text_of, texts


class Host:
    """A site of somebody else's, on an origin of its own; `body` is its page."""

    def __init__(self) -> None:
        host = self
        self.body = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                icon = '<link rel="icon" href="data:,">'  # else the browser asks for one
                page = f"<!doctype html>{icon}<title>Host</title><body>{host.body}".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/page"


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    thread = threading.Thread(target=host.server.serve_forever)
    thread.start()
    yield host
    host.server.shutdown()
    thread.join()
    host.server.server_close()


def offered(text: str) -> dict[str, str]:
    """The codes that the explorer offers, by the id of their field."""
    return {
        str(area["id"]).removeprefix("embed-"): area.get_text().removeprefix("\n")
        for area in select(text, 'textarea[id^="embed-"]')
    }


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
    assert [link for link in texts(response.text, "a") if link.endswith("at Open Model Share")]


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


# --- on a page of another site


def framed(page: Page, watched: WatchedPages, host: Host, body: str) -> FrameLocator:
    host.body = body
    page.goto(host.address)
    watched.excuse(host.address)
    return page.frame_locator("iframe")


@pytest.fixture
def codes_of(client: TestClient, server: str) -> Callable[[str], dict[str, str]]:
    def codes_of_question(query: str) -> dict[str, str]:
        codes = offered(client.get(f"/trends{query}").text)
        return {name: code.replace("http://testserver", server) for name, code in codes.items()}

    return codes_of_question


@pytest.fixture
def codes(codes_of: Callable[[str], dict[str, str]]) -> dict[str, str]:
    return codes_of("?events=all")


@pytest.mark.browser
def test_the_offered_code_shows_the_chart_and_fits_its_height(
    page: Page, watched: WatchedPages, host: Host, codes: dict[str, str]
) -> None:
    frame = framed(page, watched, host, codes["live"] + codes["fit"])
    expect(frame.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    (offered_height,) = attributes(codes["live"], "iframe", "height")
    assert offered_height.isdecimal()
    page.wait_for_function(
        f"() => document.querySelector('iframe').getAttribute('height') !== '{offered_height}'"
    )
    assert fits(page)
    frame.get_by_text("What happened").click()
    expect(frame.locator(".badge").last).to_be_visible()
    page.wait_for_function("() => document.querySelector('iframe').height > 1200")
    assert fits(page)


@pytest.mark.browser
@pytest.mark.parametrize("query", ["", "?by=model", "?view=stack"])
def test_without_the_script_the_offered_height_shows_the_chart_and_its_words(
    page: Page,
    watched: WatchedPages,
    host: Host,
    codes_of: Callable[[str], dict[str, str]],
    query: str,
) -> None:
    page.set_viewport_size({"width": 860, "height": 700})
    frame = framed(page, watched, host, codes_of(query)["live"])
    expect(frame.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    inner = page.frames[1].evaluate("document.documentElement.getBoundingClientRect().height")
    box = page.locator("iframe").bounding_box()
    assert box
    assert inner <= box["height"] < inner + 250


def fits(page: Page) -> bool:
    """Whether the frame shows all of its page and not much more."""
    inner = page.frames[1].evaluate("document.documentElement.getBoundingClientRect().height")
    box = page.locator("iframe").bounding_box()
    assert box
    return bool(0 <= box["height"] - inner < 2)


@pytest.mark.browser
def test_the_height_is_told_in_a_message_that_names_its_sender(
    page: Page, watched: WatchedPages, host: Host, server: str
) -> None:
    body = (
        "<script>window.heard = [];"
        "addEventListener('message', (event) => heard.push([event.origin, event.data]))</script>"
        f'<iframe src="{server}/embed/trends?view=table" width="600" title="x"></iframe>'
    )
    framed(page, watched, host, body)
    page.wait_for_function("() => heard.length > 0")
    origin, data = page.evaluate("heard[0]")
    assert origin == server
    assert data["source"] == "open-model-share"
    assert data["height"] > 500
    before = page.evaluate("heard.length")
    page.evaluate("document.querySelector('iframe').width = 300")
    page.wait_for_function(f"() => heard.length > {before}")


@pytest.mark.browser
def test_in_a_frame_without_scripts_the_numbers_and_words_are_there(
    page: Page, watched: WatchedPages, host: Host, server: str
) -> None:
    body = f'<iframe sandbox src="{server}/embed/trends" width="600" height="900"></iframe>'
    frame = framed(page, watched, host, body)
    expect(frame.locator("h1")).to_contain_text("Chinese open models rose")
    frame.get_by_text("The numbers").click()
    expect(frame.get_by_role("cell", name="28.65 %")).to_be_visible()
    watched.excuse("Blocked script execution")


@pytest.mark.browser
def test_in_a_frame_that_may_only_run_scripts_the_chart_is_drawn(
    page: Page, watched: WatchedPages, host: Host, server: str
) -> None:
    address = f"{server}/embed/trends"
    frame = framed(
        page,
        watched,
        host,
        f'<iframe sandbox="allow-scripts" src="{address}" width="600"></iframe>',
    )
    expect(frame.locator(".js-plotly-plot .main-svg").first).to_be_visible()


@pytest.mark.browser
def test_links_in_the_frame_open_beside_the_page_around_it(
    page: Page, watched: WatchedPages, host: Host, server: str
) -> None:
    body = f'<iframe src="{server}/embed/trends?view=table" width="600" height="900"></iframe>'
    frame = framed(page, watched, host, body)
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Definition, numbers").click()
    expect(opened.value.get_by_label("Table")).to_be_checked()
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Aug 2026").click()
    expect(opened.value.locator("h1")).to_be_visible()
    assert page.url == host.address


@pytest.mark.browser
def test_the_explorer_itself_is_not_shown_in_a_frame(
    page: Page, watched: WatchedPages, host: Host, server: str
) -> None:
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        framed(page, watched, host, f'<iframe src="{server}/trends"></iframe>')
    watched.excuse("frame-ancestors")


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
