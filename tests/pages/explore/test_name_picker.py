"""Names in the explorer's form: suggested while they are typed, chosen as chips, or plain text."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import WatchedPages
from tests.pages.explore.builders import settled

DEVELOPERS = "Only these developers"
SOURCE = "?source=openrouter-rankings"


def opened(page: Page, query: str = "") -> Page:
    page.goto(f"/trends{SOURCE}{query}")
    summary = page.get_by_text("Months, events, filters and vintage")
    if not page.get_by_label("Whose home counts").is_visible():
        summary.click()
    return page


def options(page: Page) -> Locator:
    """The suggestions; the options of selects have the same role."""
    return page.locator(".options [role=option]")


@pytest.mark.browser
def test_a_name_in_any_script_is_suggested_and_chosen_with_the_keyboard(page: Page) -> None:
    box = opened(page).get_by_role("combobox", name=DEVELOPERS)
    box.fill("通义千")
    expect(options(page)).to_have_text(["Alibaba Qwen 通义千问"])
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options(page)).to_have_attribute("aria-selected", "true")
    active = options(page).get_attribute("id")
    expect(box).to_have_attribute("aria-activedescendant", str(active))
    box.press("Enter")
    settled(page, f"{SOURCE}&developer=qwen")
    expect(page.locator(".chips li")).to_have_text(["Alibaba Qwen×"])
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")


@pytest.mark.browser
def test_a_company_stands_for_all_its_developers(page: Page) -> None:
    box = opened(page).get_by_role("combobox", name=DEVELOPERS)
    box.fill("阿里巴巴")
    options(page).filter(has_text="all its developers").click()
    settled(page, f"{SOURCE}&developer=alibaba,qwen")
    expect(page.locator(".chips li")).to_have_text(["Alibaba (Tongyi Lab)×", "Alibaba Qwen×"])


@pytest.mark.browser
def test_a_chip_is_taken_away_by_its_button_or_by_backspace(page: Page) -> None:
    box = opened(page, "&developer=qwen,deepseek").get_by_role("combobox", name=DEVELOPERS)
    page.get_by_role("button", name="Remove Alibaba Qwen").click()
    settled(page, f"{SOURCE}&developer=deepseek")
    expect(box).to_be_focused()
    box.press("Backspace")
    settled(page, SOURCE)
    expect(page.locator(".chips li")).to_have_count(0)


@pytest.mark.browser
def test_what_is_typed_and_not_chosen_is_asked_as_it_is(page: Page) -> None:
    box = opened(page).get_by_role("combobox", name="Only these models")
    box.fill("DeepSeek R1")
    box.press("Enter")
    settled(page, f"{SOURCE}&model=deepseek/deepseek-r1")


@pytest.mark.browser
def test_escape_closes_the_suggestions_and_keeps_what_is_typed(page: Page) -> None:
    box = opened(page).get_by_role("combobox", name=DEVELOPERS)
    box.fill("deep")
    expect(options(page).first).to_be_visible()
    box.press("Escape")
    expect(options(page).first).to_be_hidden()
    expect(box).to_have_value("deep")


@pytest.mark.browser
def test_chips_follow_back_and_forward(page: Page) -> None:
    opened(page, "&developer=qwen")
    page.get_by_role("button", name="Remove Alibaba Qwen").click()
    settled(page, SOURCE)
    page.go_back()
    settled(page, f"{SOURCE}&developer=qwen")
    expect(page.locator(".chips li")).to_have_text(["Alibaba Qwen×"])


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_while_suggestions_are_shown(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900})
    box = opened(page, "&developer=qwen").get_by_role("combobox", name=DEVELOPERS)
    box.fill("al")
    expect(options(page).first).to_be_visible()
    box.press("ArrowDown")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []


@pytest.mark.browser
def test_without_scripts_it_is_a_field_of_text_by_comma(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = opened(context.new_page())
    page.get_by_label(DEVELOPERS).fill("通义千问, deepseek")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/trends.*&developer=qwen,deepseek$"))
    context.close()
