"""The explorer's form in a browser: live, step by step, on any screen."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser import WatchedPages, wait_until_drawn
from tests.pages.explore.builders import settled


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_all_events_stand_on_the_chart_without_a_collision(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900})
    page.goto("/trends?events=all")
    wait_until_drawn(page)
    numbers, collisions = page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(".annotation")]
            .filter((item) => /^\\d+$/.test(item.textContent))
            .map((item) => item.querySelector("rect.bg").getBoundingClientRect());
          const touch = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5
            && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
          const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => touch(a, b)));
          return [boxes.length, pairs.length];
        }"""
    )
    assert (numbers, collisions) == (25, 0)


@pytest.mark.browser
def test_each_change_is_a_step_that_back_and_forward_walk(page: Page) -> None:
    page.goto("/trends?source=openrouter-rankings")
    wait_until_drawn(page)
    page.get_by_label("Grouped by").select_option("developer")
    settled(page, "?source=openrouter-rankings&by=developer")
    page.get_by_label("Table").check()
    settled(page, "?source=openrouter-rankings&by=developer&view=table")
    page.go_back()
    settled(page, "?source=openrouter-rankings&by=developer")
    expect(page.get_by_label("Lines")).to_be_checked()
    wait_until_drawn(page)
    page.go_back()
    settled(page, "?source=openrouter-rankings")
    expect(page.get_by_label("Grouped by")).to_have_value("origin")
    expect(page.locator("h1")).to_contain_text("Chinese open models")
    page.go_forward()
    settled(page, "?source=openrouter-rankings&by=developer")
    expect(page.get_by_label("Grouped by")).to_have_value("developer")
    expect(page.locator("h1")).to_contain_text("DeepSeek’s open models")


@pytest.mark.browser
def test_the_controls_change_with_the_question_while_focus_and_opened_parts_stay(
    page: Page,
) -> None:
    page.goto("/trends?source=openrouter-rankings")
    wait_until_drawn(page)
    page.get_by_text("Months, events, filters and vintage").click()
    page.get_by_text("This chart in words").click()
    page.get_by_label("Counting").focus()
    page.get_by_label("Counting").select_option("all")
    settled(page, "?source=openrouter-rankings&openness=all")
    expect(page.get_by_role("radio", name="Open models")).to_be_disabled()
    expect(page.get_by_text("Only open models can be a share")).to_be_visible()
    expect(page.get_by_label("Counting")).to_be_focused()
    expect(page.get_by_label("Whose home counts")).to_be_visible()
    expect(page.locator("#lines-words")).to_be_visible()
    page.get_by_label("Counting").select_option("open")
    settled(page, "?source=openrouter-rankings")
    expect(page.get_by_role("radio", name="Open models")).to_be_enabled()


@pytest.mark.browser
def test_typing_in_one_field_is_one_step(page: Page) -> None:
    page.goto("/trends?source=openrouter-rankings&by=developer&top=3")
    wait_until_drawn(page)
    field = page.get_by_label("Developers or models named")
    field.focus()
    steps = page.evaluate("history.length")
    field.press("ArrowUp")
    settled(page, "?source=openrouter-rankings&by=developer&top=4")
    field.press("ArrowUp")
    settled(page, "?source=openrouter-rankings&by=developer&top=5")
    assert page.evaluate("history.length") == steps + 1
    expect(field).to_be_focused()
    page.go_back()
    settled(page, "?source=openrouter-rankings&by=developer&top=3")
    expect(field).to_have_value("3")


@pytest.mark.browser
def test_a_jump_inside_the_page_asks_nothing_again(page: Page) -> None:
    page.goto("/trends?source=openrouter-rankings&view=table")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.go_back()
    page.get_by_label("Grouped by").select_option("model")
    settled(page, "?source=openrouter-rankings&by=model&view=table")
    assert len([url for url in addresses if "/trends" in url]) == 2  # the question and its address


@pytest.mark.browser
def test_a_slow_answer_that_was_overtaken_is_dropped(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.goto("/trends?source=openrouter-rankings")
    wait_until_drawn(page)
    overtaken = re.compile(r"/trends/ask.*by=developer")
    page.route(overtaken, hold)
    # A question that is overtaken before the network knows of it is never sent.
    with page.expect_request(overtaken):
        page.get_by_label("Grouped by").select_option("developer")
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    page.get_by_label("Grouped by").select_option("model")
    settled(page, "?source=openrouter-rankings&by=model")
    assert len(held) == 1
    heading = page.locator("h1").inner_text()
    held[0].continue_()
    page.get_by_label("Table").check()
    settled(page, "?source=openrouter-rankings&by=model&view=table")
    assert page.locator("h1").inner_text() == heading
    page.go_back()
    page.go_back()
    settled(page, "?source=openrouter-rankings")


@pytest.mark.browser
def test_what_cannot_be_read_is_told_in_place_and_is_a_step_too(
    page: Page, watched: WatchedPages
) -> None:
    refusals: list[str] = []
    page.on("console", lambda message: refusals.append(message.text))
    page.goto("/trends?by=developer&view=table")
    page.get_by_text("Months, events, filters and vintage").click()
    page.get_by_label("Only these developers").fill("deepsek")
    page.get_by_label("Only these developers").press("Enter")
    expect(page.get_by_text("Did you mean “deepseek”?")).to_be_visible()
    expect(page.locator(".chips li")).to_have_text(["deepsek×"])
    page.get_by_role("link", name="Leave that out").click()
    expect(page.locator("h1")).to_contain_text("DeepSeek’s open models")
    # Each refusal is heard twice, of the script and of the page that it then goes to: what is said
    # of the last may come after the page shows it.
    with page.expect_console_message(lambda _: len(refusals) == 4):
        page.go_back()
    expect(page.get_by_text("Did you mean “deepseek”?")).to_be_visible()
    expect(page.locator(".chips li")).to_have_text(["deepsek×"])
    watched.excuse("400")


@pytest.mark.browser
def test_where_the_network_fails_the_browser_goes_there_itself(
    page: Page, watched: WatchedPages
) -> None:
    page.goto("/trends?source=openrouter-rankings&view=table")
    page.route("**/trends/ask?*", lambda route: route.abort(), times=1)
    page.get_by_label("Grouped by").select_option("model")
    page.wait_for_url("**/trends?source=openrouter-rankings&by=model&view=table")
    expect(page.get_by_label("Grouped by")).to_have_value("model")
    watched.excuse("ERR_FAILED")


@pytest.mark.browser
def test_events_are_changed_in_place_and_focus_stays_on_the_link(page: Page) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    page.get_by_role("link", name="all", exact=True).focus()
    page.keyboard.press("Enter")
    settled(page, "?events=all")
    expect(page.locator(".badge")).to_have_count(25)
    expect(page.get_by_role("link", name="all", exact=True)).to_be_focused()
    expect(page.get_by_label("Events on the chart").locator("visible=true").last).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query", ["", "source=state-of-ai-study&home=base", "view=stack&openness=all&by=model"]
)
def test_axe_finds_nothing_wrong_with_the_explorer(
    watched: WatchedPages, server: str, scheme: str, query: str
) -> None:
    page = watched.open(server, viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(f"/trends?{query}")
    wait_until_drawn(page)
    page.get_by_text("Embed this chart").click()
    axe_results = Axe().run(page)
    assert axe_results.violations_count == 0, axe_results.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("query", ["source=state-of-ai-study&home=base", "top=3&openness=all"])
def test_the_opened_form_is_no_wider_than_a_small_screen(
    watched: WatchedPages, server: str, width: int, query: str
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    page.goto(f"/trends?{query}")
    wait_until_drawn(page)
    expect(page.get_by_label("Whose home counts")).to_be_visible()
    page.get_by_text("Embed this chart").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_at_four_times_the_size_nothing_has_to_be_scrolled_sideways(
    watched: WatchedPages, server: str
) -> None:
    page = watched.open(server, viewport={"width": 320, "height": 256}, device_scale_factor=4)
    page.goto("/trends?home=base&events=all")
    wait_until_drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Counting").select_option("all")
    settled(page, "?source=openrouter-rankings&openness=all&home=base&events=all")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_an_instant_is_shown_whole_in_its_field(
    watched: WatchedPages, server: str, width: int
) -> None:
    instant = f"{datetime.now(UTC) - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S.%f}Z"
    page = watched.open(server, viewport={"width": width, "height": 900})
    page.goto(f"/trends?as_of={instant}")
    field = page.get_by_label("As known on")
    expect(field).to_have_value(instant)
    assert field.evaluate("(field) => field.scrollWidth <= field.clientWidth")
