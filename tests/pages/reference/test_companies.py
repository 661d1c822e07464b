"""`/companies/{slug}`: what its developers come to together, who they are, what it is called."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient

from app.catalogue.entry_types import COMPANY_TYPE
from app.database.session import Database
from tests.browser import WatchedPages
from tests.looking import links, words
from tests.pages.reference.builders import correct


def test_a_company_shows_its_share_with_its_developers_models_and_names(
    client: TestClient,
) -> None:
    shown = words(client, "/companies/alibaba")
    assert "Alibaba’s models rose from" in shown or "Alibaba’s models fell from" in shown
    assert "阿里巴巴" in shown
    found = links(client, "/companies/alibaba")
    assert {"/developers/qwen", "/developers/alibaba"} <= set(found)
    assert "/models/alibaba/tongyi-deepresearch-30b-a3b" in found
    assert "/trends?by=company&openness=all&company=alibaba" in found


def test_a_developer_leads_to_its_company_and_says_its_other_names(client: TestClient) -> None:
    assert {"/companies/alibaba", "/developers/alibaba"} <= set(links(client, "/developers/qwen"))
    assert "通义千问" in words(client, "/developers/qwen")


def test_a_developer_that_stands_for_itself_is_shown_as_one(client: TestClient) -> None:
    response = client.get("/companies/stealth")
    assert (response.status_code, response.headers["location"]) == (303, "/developers/stealth")


def test_an_unknown_company_leads_to_the_nearest_by_any_name(client: TestClient) -> None:
    response = client.get("/companies/阿里巴")
    assert response.status_code == 404
    assert "Did you mean “alibaba”?" in response.text


def test_a_company_keeps_its_name_and_parent_of_a_vintage(
    own_client: TestClient, filled_db: Database
) -> None:
    then = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    correct(filled_db, COMPANY_TYPE, "alibaba", name="Alibaba Group", parent="ant-group")
    assert "/companies/ant-group" in links(own_client, "/companies/alibaba")
    assert "/companies/alibaba" in links(own_client, "/companies/ant-group")
    pinned = f"/companies/alibaba?as_of={then}"
    assert "Alibaba Group" not in words(own_client, pinned)
    assert f"/companies/ant-group?as_of={then}" not in links(own_client, pinned)


def test_before_the_first_vintage_there_was_no_company(client: TestClient) -> None:
    assert client.get("/companies/alibaba?as_of=2020-01-01").status_code == 404


@pytest.mark.parametrize("address", ["/trends?by=company", "/companies"])
def test_shares_by_company_lead_to_their_pages(client: TestClient, address: str) -> None:
    if address == "/companies":
        address = client.get(address).headers["location"]
    assert "/companies/deepseek" in links(client, address)


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/companies/alibaba", "/models"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    watched: WatchedPages, server: str, path: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
