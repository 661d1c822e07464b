"""`/embed/trends` in a frame on another site's page."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser import WatchedPages
from tests.markup import attributes
from tests.pages.explore.builders import offered


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
    expect(frame.get_by_role("cell", name="28.77 %")).to_be_visible()
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
