"""Reading a chart by keyboard, point by point."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import WatchedPages, wait_until_drawn

pytestmark = pytest.mark.browser


def chart(page: Page, address: str) -> Locator:
    page.goto(address)
    wait_until_drawn(page)
    reading = page.get_by_role("application").first
    reading.focus()
    return reading


def words_after(page: Page, *keys: str) -> Locator:
    for key in keys:
        page.keyboard.press(key)
    return page.locator("share-chart .said").first


def ring(page: Page) -> tuple[float, float]:
    """The middle of the ring, from the chart's left upper corner."""
    box, whole = (
        page.locator(selector).first.bounding_box() for selector in (".ring", "share-chart")
    )
    assert box
    assert whole
    return box["x"] + box["width"] / 2 - whole["x"], box["y"] + box["height"] / 2 - whole["y"]


def test_arrows_go_through_months_and_series_and_say_each_point(page: Page) -> None:
    chart(page, "/trends")
    expect(words_after(page, "End")).to_have_text(
        "Chinese, October 2026, 52.31 %, provisional, at most 72.0 %"
    )
    expect(words_after(page, "ArrowLeft")).to_have_text(
        "Chinese, September 2026, 58.09 %, at most 69.5 %"
    )
    expect(words_after(page, "ArrowDown")).to_have_text(
        "US, September 2026, 6.06 %, at most 17.5 %"
    )
    expect(words_after(page, "ArrowRight")).to_have_text(
        "US, October 2026, 5.64 %, provisional, at most 25.1 %"
    )
    expect(words_after(page, "Home")).to_have_text("US, January 2025, 10.06 %, at most 13.9 %")
    expect(words_after(page, "ArrowUp")).to_have_text(
        "Chinese, January 2025, 5.99 %, at most 9.8 %"
    )
    expect(words_after(page, "ArrowLeft")).to_have_text(
        "Chinese, January 2025, 5.99 %, at most 9.8 %"
    )


def test_a_month_without_a_figure_is_said_to_have_none(page: Page) -> None:
    chart(page, "/trends")
    words = words_after(page, "End", "ArrowDown", "ArrowDown", "ArrowDown")
    expect(words).to_have_text("Other, October 2026, no figure")


def test_a_reported_point_is_read_with_its_words(page: Page) -> None:
    chart(page, "/trends")
    words = words_after(page, "End", *["ArrowDown"] * 4)
    expect(words).to_contain_text("Reported for December 2024: Chinese 1.2 %")
    expect(words_after(page, "ArrowDown")).to_contain_text("Reported for August 2025: Chinese 30 %")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("view", ["lines", "stack"])
def test_the_ring_stands_around_the_point(
    watched: WatchedPages, server: str, width: int, view: str
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900})
    chart(page, f"/trends?view={view}")
    words_after(page, "End", "ArrowLeft")
    there = page.evaluate(
        """() => {
          const plot = document.querySelector(".js-plotly-plot");
          const shapes = [...plot.querySelectorAll(".point path, path.point")];
          const months = plot.data[0].x.length;
          const box = shapes[months - 2].getBoundingClientRect();
          const whole = document.querySelector("share-chart").getBoundingClientRect();
          return [(box.left + box.right) / 2 - whole.left, (box.top + box.bottom) / 2 - whole.top];
        }"""
    )
    assert ring(page) == pytest.approx(there, abs=1.5)


def test_up_leads_to_the_layer_above(page: Page) -> None:
    chart(page, "/trends?view=stack")
    expect(words_after(page, "End")).to_have_text(
        "Chinese, October 2026, 52.31 %, provisional, at most 72.0 %"
    )
    low = ring(page)
    expect(words_after(page, "ArrowUp")).to_have_text(
        "US, October 2026, 5.64 %, provisional, at most 25.1 %"
    )
    assert ring(page)[1] < low[1]


def test_with_several_sources_each_point_names_its_own(page: Page) -> None:
    chart(page, "/trends?source=openrouter-rankings,huggingface-spring-2026")
    expect(words_after(page, "End")).to_contain_text("OpenRouter rankings: Chinese, October 2026")
    words = words_after(page, *["ArrowDown"] * 6)
    expect(words).to_contain_text("State of Open Source, Spring 2026: ")


def test_a_single_month_is_read_bar_by_bar(page: Page) -> None:
    chart(page, "/trends?from=2025-08&to=2025-08")
    expect(words_after(page, "ArrowDown")).to_have_text(
        "Chinese, August 2025, 28.77 %, at most 36.8 %"
    )
    expect(words_after(page, "ArrowDown")).to_have_text("US, August 2025, 3.59 %, at most 11.6 %")


def test_a_name_with_markup_signs_is_read_as_it_is_written(page: Page) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    page.evaluate(
        """() => {
          const old = document.querySelector("share-chart");
          const fresh = old.cloneNode(true);
          fresh.querySelectorAll(".ring, .reading").forEach((item) => item.remove());
          const json = fresh.querySelector("script");
          json.textContent = json.textContent
            .replaceAll('"Chinese ', '"A \\\\u0026amp; B ')
            .replaceAll('"Chinese"', '"A \\\\u0026amp; B"');
          old.replaceWith(fresh);
        }"""
    )
    page.get_by_role("application").focus()
    expect(words_after(page, "End")).to_contain_text("A & B, October 2026, 52.31 %")


def test_escape_and_leaving_end_the_reading(page: Page) -> None:
    reading = chart(page, "/trends")
    words_after(page, "End")
    expect(page.locator(".ring")).to_be_visible()
    expect(words_after(page, "Escape")).to_have_text("The reading has ended.")
    expect(page.locator(".ring")).to_be_hidden()
    expect(reading).to_be_focused()
    words_after(page, "End", "Tab")
    expect(reading).not_to_be_focused()
    expect(page.locator(".ring")).to_be_hidden()


def test_the_keys_are_explained_where_the_chart_has_focus(page: Page) -> None:
    reading = chart(page, "/trends")
    keys = "Arrow keys: left and right go through the months, up and down through the series; "
    keys += "Home and End to the first and last month; Escape ends. "
    keys += "Enter leads to the page that cites the number."
    expect(reading).to_have_accessible_description(re.compile(rf"{keys}$"))
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    panel = page.locator(".reading")
    box = panel.bounding_box()
    assert box
    assert box["height"] > 20
    page.keyboard.press("Tab")
    box = panel.bounding_box()
    assert box
    assert box["height"] <= 1


def test_keys_of_the_page_and_the_browser_are_left_alone(page: Page) -> None:
    chart(page, "/trends")
    words_after(page, "PageDown", "Control+End", "a")
    expect(page.locator(".ring")).to_be_hidden()


def test_the_ring_moves_with_the_width_of_the_window(page: Page) -> None:
    chart(page, "/trends")
    words_after(page, "End")
    before = ring(page)
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullLayout.width < 700"
    )
    assert ring(page)[0] < before[0] - 100


def test_hovering_shows_the_month_as_before(page: Page) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    page.locator(".js-plotly-plot .nsewdrag").first.hover()
    expect(page.locator(".hoverlayer .legendtext").first).to_be_visible()
    expect(page.locator(".ring")).to_be_hidden()


def test_without_plotly_the_page_still_answers(watched: WatchedPages, server: str) -> None:
    page = watched.open(server)
    page.route("**/plotly.min.js*", lambda route: route.abort())
    page.goto("/trends")
    expect(page.get_by_role("cell", name="28.77 %")).to_be_visible()
    expect(page.get_by_role("application")).to_have_count(0)
    page.get_by_label("Grouped by").select_option("developer")
    expect(page.locator("h1")).to_contain_text("DeepSeek’s open models")
    watched.excuse("ERR_FAILED")


def test_what_is_counted_is_said_with_the_chart(page: Page) -> None:
    reading = chart(page, "/trends")
    first = (reading.get_attribute("aria-describedby") or "").split()[0]
    expect(page.locator(f"#{first}")).to_contain_text("Share of open models")
