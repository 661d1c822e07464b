"""`/search` and `/api/v1/search`: any name finds its entry."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from tests.browser import WatchedPages
from tests.builders import text_of
from tests.looking import links
from tests.markup import select_one


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("阿里巴巴", "/companies/alibaba"),
        ("通义千问", "/developers/qwen"),
        ("deepseek-ai", "/developers/deepseek"),
        ("kimi k2", "/models/moonshotai/kimi-k2"),
        ("openrouter", "/sources/openrouter-rankings"),
        ("qwne", "/developers/qwen"),
    ],
)
def test_any_name_leads_to_the_page_of_its_entry(
    client: TestClient, text: str, address: str
) -> None:
    assert address in links(client, f"/search?q={text}")
    pages = [row["page"] for row in client.get(f"/api/v1/search?q={text}").json()["data"]]
    assert f"http://testserver{address}" in pages


def test_every_page_that_was_found_is_there(client: TestClient) -> None:
    found = [
        address
        for address in links(client, "/search?q=alibaba")
        if address.startswith(("/companies/", "/developers/", "/models/"))
    ]
    assert found
    assert {client.get(address).status_code for address in found} == {200}


def test_a_hit_says_which_of_its_names_was_found(client: TestClient) -> None:
    shown = text_of(client.get("/search?q=通义千问"))
    assert "1 found for “通义千问”" in shown
    assert "Alibaba Qwen Developer 通义千问 in Chinese" in shown
    answer = client.get("/api/v1/search?q=通义千问").json()
    (row,) = answer["data"]
    assert (row["type"], row["slug"], row["match_kind"]) == ("developer", "qwen", "chinese-name")
    assert answer["links"]["page"].endswith("/search?q=%E9%80%9A%E4%B9%89%E5%8D%83%E9%97%AE")


def test_an_empty_search_says_what_can_be_found(client: TestClient) -> None:
    response = client.get("/search?q=")
    assert response.status_code == 200
    assert "Type a name or its beginning" in text_of(response)
    assert client.get("/api/v1/search").json()["data"] == []


def test_nothing_found_is_said(client: TestClient) -> None:
    assert "Nothing is called “zzzzzzzz”" in text_of(client.get("/search?q=zzzzzzzz"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=" + "x" * 101, "q"),
        ("q=a%00b", "q"),
        ("q=a&q=b", "q"),
        ("q=a&type=planet", "type"),
        ("q=a&limit=51", "limit"),
        ("q=a&limit=0", "limit"),
        ("query=a", "query"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_by_name(
    client: TestClient, query: str, field: str
) -> None:
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    assert [problem["field"] for problem in response.json()["errors"]] == [field]
    page = client.get(f"/search?{query}")
    assert page.status_code == 400
    assert select_one(page.text, "form.finding input#find")


def test_types_and_limit_narrow_it(client: TestClient) -> None:
    rows = client.get("/api/v1/search?q=qwen&type=model&limit=3").json()["data"]
    assert [row["type"] for row in rows] == ["model"] * 3
    held = client.get("/api/v1/search?q=qwen")
    again = client.get("/api/v1/search?q=qwen", headers={"If-None-Match": held.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.browser
def test_the_box_in_the_header_searches(page: Page) -> None:
    page.goto("/methods")
    page.get_by_role("searchbox").fill("月之暗面")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("h1")).to_contain_text("found for “月之暗面”")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900})
    page.goto("/search?q=qwen")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
