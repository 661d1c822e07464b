"""What several tests of charts and cards read of a page."""

import re

from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from tests.markup import select, select_one, text_of

NBSP = "\N{NO-BREAK SPACE}"


def html_of(client: TestClient, address: str = "/") -> str:
    """A page with plain and single spaces."""
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text.replace("\N{NO-BREAK SPACE}", " "))


def settled(page: Page, query: str) -> None:
    page.wait_for_url(f"**/trends{query}")
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")


def ways(text: str) -> dict[str, str]:
    """Label to address of the links out of a page without an answer."""
    links = select_one(text, "#answer ~ p.links, #answer p.links").select("a")
    return {text_of(link): str(link["href"]) for link in links}


def offered(text: str) -> dict[str, str]:
    """The codes that the explorer offers, by the id of their field."""
    return {
        str(area["id"]).removeprefix("embed-"): area.get_text().removeprefix("\n")
        for area in select(text, 'textarea[id^="embed-"]')
    }
