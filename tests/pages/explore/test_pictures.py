"""The picture of a chart in the page, before Plotly and in its place."""

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from tests.browser import WatchedPages
from tests.pages.explore.builders import NBSP


@pytest.mark.browser
def test_the_png_is_not_blank_and_has_the_colours_of_the_chart(page: Page) -> None:
    page.goto("/trends?view=table")
    colours = page.evaluate(
        """async () => {
          const image = new Image();
          image.src = "/trends.png";
          await image.decode();
          const canvas = new OffscreenCanvas(1200, 630).getContext("2d");
          canvas.drawImage(image, 0, 0);
          const { data } = canvas.getImageData(0, 0, 1200, 630);
          const seen = {};
          for (let i = 0; i < data.length; i += 4) {
            const colour = [data[i], data[i + 1], data[i + 2], data[i + 3]].join();
            seen[colour] = (seen[colour] ?? 0) + 1;
          }
          return seen;
        }"""
    )
    for colour in ("189,55,25,255", "11,67,128,255", "203,134,4,255", "23,28,38,255"):
        assert colours[colour] > 300
    assert 0.7 < colours["255,255,255,255"] / (1200 * 630) < 0.98


def shown_picture(page: Page) -> Locator:
    return page.locator(".picture:visible")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "kind"), [(1280, "wide"), (660, "narrow"), (390, "narrow")])
def test_without_scripts_the_picture_fit_for_the_screen_stands_there(
    watched: WatchedPages, server: str, width: int, kind: str, scheme: str
) -> None:
    page = watched.open(
        server,
        java_script_enabled=False,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    page.goto("/")
    expect(shown_picture(page)).to_have_count(3)
    lines = shown_picture(page).first
    expect(lines).to_have_class(f"picture {kind}")
    expect(lines.locator("text", has_text=f"Chinese 52.3{NBSP}%")).to_be_visible()
    expect(lines.locator("text", has_text=f"1.2{NBSP}%")).to_be_visible()
    expect(lines.locator("path.us.fill").first).to_have_css(
        "fill", {"light": "rgb(11, 67, 128)", "dark": "rgb(57, 142, 237)"}[scheme]
    )
    expect(page.get_by_role("img", name="Chinese open models rose").first).to_be_visible()
    box = lines.bounding_box()
    assert box
    assert box["width"] <= width


# Ten frames without a change are taken for rest.
AT_REST = """
async (element) => {
  const place = () => JSON.stringify(element.getBoundingClientRect());
  await document.fonts.ready;
  for (let before = place(), still = 0; still < 10; ) {
    await new Promise((on) => requestAnimationFrame(on));
    still = place() === before ? still + 1 : 0;
    before = place();
  }
}
"""


def box_at_rest(element: Locator) -> FloatRect | None:
    """Return where an element is once the layout has settled."""
    element.evaluate(AT_REST)
    return element.bounding_box()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 900, 390])
@pytest.mark.parametrize("address", ["/", "/trends?view=stack&by=model"])
def test_plotly_takes_the_place_of_the_picture_and_nothing_moves(
    watched: WatchedPages, server: str, width: int, address: str
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900})
    page.add_init_script(
        """globalThis.moved = [];
        new PerformanceObserver((list) => moved.push(...list.getEntries().map((at) => at.value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    held: list[Route] = []
    # A lambda: Playwright marks what it is given, and a bound append cannot be marked.
    page.route("**/plotly.min.js*", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(address, wait_until="commit")
    picture = shown_picture(page).first
    expect(picture).to_be_visible()
    # The page is parsed but for Plotly, and nothing of it has moved for a while.
    page.wait_for_function("() => document.readyState === 'interactive'")
    before = box_at_rest(picture)
    (plotly,) = held
    plotly.continue_()
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(shown_picture(page)).to_have_count(0)
    assert box_at_rest(page.locator(".js-plotly-plot").first) == before
    # Two frames later every shift has been reported.
    page.evaluate("() => new Promise((on) => requestAnimationFrame(() => setTimeout(on)))")
    assert page.evaluate("moved") == []


@pytest.mark.browser
def test_where_plotly_does_not_come_the_picture_stays(watched: WatchedPages, server: str) -> None:
    page = watched.open(server)
    page.route("**/plotly.min.js*", lambda route: route.abort())
    page.goto("/")
    expect(shown_picture(page)).to_have_count(3)
    watched.excuse("ERR_FAILED")


@pytest.mark.browser
def test_paper_gets_the_picture_in_its_light_colours(watched: WatchedPages, server: str) -> None:
    page = watched.open(server, color_scheme="dark")
    page.goto("/")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    page.emulate_media(media="print")
    expect(shown_picture(page)).to_have_count(3)
    expect(page.locator(".js-plotly-plot").first).to_be_hidden()
    expect(shown_picture(page).first.locator("path.us.fill").first).to_have_css(
        "fill", "rgb(11, 67, 128)"
    )
