"""Any name in an address: pages lead to the address with slugs, the API answers at once."""

import pytest
from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE
from app.database.session import Database
from tests.ageing import make_older
from tests.builders import text_of
from tests.markup import attributes


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/trends?developer=通义千问", "/trends?developer=qwen"),
        ("/trends?view=stack&developer=Alibaba", "/trends?view=stack&developer=alibaba,qwen"),
        ("/trends?company=阿里巴巴&by=model", "/trends?company=alibaba&by=model"),
        ("/trends.svg?developer=Qwen", "/trends.svg?developer=qwen"),
        ("/embed/trends?model=DeepSeek R1", "/embed/trends?model=deepseek/deepseek-r1"),
    ],
)
def test_a_page_leads_from_a_name_to_the_address_with_its_slug(
    client: TestClient, asked: str, canonical: str
) -> None:
    response = client.get(asked)
    assert (response.status_code, response.headers["location"]) == (307, canonical)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    ["/trends?developer=qwen", "/trends?developer=deepseek,%20qwen", "/trends?by=company"],
)
def test_an_address_of_slugs_leads_nowhere_else(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 200


def test_the_form_takes_names_too(client: TestClient) -> None:
    response = client.get("/trends/ask?view=lines&developer=通义千问&model=")
    assert (response.status_code, response.headers["location"]) == (303, "/trends?developer=qwen")


def test_the_api_answers_a_name_with_slugs_in_its_links(client: TestClient) -> None:
    response = client.get("/api/v1/shares?developer=阿里巴巴&by=developer")
    assert response.status_code == 200
    assert {row["group"] for row in response.json()["data"]} == {"qwen", "alibaba"}
    assert "developer=alibaba,qwen" in response.json()["links"]["self"]
    assert "developer=alibaba,qwen" in response.json()["links"]["page"]


def test_the_developer_alibaba_says_what_else_the_name_means(client: TestClient) -> None:
    page = client.get("/trends?developer=alibaba")
    note = "Alibaba is also a company with the developers Alibaba (Tongyi Lab) and Alibaba Qwen"
    assert note in text_of(page)
    assert "/trends?company=alibaba" in attributes(page.text, "#finding a", "href")
    notes = client.get("/api/v1/shares?developer=alibaba").json()["meta"]["notes"]
    assert any(note in told for told in notes)


def test_a_name_that_nobody_has_suggests_a_developer(client: TestClient) -> None:
    page = client.get("/trends?developer=Qwne")
    assert page.status_code == 400
    assert "Did you mean “qwen”?" in text_of(page)


def test_a_pinned_answer_to_a_name_is_not_kept_for_ever(
    filled_db: Database, own_client: TestClient
) -> None:
    # Tomorrow the name may be another developer's; a slug stays.
    make_older(filled_db)
    vintage = own_client.get("/api/v1/shares").json()["meta"]["as_of"]
    for name, lasting in (("qwen", True), ("通义千问", False)):
        answer = own_client.get(f"/api/v1/shares?as_of={vintage}&developer={name}")
        assert answer.status_code == 200
        assert ("immutable" in answer.headers["cache-control"]) is lasting


def test_a_name_on_hugging_face_takes_no_name_from_another_entry(
    own_client: TestClient, filled_db: Database
) -> None:
    address = "/api/v1/shares?openness=all&developer=通义千问"
    before = own_client.get(address).json()["data"]
    with filled_db.writing() as session:
        cells = {
            "developer": "dupa", "name": "Dupa", "country": "CN", "origin": "chinese",
            "huggingface_org": "通义千问",
        }  # fmt: skip
        edit_entry(session, DEVELOPER_TYPE, cells, by="ada", reason="")
    after = own_client.get(address)
    assert after.status_code == 200
    assert [row["share_pct"] for row in after.json()["data"]] == [
        row["share_pct"] for row in before
    ]
