"""Pages in a real Chromium, watched for what a user's console would show."""

from typing import Final, Literal, TypedDict, Unpack
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize, expect

from tests.builders import ADAS_PASSWORD
from tests.markup import attributes, select_one

COLOR_SCHEMES: Final[dict[str, Literal["light", "dark"]]] = {"light": "light", "dark": "dark"}


class PageOptions(TypedDict, total=False):
    """Those of playwright's `new_context` that tests open pages with."""

    bypass_csp: bool
    device_scale_factor: float
    java_script_enabled: bool
    viewport: ViewportSize


class WatchedPages:
    """Opens pages and collects all that a user's console would show, and who was asked for what."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def open(
        self, base_url: str, *, color_scheme: str = "light", **options: Unpack[PageOptions]
    ) -> Page:
        """A page of a new context."""
        context = self.browser.new_context(
            base_url=base_url, color_scheme=COLOR_SCHEMES[color_scheme], **options
        )
        self.contexts.append(context)
        context.on("console", lambda message: self.hear(message.type, message.text))
        context.on("weberror", lambda error: self.hear("error", str(error.error)))
        context.on("request", lambda request: self.see(request, base_url))
        return context.new_page()

    def hear(self, kind: str, message: str) -> None:
        if kind in {"error", "warning"}:
            self.problems.append(f"{kind}: {message}")

    def see(self, request: Request, base_url: str) -> None:
        address = urlsplit(request.url)
        if (
            address.scheme in {"http", "https", "ws"}
            and address.netloc != urlsplit(base_url).netloc
        ):
            self.problems.append(f"asked a stranger: {request.url}")

    def excuse(self, words: str) -> None:
        """Take out the problems that contain `words`; there must be one."""
        excused = [problem for problem in self.problems if words in problem]
        assert excused, self.problems
        self.problems = [problem for problem in self.problems if problem not in excused]


def selected_values(text: str, name: str) -> list[str]:
    control = select_one(text, f'select#q-{name}[name="{name}"]')
    return [str(option["value"]) for option in control.select("option[selected]")]


def checked_values(text: str, name: str) -> list[str]:
    return attributes(text, f'input[name="{name}"][checked]', "value")


# --- in the browser


def wait_until_drawn(page: Page) -> None:
    expect(page.locator("share-chart .js-plotly-plot .main-svg >> nth=0")).to_be_visible()


def sign_in_on_page(page: Page, then: str = "/uploads/received") -> None:
    page.goto(f"/sign-in?next={then}")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(ADAS_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{then}")


def open_signed_in(
    watched: WatchedPages,
    server: str,
    path: str = "/uploads/new",
    *,
    color_scheme: str = "light",
    **options: Unpack[PageOptions],
) -> Page:
    options.setdefault("viewport", {"width": 1280, "height": 900})
    page = watched.open(server, color_scheme=color_scheme, **options)
    sign_in_on_page(page, path)
    return page
