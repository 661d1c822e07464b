"""`/methods`: what the words mean, with numbers from the data; where the bundled data is from."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from app.database.session import Database
from app.database.tables import Developer, Model, Source
from app.ingest.withdraw import withdraw_upload
from app.pages import markdown
from app.pages.markdown import parse_blocks
from tests.browser import WatchedPages
from tests.builders import HOSTILE_NAMES, REVISED, publish_file
from tests.looking import faults, links, lost_anchors, too_wide, vintages, words
from tests.markup import links_named, parse, texts, words_of
from tests.rewriting import rewriting

TERMS = (
    "source origin base openness share of status missing remainder upload snapshot vintage"
    " developer rounding computed bounds not-known cite corrections catalogue"
).split()


@pytest.mark.parametrize("term", TERMS)
def test_every_term_has_an_anchor(client: TestClient, term: str) -> None:
    assert len(texts(client.get("/methods").text, f'[id="{term}"]')) == 1


def test_links_inside_the_page_lead_to_anchors_there_are(client: TestClient) -> None:
    assert lost_anchors(client, "/methods") == []


def test_the_rule_of_origins_is_told(client: TestClient) -> None:
    shown = words(client, "/methods")
    assert "The home of the model’s developer, not of the base model it was built on." in shown
    assert "whatever the licence" in shown


def test_numbers_are_counted_from_the_catalogue(
    own_client: TestClient, filled_db: Database
) -> None:
    with rewriting(filled_db) as session:
        session.execute(update(Developer).values(origin="other"))
        developers, models = (
            session.scalar(select(func.count()).select_from(table)) for table in (Developer, Model)
        )
    shown = words(own_client, "/methods")
    assert f"The catalogue knows {developers}, with {models} models." in shown
    assert f"Chinese 0, US 0, European 0, Other {developers}, Unknown 0." in shown


def test_the_remainder_and_what_adds_up_are_those_of_the_last_settled_month(
    own_client: TestClient, filled_db: Database
) -> None:
    shown = words(own_client, "/methods")
    assert "In September 2026, 12.2 % of all tokens" in shown
    parts = (
        "open models together 64.2 %, closed 23.6 %, openness unknown or not broken down 12.2 %."
    )
    assert f"In September 2026: {parts}" in shown
    publish_file(filled_db, REVISED + b"2026-09,us,closed,30\n")
    shown = words(own_client, "/methods")
    assert "In September 2026, 13.7 % of all tokens counted by OpenRouter are not broken" in shown
    parts = (
        "open models together 56.3 %, closed 30.0 %, openness unknown or not broken down 13.7 %."
    )
    assert f"In September 2026: {parts}" in shown


def test_the_largest_anonymous_models_of_the_latest_month_are_named_at_its_vintage(
    own_client: TestClient, filled_db: Database
) -> None:
    (vintage,) = set(vintages(own_client))
    assert "OpenRouter rankings, October 2026: 19.45 % of" in words(own_client, "/methods")
    lines = (
        "chinese,open,,,60",
        "us,closed,,,20",
        "unknown,unknown,openrouter,openrouter/hunter-alpha,7",
        "unknown,unknown,openrouter,openrouter/cypher-alpha,8.25",
        "unknown,open,,,3",
    )
    head = "month,status,origin,openness,developer,model,share_pct"
    rows = [f"2026-11,provisional,{line}" for line in lines]
    publish_file(filled_db, "\n".join([head, *rows]).encode())
    page = own_client.get("/methods").text
    assert (
        "OpenRouter rankings, November 2026: 18.25 % of all tokens counted by OpenRouter is of"
        " unknown origin, and 1.75 % is not broken down. The largest anonymous models:"
        " cypher-alpha 8.25 % hunter-alpha 7.00 % Lines that name no model 3.00 %"
    ) in words_of(parse(page))
    assert links_named(page, "hunter-alpha") == ["/models/openrouter/hunter-alpha"]
    then = words(own_client, f"/methods?as_of={vintage}")
    assert "OpenRouter rankings, October 2026: " in then
    assert "hunter-alpha 7.00 %" not in then


def test_what_is_not_known_is_said_in_the_words_of_each_source(client: TestClient) -> None:
    shown = words(client, "/methods")
    assert "the fifty largest models of each day" in shown
    assert "Private models and zero-retention traffic are left out at the source." in shown


def test_a_source_without_a_method_is_told_of_by_its_population(
    own_client: TestClient, filled_db: Database
) -> None:
    with rewriting(filled_db) as session:
        session.execute(update(Source).values(population="Only mine", method=""))
    assert words(own_client, "/methods").count("Only mine.") == 9


def test_the_example_of_a_citation_is_the_latest_number_and_its_link_stays(
    client: TestClient,
) -> None:
    shown = words(client, "/methods")
    number = r"Chinese open models: 58\.1 % of all tokens counted by OpenRouter in September 2026"
    line = r"\. OpenRouter rankings, as known on \d+ \w+ \d{4}"
    assert re.search(number + line, shown)
    assert "Licensed under CC BY 4.0." in shown
    (address,) = {item for item in links(client, "/methods") if "as_of=" in item}
    assert "58.1" in client.get(address).text


def test_corrections_are_counted_from_the_record(
    own_client: TestClient, filled_db: Database
) -> None:
    assert "8 uploads have been published so far" in words(own_client, "/methods")
    assert "Of these months 0 were superseded" in words(own_client, "/methods")
    gone = publish_file(filled_db, REVISED.replace(b"50", b"51"))
    publish_file(filled_db, REVISED)
    with filled_db.writing() as session:
        withdraw_upload(session, gone, by="ada", reason="wrong")
    shown = words(own_client, "/methods")
    assert "10 uploads have been published so far" in shown
    assert "Of these months 1 was superseded by later uploads; one upload was withdrawn." in shown
    assert {"/uploads", "/feed.atom", "/methods/bundled-data"} <= set(links(own_client, "/methods"))


def test_at_a_vintage_the_numbers_are_those_of_then(
    own_client: TestClient, filled_db: Database
) -> None:
    (vintage,) = set(vintages(own_client))
    publish_file(filled_db, REVISED)
    shown = words(own_client, f"/methods?as_of={vintage}")
    assert "As it stood on" in shown
    assert "In September 2026, 12.2 %" in shown
    assert "8 uploads have been" in shown


def test_before_the_first_upload_the_page_explains_the_same_words(empty_client: TestClient) -> None:
    shown = words(empty_client, "/methods")
    assert "Missing is not zero" in shown
    assert "Once figures are published, an example stands here." in shown


@pytest.mark.parametrize("address", ["/methods", "/methods/bundled-data"])
def test_other_parameters_are_refused_with_the_nearest_one(
    client: TestClient, address: str
) -> None:
    assert "Did you mean “as_of”?" in words(client, f"{address}?as_off=2026-01-01", 400)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_and_do_nothing(
    own_client: TestClient, filled_db: Database, name: str
) -> None:
    with rewriting(filled_db) as session:
        session.execute(update(Source).values(name=name, population=name, citation=name))
    assert "<script>alert" not in own_client.get("/methods").text
    assert " ".join(name.split()) in words(own_client, "/methods")


# --- where the bundled data is from


def test_the_page_of_the_bundled_data_says_what_its_file_says(client: TestClient) -> None:
    html = client.get("/methods/bundled-data").text
    text = words_of(parse(html))
    for line in markdown.PROVENANCE.read_text().splitlines():
        for cell in line.strip("|# ").split("|"):
            if set(cell.strip()) - {"-"}:
                plain = " ".join(cell.replace("`", " ").replace("**", "").split())
                assert plain.replace(" ", "") in text.replace(" ", "")
    assert "developers.csv" in texts(html, "code")
    assert len(texts(html, "tr")) == len(texts(html, 'th[scope="row"]')) + 1


def test_marks_of_html_in_that_file_are_text(tmp_path: Path) -> None:
    path = tmp_path / "NOTE.md"
    path.write_text("# A <b>\n\n`<i>` & more\n\n| a | b |\n|---|---|\n| <u> | `x` |\n")
    heading, paragraph, table = parse_blocks(path)
    assert (heading.kind, heading.text) == ("heading", "A &lt;b&gt;")
    assert paragraph.text == "<code>&lt;i&gt;</code> &amp; more"
    assert [list(row) for row in table.rows] == [["a", "b"], ["&lt;u&gt;", "<code>x</code>"]]


def test_lists_and_links_of_that_file_are_elements_but_no_link_is_a_script(tmp_path: Path) -> None:
    path = tmp_path / "NOTE.md"
    path.write_text("- [a](https://example.org)\n- [b](javascript:alert)\n")
    (block,) = parse_blocks(path)
    assert links_named(block.text, "a") == ["https://example.org"]
    assert texts(block.text, "li:has(> a)") == ["a"]
    assert len(texts(block.text, "li")) == 2
    assert block.text.count("href") == 1


# --- in the browser


ADDRESSES = ["/methods", "/methods/bundled-data"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(watched: WatchedPages, server: str, scheme: str) -> None:
    page = watched.open(server, color_scheme=scheme, bypass_csp=True)
    assert faults(page, ADDRESSES) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    assert too_wide(page, ADDRESSES) == []
