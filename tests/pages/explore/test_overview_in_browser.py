"""`/` in a browser: its charts, its tables on a small screen, and without scripts."""

import itertools

import pytest
from playwright.sync_api import Page, expect

from tests.browser import WatchedPages


def wait_for_charts(page: Page, count: int) -> None:
    expect(page.locator("share-chart .js-plotly-plot .main-svg >> nth=0")).to_be_visible()
    expect(page.locator("share-chart .js-plotly-plot")).to_have_count(count)


@pytest.mark.browser
def test_both_charts_are_drawn_without_a_word_in_the_console(page: Page) -> None:
    page.goto("/")
    wait_for_charts(page, 3)
    expect(page.locator(".scatterlayer .trace")).to_have_count(6)
    expect(page.locator(".barlayer .trace")).to_have_count(6 + 14)


@pytest.mark.browser
def test_labels_at_the_line_ends_do_not_touch(page: Page) -> None:
    page.goto("/")
    wait_for_charts(page, 3)
    boxes = page.evaluate(
        """() => [...document.querySelector("share-chart").querySelectorAll(".annotation-text")]
          .filter((item) => /%$|to \\w+ \\d+$/.test(item.textContent))
          .map((item) => item.getBoundingClientRect())
          .map(({ top, bottom }) => ({ top, bottom }))"""
    )
    middles = sorted((box["top"] + box["bottom"]) / 2 for box in boxes)
    assert len(middles) >= 4
    assert min(b - a for a, b in itertools.pairwise(middles)) >= 14


@pytest.mark.browser
def test_the_charts_take_the_colours_of_the_theme_at_once(page: Page) -> None:
    page.goto("/")
    wait_for_charts(page, 3)
    background = "document.querySelector('.js-plotly-plot')._fullLayout.paper_bgcolor"
    assert page.evaluate(background) == "#ffffff"
    page.emulate_media(color_scheme="dark")
    # A function: what is polled as a string is an eval, which our policy forbids.
    page.wait_for_function(f"() => {background} === '#0f1419'")


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    page.goto("/")
    wait_for_charts(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# The cells of a table's first row that stand whole in its frame, and its row's header scrolled.
IN_SIGHT = """
() => [...document.querySelectorAll('.scroll')].map((frame) => {
  const edges = frame.getBoundingClientRect();
  const cells = [...frame.querySelector('tbody tr').cells];
  const whole = cells.filter((cell) => cell.getBoundingClientRect().right <= edges.right + 1);
  frame.scrollLeft = 1000;
  const head = cells[0].getBoundingClientRect();
  return [whole.length - 1, Math.round(head.left - edges.left)];
})
"""


@pytest.mark.browser
@pytest.mark.parametrize(("width", "shares"), [(390, [2, 3]), (320, [1, 2])])
def test_a_phone_shows_the_first_shares_and_keeps_the_month_while_scrolling(
    watched: WatchedPages, server: str, width: int, shares: list[int]
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    page.goto("/")
    wait_for_charts(page, 3)
    seen = page.evaluate(IN_SIGHT)
    assert all(first >= least for (first, _), least in zip(seen, shares, strict=True))
    assert {left for _, left in seen} == {0}
    hint = "getComputedStyle(document.querySelector('.scroll')).backgroundImage"
    assert "linear-gradient" in page.evaluate(hint)


@pytest.mark.browser
def test_the_chart_follows_the_width_of_the_window(page: Page) -> None:
    page.goto("/")
    wait_for_charts(page, 3)
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullLayout.width < 390"
    )


@pytest.mark.browser
def test_without_scripts_the_page_still_has_its_numbers_and_words(
    watched: WatchedPages, server: str
) -> None:
    page = watched.open(server, java_script_enabled=False)
    page.goto("/")
    expect(page.get_by_role("cell", name="28.77 % at most 36.8 % +5.4 pp")).to_be_visible()
    page.get_by_text("This chart in words").first.click()
    expect(page.get_by_text("highest 61.0 % in July 2026").first).to_be_visible()


@pytest.mark.browser
def test_the_first_key_leads_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.browser
def test_headings_are_of_one_size_and_colour(page: Page) -> None:
    page.goto("/")
    looks = page.locator("#main h2:not(.card h2)").evaluate_all(
        "found => found.map(item => { const look = getComputedStyle(item);"
        " return `${look.fontSize} ${look.color}`; })"
    )
    assert len(looks) > 4
    assert len(set(looks)) == 1
