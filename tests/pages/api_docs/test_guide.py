"""`/api`: the API for people. Its examples are run as they stand there."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from html import unescape

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from app.database.session import Database
from app.domain.questions.parameters import PARAMETERS
from app.main import create_app
from tests.browser import WatchedPages
from tests.looking import faults, links, too_wide, words
from tests.markup import attributes, links_named, parse, select_one, texts, words_of

LANGUAGES = ("curl", "python", "r", "javascript")
QUERY = "source=openrouter-rankings&by=origin&from=2025-01"


def program(html: str, name: str) -> str:
    """The text of a <pre>, as somebody would copy it."""
    return select_one(html, f"pre.program#{name} > code").get_text()


@pytest.fixture
def examples(client: TestClient) -> dict[str, str]:
    """The examples, and what they would ask for."""
    html = client.get("/api").text
    return {language: program(html, f"example-{language}") for language in LANGUAGES}


def copied(page: Page, language: str) -> str:
    page.goto("/api")
    return page.locator(f"#example-{language}").inner_text()


def address_in(text: str) -> str:
    match = re.search(r'https?://[^"]+', text)
    assert match
    return match[0]


# --- the examples


def test_all_examples_ask_the_same_question_of_this_site(examples: dict[str, str]) -> None:
    addresses = {address_in(text).replace(".csv?", "?") for text in examples.values()}
    assert addresses == {f"http://testserver/api/v1/shares?{QUERY}"}


def rows_of(client: TestClient) -> list[dict[str, str]]:
    text = client.get(f"/api/v1/shares.csv?{QUERY}").text
    return list(csv.DictReader(io.StringIO(text)))


def ran(*command: str) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def served(server: str, examples: dict[str, str], language: str) -> str:
    return examples[language].replace("http://testserver", server)


def test_curl_brings_the_rows(client: TestClient, server: str, examples: dict[str, str]) -> None:
    if shutil.which("curl") is None:
        pytest.skip("NO CURL FOUND: ITS EXAMPLE DOES NOT RUN")
    out = ran("sh", "-c", served(server, examples, "curl"))
    # Each server writes its own address before the path of a citation.
    here = out.replace(server, "http://testserver")
    assert list(csv.DictReader(io.StringIO(here))) == rows_of(client)


def test_pandas_makes_a_table_of_months_and_groups(server: str, examples: dict[str, str]) -> None:
    out = ran(sys.executable, "-c", served(server, examples, "python"))
    assert re.search(r"^group +chinese ", out, re.MULTILINE)
    assert re.search(r"^2025-08 +28\.7738 ", out, re.MULTILINE)


def test_pandas_reads_numbers_as_numbers_and_missing_as_missing(
    server: str, examples: dict[str, str]
) -> None:
    shares = "shares.share_pct"
    look = f"print({shares}.dtype, {shares}.isna().sum(), ({shares} == 0).sum())"
    out = ran(sys.executable, "-c", f"{served(server, examples, 'python')}\n{look}")
    kind, missing, zero = out.splitlines()[-1].split()
    assert kind == "float64"
    assert int(missing) > 0
    assert zero == "0"


def test_pandas_tells_the_change_on_the_year_in_percentage_points(
    client: TestClient, server: str
) -> None:
    text = program(client.get("/api").text, "example-python-year-on-year")
    out = ran(sys.executable, "-c", text.replace("http://testserver", server))
    shares = {(row["month"], row["group"]): row["share_pct"] for row in rows_of(client)}
    change = float(shares["2026-08", "chinese"]) - float(shares["2025-08", "chinese"])
    (line,) = [line for line in out.splitlines() if line.startswith("2026-08 ")]
    assert float(line.split()[1]) == pytest.approx(change, abs=0.051)
    assert "2025-12" not in out  # before its second year a source has no year to compare with


def test_the_examples_stand_before_the_first_upload(empty_client: TestClient) -> None:
    html = empty_client.get("/api").text
    assert "source=&" not in unescape(html)


def test_r_makes_a_table_of_months_and_groups(server: str, examples: dict[str, str]) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("NO RSCRIPT FOUND: ONLY THE ADDRESS OF ITS EXAMPLE IS CHECKED")
    out = ran("Rscript", "-e", served(server, examples, "r"))
    assert re.search(r"^ *2025-08 +28\.7738 ", out, re.MULTILINE)


@pytest.mark.browser
def test_javascript_tells_every_row_and_its_definition(client: TestClient, page: Page) -> None:
    text = copied(page, "javascript")
    lines_said: list[str] = []
    page.on("console", lambda message: lines_said.append(message.text))
    page.evaluate(f"async () => {{ {text} }}")
    assert "2025-08 chinese 28.7738" in lines_said
    assert "missing" in " ".join(lines_said)
    assert len(lines_said) == len(rows_of(client)) + 1
    assert "as_of=" in lines_said[-1]


@pytest.mark.browser
def test_an_example_is_copied_by_its_button(watched: WatchedPages, server: str) -> None:
    page = watched.open(server)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = copied(page, "python")
    page.locator("copy-code", has=page.locator("#example-python")).get_by_role("button").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text


# --- what it tells


def test_every_parameter_of_the_question_stands_in_the_table(client: TestClient) -> None:
    table = str(select_one(client.get("/api").text, "table.words.parameters"))
    rows = texts(table, 'th[scope="row"] > code')
    assert rows == [item.name for item in PARAMETERS]
    text = words_of(parse(table))
    assert all(item.meaning in text for item in PARAMETERS)
    assert "origin, openness, company, developer, model origin" in text


def test_the_problem_document_is_the_one_that_is_answered(client: TestClient) -> None:
    html = client.get("/api").text
    shown = json.loads(program(html, "problem"))
    response = client.get("/api/v1/shares?by=origins")
    assert response.status_code == 400
    assert shown == response.json()
    assert shown["errors"][0]["suggestion"] == "origin"


def test_every_link_of_it_leads_somewhere(client: TestClient) -> None:
    match = [address for address in links(client, "/api") if not address.startswith("#")]
    assert {"/docs", "/openapi.json", "/llms.txt", "/datapackage.json", "/dataset.jsonld"} <= set(
        match
    )
    for address in dict.fromkeys(item.partition("#")[0] for item in match):
        assert client.get(address).status_code == 200, address


def test_links_inside_it_and_into_the_reference_lead_to_anchors_there_are(
    client: TestClient,
) -> None:
    html, docs = client.get("/api").text, client.get("/docs").text
    anchors, anchors_of_docs = (
        {f"#{name}" for name in attributes(page, "[id]", "id")} for page in (html, docs)
    )
    into_docs = attributes(html, '[href^="/docs#"]', "href")
    assert set(attributes(html, '[href^="#"]', "href")) <= anchors
    assert {link.removeprefix("/docs") for link in into_docs} <= anchors_of_docs


@pytest.mark.parametrize(
    "promised",
    [
        "What may be added",
        "What never changes",
        "Deprecation header",
        "Sunset header",
        "at least twelve months before",
        "The bytes of a pinned answer.",
    ],
)
def test_the_promise_of_version_1_is_written_down(client: TestClient, promised: str) -> None:
    assert promised in words(client, "/api")


def test_the_citation_is_that_of_the_latest_figure_with_its_link(client: TestClient) -> None:
    shown = words(client, "/api")
    assert "of all tokens (public traffic routed through OpenRouter) in September 2026" in shown
    assert "Licensed under CC BY 4.0." in shown
    assert "as_of=" in shown


@pytest.mark.parametrize(
    "text",
    [
        "style: form, explode: false",
        "a minute (2026-11-25T05:57Z) the end of that minute",
        "Any other Accept gets JSON",
        "bom=1 on a CSV",
        "Months outside the first and last with figures",
        "The links inside it are absolute: the same bytes means at one host.",
        "There is no licence of the whole.",
    ],
)
def test_what_newcomers_asked_is_told(client: TestClient, text: str) -> None:
    assert text in words(client, "/api")


def test_months_without_figures_at_both_ends_are_no_rows(client: TestClient) -> None:
    query = "source=openrouter-rankings&from=2020-01&to=2026-11"
    answer = client.get(f"/api/v1/shares?{query}").json()
    assert (answer["meta"]["from"], answer["meta"]["to"]) == ("2025-01", "2026-10")


def test_the_limit_in_force_is_told_as_its_headers_say_it(
    client: TestClient, read_only_database_url: str
) -> None:
    assert "sets no limit to requests" in words(client, "/api")
    with TestClient(create_app(Database(read_only_database_url), reads_per_minute=90)) as limited:
        text = words(limited, "/api")
        policy = limited.get("/api/v1/origins").headers["ratelimit-policy"]
    assert "90 reads a minute from each address" in text
    assert f"RateLimit-Policy: {policy}" in text


@pytest.mark.parametrize("address", ["/api/v1", "/api/v1/"])
def test_the_root_of_the_api_leads_to_it(client: TestClient, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response.headers["location"]) == (303, "/api")


def test_an_address_there_is_not_leads_to_it(client: TestClient) -> None:
    problem = client.get("/api/v1/share").json()
    assert "http://testserver/api tells every address there is." in problem["detail"]
    assert "mistyped" in words(client, "/nothing", 404)


def test_before_the_first_upload_it_stands_without_a_citation(empty_client: TestClient) -> None:
    assert "Once figures are published" in words(empty_client, "/api")


def test_every_page_leads_to_it(client: TestClient) -> None:
    assert "/api" in links_named(client.get("/methods").text, "API")


# --- in the browser


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(watched: WatchedPages, server: str, scheme: str) -> None:
    page = watched.open(server, color_scheme=scheme, bypass_csp=True)
    assert faults(page, ["/api"]) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    assert too_wide(page, ["/api"]) == []
