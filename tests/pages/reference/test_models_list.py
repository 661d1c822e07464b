"""`/models`: every model with its latest share, sorted and paged by plain addresses."""

import pytest
from fastapi.testclient import TestClient

from tests.looking import links, words
from tests.markup import parse, select


def rows(client: TestClient, address: str) -> list[list[str]]:
    table = parse(client.get(address).text).select("tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in table]


def test_the_largest_share_of_the_latest_month_stands_first(client: TestClient) -> None:
    listed = rows(client, "/models")
    assert len(listed) == 100
    shares = [float(row[6].split()[0]) for row in listed[:10]]
    assert shares == sorted(shares, reverse=True)
    first = listed[0]
    assert first[3] in ("open", "closed", "unknown")
    assert first[5]


@pytest.mark.parametrize(("sort", "column"), [("name", 0), ("developer", 1)])
def test_it_is_sorted_by_the_column_asked_for(client: TestClient, sort: str, column: int) -> None:
    cells = [row[column].casefold() for row in rows(client, f"/models?sort={sort}")]
    assert cells == sorted(cells)


@pytest.mark.parametrize("sort", ["change", "released", "first"])
def test_every_order_keeps_all_models(client: TestClient, sort: str) -> None:
    listed = words(client, f"/models?sort={sort}")
    assert words(client, "/models").split(" models")[0] in listed


def test_the_pages_hold_every_model_once(client: TestClient) -> None:
    names = []
    address = "/models?sort=name"
    while address:
        names += [link for link in links(client, address) if link.startswith("/models/")]
        following = select(client.get(address).text, "a[rel=next]")
        address = str(following[0]["href"]) if following else ""
    every = client.get("/api/v1/models?limit=1000").json()["data"]
    assert len(names) == len(set(names)) == len(every)


def test_filters_are_those_of_questions_and_take_names(client: TestClient) -> None:
    listed = rows(client, "/models?openness=open&origin=european")
    assert {(row[2], row[3]) for row in listed} == {("European", "open")}
    moved = client.get("/models?company=阿里巴巴&sort=name")
    assert moved.headers["location"] == "/models?company=alibaba&sort=name"
    makers = {row[1] for row in rows(client, moved.headers["location"])}
    assert makers == {"Alibaba Qwen", "Alibaba (Tongyi Lab)"}


@pytest.mark.parametrize(
    ("query", "field"),
    [("sort=size", "sort"), ("page=0", "page"), ("page=x", "page"), ("top=5", "top")],
)
def test_what_cannot_be_asked_of_the_list_is_refused(
    client: TestClient, query: str, field: str
) -> None:
    response = client.get(f"/models?{query}")
    assert response.status_code == 400
    assert field in response.text


def test_a_page_beyond_the_last_is_the_last(client: TestClient) -> None:
    assert client.get("/models?page=9999").status_code == 200


def test_before_the_first_vintage_no_model_was_known(client: TestClient) -> None:
    assert "No model was known then" in words(client, "/models?as_of=2020-01-01")


def test_versions_of_one_model_lead_to_each_other(client: TestClient) -> None:
    old, new = "/models/deepseek/deepseek-r1", "/models/deepseek/deepseek-r1-0528"
    assert new in links(client, old)
    assert old in links(client, new)
    assert "differ from deepseek/deepseek-r1 by a date" in words(client, new)


def test_a_model_says_its_base_and_where_its_weights_are(client: TestClient) -> None:
    shown = words(client, "/models/deepseek/deepseek-r1-0528-qwen3-8b")
    assert "Built on a model of Alibaba Qwen, Chinese: Qwen3 8B Base" in shown
    assert "https://huggingface.co/deepseek-ai/DeepSeek-R1-0528" in links(
        client, "/models/deepseek/deepseek-r1-0528"
    )
