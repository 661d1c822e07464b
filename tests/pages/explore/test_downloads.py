"""`/trends.svg`, `.png`, `.csv`, `.json`, the previews of links, and the picture in the page."""

import json
import re
import struct
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient

from tests.markup import attributes, links_named, select, select_one
from tests.pages.explore.builders import NBSP

QUERIES = (
    "",
    "by=developer&top=3&from=2025-06",
    "view=stack&by=openness&openness=all",
    "source=openrouter-rankings,huggingface-spring-2026",
    "from=2025-08&to=2025-08",
)
TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def words_of_svg(text: str) -> str:
    return " ".join(ET.fromstring(text).itertext())


def size(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", content[16:24])


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(("ending", "kind"), TYPES.items())
def test_every_file_answers_the_question_of_the_page(
    client: TestClient, ending: str, kind: str, query: str
) -> None:
    response = client.get(f"/trends.{ending}?{query}")
    assert response.status_code == 200
    assert response.headers["content-type"] == kind
    name = response.headers["content-disposition"].partition("=")[2].strip('"')
    assert re.fullmatch(
        r"open-model-share_openrouter-rankings[a-z0-9+-]*_by-[a-z]+"
        rf"_\d{{4}}-\d\d-\d\dT\d{{4}}Z\.{ending}",
        name,
    )


def test_the_svg_has_headline_source_line_vintage_and_events(client: TestClient) -> None:
    text = words_of_svg(client.get("/trends.svg").text).replace(NBSP, " ")
    assert "Chinese open models rose from 6.0 % of all tokens counted by OpenRouter" in text
    assert "Source: OpenRouter (openrouter.ai/rankings), as of" in text
    assert "Licensed under CC BY 4.0." in text
    assert "as known on" in text
    assert "1 · 20 January 2025:" in text


def test_the_svg_shows_what_was_known_then(client: TestClient) -> None:
    page = client.get("/trends?by=model").text
    (pinned,) = links_named(page, "Link that stays")
    path, _, query = pinned.partition("?")
    assert path.endswith("/trends")
    response = client.get(f"/trends.svg?{query}")
    assert response.status_code == 200
    assert "as known on" in response.text


def test_the_json_is_the_figure_of_the_page(client: TestClient) -> None:
    query = "by=developer&top=3"
    page = client.get(f"/trends?{query}").text
    embedded = select_one(page, 'script[type="application/json"]')
    assert client.get(f"/trends.json?{query}").json() == json.loads(embedded.get_text())


def test_a_table_is_drawn_as_lines(client: TestClient) -> None:
    for ending in ("svg", "json", "png"):
        table = client.get(f"/trends.{ending}?view=table&by=developer")
        assert table.content == client.get(f"/trends.{ending}?by=developer").content


@pytest.mark.parametrize("query", [*QUERIES, "bom=1", "by=model&bom=1"])
def test_the_csv_is_that_of_the_api(client: TestClient, query: str) -> None:
    ours, theirs = (client.get(f"{path}?{query}") for path in ("/trends.csv", "/api/v1/shares.csv"))
    assert ours.content == theirs.content
    assert ours.headers["content-type"] == theirs.headers["content-type"]
    assert ours.content.removeprefix(b"\xef\xbb\xbf").startswith(b"source,month,group,label,")


def test_the_png_is_as_large_as_previews_want_it(client: TestClient) -> None:
    assert size(client.get("/trends.png").content) == (1200, 630)


@pytest.mark.parametrize(("width", "height"), [(200, 105), (600, 315), (2400, 1260)])
def test_a_width_scales_the_png(client: TestClient, width: int, height: int) -> None:
    assert size(client.get(f"/trends.png?width={width}").content) == (width, height)


@pytest.mark.parametrize(
    "query", ["width=2401", "width=199", "width=0", "width=-1", "width=12e2", "width=", "width=٣٠٠",
              "width=600&width=600", "width=99999999999999999999"],
)  # fmt: skip
def test_another_width_is_refused_by_name(client: TestClient, query: str) -> None:
    response = client.get(f"/trends.png?{query}")
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    (problem,) = response.json()["errors"]
    assert problem["field"] == "width"
    assert "200 to 2400" in problem["expected"]


def test_only_the_png_has_a_width(client: TestClient) -> None:
    for address in ("/trends.svg?width=600", "/trends.json?width=600", "/trends?width=600"):
        assert client.get(address).status_code == 400


@pytest.mark.parametrize("ending", TYPES)
def test_what_cannot_be_answered_is_told_to_programs(client: TestClient, ending: str) -> None:
    for query, status in (("bye=model", 400), ("from=2020-01&to=2020-02", 404)):
        response = client.get(f"/trends.{ending}?{query}")
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"


def test_before_the_first_upload_there_is_no_picture(empty_client: TestClient) -> None:
    assert empty_client.get("/trends.png").status_code == 404


def test_the_page_leads_to_its_pictures(client: TestClient) -> None:
    links = attributes(client.get("/trends?by=developer&top=3").text, "[href]", "href")
    for ending in ("svg", "png"):
        assert f"/trends.{ending}?by=developer&top=3" in links


# --- previews of links


def tags(page: str) -> dict[str, str]:
    return {
        str(meta.get("property") or meta["name"]): str(meta["content"])
        for meta in select(page, "meta[property], meta[name]")
    }


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "/trends.png"),
        ("/?by=developer&top=3", "/trends.png?by=developer&top=3"),
        ("/?view=stack", "/trends.png"),
        ("/trends?view=stack&by=model", "/trends.png?by=model&view=stack"),
        ("/trends?view=table", "/trends.png?view=table"),
    ],
)
def test_a_link_is_shown_with_the_picture_of_its_view(
    client: TestClient, address: str, path: str
) -> None:
    page = client.get(address).text
    meta_tags = tags(page)
    picture, asked = urlsplit(meta_tags["og:image"]), urlsplit(path)
    asking = dict(parse_qsl(picture.query))
    # It names what it shows, so that none that others keep stands under a later finding.
    assert asking.pop("as_of") == client.get("/api/v1/shares").json()["meta"]["as_of"]
    assert (picture.path, asking) == (asked.path, dict(parse_qsl(asked.query)))
    assert size(client.get(meta_tags["og:image"]).content) == (
        int(meta_tags["og:image:width"]),
        int(meta_tags["og:image:height"]),
    )
    basis = select_one(page, "h1 > small").get_text()
    headline = select_one(page, "h1").get_text().removesuffix(f" {basis}")
    assert meta_tags["og:title"] == headline
    # On the overview the month that runs stands in a sentence of its own; the link has it beside.
    source, _, vintage = basis.partition("; ")
    assert meta_tags["og:description"].startswith(source)
    assert meta_tags["og:description"].endswith(f"{vintage}.")
    assert (
        "; so far in October\xa02026, provisional (9 of 31 days covered)"
        in (meta_tags["og:description"])
    )
    assert meta_tags["twitter:card"] == "summary_large_image"


def test_a_page_without_an_answer_promises_no_picture(
    client: TestClient, empty_client: TestClient
) -> None:
    assert "og:image" not in client.get("/trends?from=2020-01&to=2020-02").text
    assert "og:image" not in empty_client.get("/").text
