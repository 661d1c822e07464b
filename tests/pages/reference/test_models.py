"""`/models/{slug}`, and developers and models by base and at a vintage."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE, MODEL_TYPE
from app.database.session import Database
from app.database.tables import Developer
from tests.builders import NOVEMBER, publish_file
from tests.looking import links, vintages, words
from tests.pages.reference.builders import CHIMERA, TNG, correct, headline, names

BEFORE = "as_of=2020-01-01"


def test_counting_by_base_model_is_offered_and_says_what_it_changes(client: TestClient) -> None:
    assert f"{TNG}?home=base" in links(client, TNG)
    expected = "of its 0.35 % in February 2026 this counts elsewhere: 0.35 % as Chinese."
    assert f"Counted by base model, {expected}" in words(client, TNG)


def test_counted_by_base_model_its_share_is_chinese(client: TestClient) -> None:
    headline_text = headline(client, f"{TNG}?home=base")
    assert headline_text.startswith(
        "TNG Technology Consulting, by base model: Chinese open models rose"
    )
    assert TNG in links(client, f"{TNG}?home=base")
    assert "home of each model’s base" in words(client, f"{TNG}?home=base")


def test_a_base_from_the_same_home_moves_nothing(client: TestClient) -> None:
    shown = words(client, "/models/deepseek/deepseek-r1-0528-qwen3-8b")
    assert re.search(r"Counted by base model, nothing of its [\d.<]+ % in \w+ \d+ counts", shown)


def test_without_a_known_base_nothing_is_offered(client: TestClient) -> None:
    assert "home=base" not in client.get("/developers/anthropic").text


def test_a_model_tells_developer_openness_base_and_evidence(client: TestClient) -> None:
    shown = words(client, CHIMERA)
    assert "Developer TNG Technology Consulting, European" in shown
    assert "Openness open Released July 2025 Built on a model of DeepSeek, Chinese" in shown
    assert "Evidence release month from curator knowledge; merge of DeepSeek models" in shown
    assert {TNG, "/developers/deepseek", f"{CHIMERA}?home=base"} <= set(links(client, CHIMERA))


def test_a_model_without_figures_has_a_page(own_client: TestClient, filled_db: Database) -> None:
    with filled_db.writing() as session:
        cells = {"model": "acme/one", "name": "One", "developer": "deepseek", "openness": "open"}
        edit_entry(session, MODEL_TYPE, cells, by="ada", reason="")
    assert "names no line of this model" in words(own_client, "/models/acme/one")


@pytest.mark.parametrize("address", ["/developers/Deepseak", "/models/deepseek/deepseek-r2.5"])
def test_an_unknown_name_leads_to_the_nearest_in_words_for_people(
    client: TestClient, address: str
) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "Did you mean “deepseek" in words(client, address, 404)


def test_a_name_leads_to_its_short_name(client: TestClient) -> None:
    assert "Did you mean “meta-llama”?" in words(client, "/developers/Meta (Llama)", 404)


@pytest.mark.parametrize("address", ["/developers/deepseek", CHIMERA])
def test_before_the_catalogue_knew_it_there_is_no_page(client: TestClient, address: str) -> None:
    assert "There is no" in words(client, f"{address}?{BEFORE}", 404)


def test_a_corrected_entry_reads_at_its_vintage_as_it_did_then(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_file(filled_db, NOVEMBER)
    with filled_db.reading() as session:
        now = session.scalar(select(Developer.slug).where(Developer.slug == "tngtech"))
    assert now
    vintage = vintages(own_client)[0]
    correct(filled_db, DEVELOPER_TYPE, "tngtech", name="TNG", origin="other")
    release = {"release_month": "2024-01", "base_developer": "qwen"}
    correct(filled_db, MODEL_TYPE, "tngtech/deepseek-r1t2-chimera", **release)
    assert "Origin Other" in words(own_client, TNG)
    assert "Released January 2024 Built on a model of Alibaba" in words(own_client, CHIMERA)
    then = words(own_client, f"{TNG}?as_of={vintage}")
    assert "TNG Technology Consulting’s open models" in then
    assert "Origin European" in then
    assert "Released July 2025 Built on a model of DeepSeek" in words(
        own_client, f"{CHIMERA}?as_of={vintage}"
    )
    assert "tngtech" in names(own_client, f"/developers?as_of={vintage}&origin=european")


def test_links_keep_the_vintage(client: TestClient) -> None:
    vintage = "as_of=2999-01-01"
    assert client.get(f"{TNG}?{vintage}").status_code == 400
    (pinned,) = set(vintages(client))
    addresses = links(client, f"{TNG}?as_of={pinned}")
    for start in ("/models/", "/uploads/behind", "/trends", f"{TNG}?home"):
        assert all("as_of=" in item for item in addresses if item.startswith(start))


def test_a_models_own_name_without_its_developer_leads_to_it(client: TestClient) -> None:
    html = client.get("/models/deepseek-v4-flash").text
    assert "Did you mean “deepseek/deepseek-v4-flash" in html
