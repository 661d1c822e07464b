"""`/docs`: the reference, drawn on the server from the application's own OpenAPI document."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from playwright.sync_api import Page
from pydantic import BaseModel, Field

from app.api.lists.fields import VERSION_EXAMPLE
from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from app.main import create_app
from app.metadata.json_schema import Json, schema_fields
from app.metadata.openapi_examples import example_address, example_value
from app.metadata.openapi_operations import OperationDoc, reference_sections
from tests.browser import WatchedPages
from tests.builders import month_file, store_file
from tests.looking import faults, links, lost_anchors, too_wide, words
from tests.markup import attributes, select, select_one, text_of, words_of
from tests.programs import ANSWER_TIMEOUT_S


@pytest.fixture(scope="module")
def document(client: TestClient) -> Json:
    document = client.get("/openapi.json").json()
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def operations(document: Json) -> list[OperationDoc]:
    return [item for section in reference_sections(document) for item in section.operations]


def article(client: TestClient, anchor: str) -> str:
    html = client.get("/docs").text
    return words_of(select_one(html, f'article[aria-labelledby="{anchor}"]'))


def test_every_operation_of_the_document_is_told_and_listed(
    client: TestClient, document: Json, operations: list[OperationDoc]
) -> None:
    assert len(operations) == sum(len(item) for item in document["paths"].values())
    html = client.get("/docs").text
    ids, anchors = attributes(html, "[id]", "id"), attributes(html, "[href]", "href")
    for operation in operations:
        assert ids.count(operation.anchor) == 1
        assert anchors.count(f"#{operation.anchor}") == 2  # the contents, and itself


def test_links_inside_the_page_lead_to_anchors_there_are(client: TestClient) -> None:
    assert lost_anchors(client, "/docs") == []


def test_a_parameter_says_its_meaning_values_default_and_example(client: TestClient) -> None:
    text = article(client, "read-shares")
    assert "openness text Which models are counted" in text
    assert "One of open, closed, unknown, all. Default: open." in text
    assert (
        "from month First month, YYYY-MM. Left out: the first with data. Example: 2025-01." in text
    )
    assert "top whole number How many developers or models are named" in text
    assert "source list of texts" in text


def test_a_field_says_its_way_type_unit_and_meaning(client: TestClient) -> None:
    text = article(client, "read-shares")
    assert (
        "data[].share_pct number or null, percent Percent of what meta.of says, four decimals"
        in text
    )
    assert text.count("four decimals") == 1  # its unit and places are told once
    assert "the source says nothing" in text
    assert "meta.sources[].licence text" in text
    assert "links.pinned text The same answer for ever" in text


def test_the_columns_of_a_csv_file_are_told(client: TestClient) -> None:
    text = article(client, "read-shares-csv")
    assert "text/csv" in text
    assert "share_pct number or null, percent" in text
    assert "bom text 1" in text
    assert "byte order mark" in text


def test_refusals_are_told_with_the_headers_they_carry(client: TestClient) -> None:
    text = article(client, "read-shares")
    assert "429 Too many requests" in text
    assert "Retry-After" in text


def test_what_needs_a_token_says_so(client: TestClient) -> None:
    assert "For maintainers, with a token" in article(client, "send-upload")
    assert "For maintainers, with a token" not in article(client, "read-shares")
    assert "Takes a token where the answer is for maintainers" in article(client, "read-upload")


def test_the_line_to_copy_holds_what_the_operation_needs(client: TestClient) -> None:
    publish = article(client, "publish-upload")
    assert 'curl -X POST -H "Authorization: Bearer $TOKEN"' in publish
    assert "Content-Type: application/json" in publish
    assert '"version":' in publish
    assert "testserver/api/v1/uploads/3/publish" in publish
    assert "--data-binary @figures.csv" in article(client, "send-upload")


@dataclass
class Reader:
    """Somebody who copies a line of the reference into a shell, and what it says to replace."""

    address: str
    token: str
    folder: Path

    def read(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx2.get(
            f"{self.address}/api/v1/{path}", headers=headers, timeout=ANSWER_TIMEOUT_S
        ).json()

    def copied(self, anchor: str) -> tuple[str, list[str], list[str]]:
        """The line, what it says to replace, and the examples of bodies."""
        html = httpx2.get(f"{self.address}/docs", timeout=ANSWER_TIMEOUT_S).text
        article = select_one(html, f'article[aria-labelledby="{anchor}"]')
        line, *bodies = [code.get_text() for code in article.select("pre.program > code")]
        sentences = [part for part in article.select("p") if "Replace " in part.get_text()]
        placeholders = [text_of(code) for part in sentences[:1] for code in part.select("code")]
        return line, placeholders, bodies

    def ran(self, anchor: str, **replaced: str) -> Any:
        line, placeholders, bodies = self.copied(anchor)
        for name, new in replaced.items():
            assert PLACEHOLDERS[name] in placeholders
            line = re.sub(rf"\b{PLACEHOLDERS[name]}\b", new, line)
        (self.folder / "figures.csv").write_text(bodies[0], encoding="utf-8")
        done = subprocess.run(
            ["sh", "-c", f"{line} --silent --show-error"],
            capture_output=True,
            check=True,
            cwd=self.folder,
            env=os.environ | {"TOKEN": self.token},
        )
        return json.loads(done.stdout)


# As the page writes them: the upload's number stands between slashes, and in no other place.
PLACEHOLDERS = {"version": VERSION_EXAMPLE, "upload": "3"}


@pytest.fixture
def reader(own_server: str, filled_db: Database, tmp_path: Path) -> Reader:
    if shutil.which("curl") is None:
        pytest.skip("NO CURL FOUND: THE LINES OF /docs DO NOT RUN")
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        token = create_token(session, "ada", "job")
    return Reader(own_server, token, tmp_path)


def test_the_line_that_sends_a_file_checks_the_file_that_is_shown(reader: Reader) -> None:
    answer = reader.ran("send-upload")
    (month,) = answer["months"]
    assert (month["source"], month["lines"]) == ("openrouter-rankings", 2)
    assert answer["error_count"] == 0


def test_the_line_that_adds_a_source_adds_it(reader: Reader) -> None:
    added = reader.ran("add-source")
    assert (added["source"], added["metric"]) == ("acme-gateway", "tokens")
    assert "{as_of}" in added["citation"]


def test_the_lines_that_publish_and_withdraw_do_so(reader: Reader, filled_db: Database) -> None:
    upload = str(store_file(filled_db, month_file("30")))
    version = reader.read(f"uploads/{upload}")["version"]
    done = reader.ran("publish-upload", version=version, upload=f"{upload}")
    assert (done["state"], done["id"]) == ("published", int(upload))
    gone = reader.ran("withdraw-upload", version=done["version"], upload=f"{upload}")
    assert (gone["state"], gone["withdrawn_by"]) == ("withdrawn", "ada (token job)")


def test_every_example_of_reading_answers(client: TestClient) -> None:
    opened = [
        address
        for address in links(client, "/docs")
        if address.startswith(("/api/v1/", "/healthz", "/readyz"))
    ]
    assert opened
    for address in opened:
        assert client.get(address).status_code == 200, address


def test_the_example_of_an_answer_has_the_fields_of_a_real_one(
    client: TestClient, document: Json, operations: list[OperationDoc]
) -> None:
    (operation,) = [item for item in operations if item.path == "/api/v1/shares"]
    real = client.get(example_address(operation)).json()
    body = operation.answers[0].bodies[0]
    shown = example_value(document, body.schema)
    assert shown.keys() == real.keys()
    for part in ("meta", "links"):
        assert shown[part].keys() == real[part].keys()
    assert shown["data"][0].keys() == real["data"][0].keys()


class Planet(BaseModel):
    mass: float = Field(
        description="Of the whole planet, <rings> too.", json_schema_extra={"x-unit": "kg"}
    )
    moons: list[str] = Field(description="By name.", examples=[["Io"]])


def test_a_new_operation_appears_by_itself(read_only_database_url: str) -> None:
    router = APIRouter(tags=["planets"])

    @router.get("/api/v1/planets/{planet}")
    def read_planet(planet: str) -> Planet:
        """One planet, `rings` and all."""
        return Planet(mass=1, moons=[planet])

    app = create_app(Database(read_only_database_url))
    app.include_router(router)
    with TestClient(app) as client:
        text = article(client, "read-planet")
        assert "GET /api/v1/planets/{planet}" in text
        assert "One planet, rings and all." in text
        assert "mass number, kg Of the whole planet, <rings> too." in text
        assert "moons list of texts By name. Example: Io." in text
        assert "/api/v1/planets/{planet}" in words(client, "/api")
        assert "/api/v1/planets/{planet}" in client.get("/llms.txt").text


def test_an_object_that_holds_itself_is_told_once() -> None:
    tree = {"type": "object", "properties": {"part": {"$ref": "#/components/schemas/Tree"}}}
    document = {"components": {"schemas": {"Tree": tree}}}
    text = list(schema_fields(document, tree))
    assert len(text) == 2


def test_it_needs_no_script_of_ours_nor_of_others(client: TestClient) -> None:
    html = client.get("/docs").text
    assert select(html, "script") == []
    assert " style=" not in html


# --- in the browser


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(watched: WatchedPages, server: str, scheme: str) -> None:
    page = watched.open(server, color_scheme=scheme, bypass_csp=True)
    assert faults(page, ["/docs"]) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    assert too_wide(page, ["/docs"]) == []


@pytest.mark.browser
def test_the_contents_lead_to_an_operation(page: Page) -> None:
    page.goto("/docs")
    page.get_by_role("navigation", name="Addresses").get_by_text("/api/v1/shares.csv").click()
    heading = page.get_by_role("heading", name="GET /api/v1/shares.csv")
    assert page.url.endswith("#read-shares-csv")
    assert heading.evaluate("node => Math.abs(node.getBoundingClientRect().top) < 100")
