"""`/developers`, `/developers/{slug}`, `/models/{slug}`: who makes the models, and their shares."""

import re

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE
from app.database.session import Database
from app.database.tables import Developer, Model
from app.domain.questions.question import Question
from app.queries.answers.shares import answer_question
from tests.browser import WatchedPages
from tests.builders import HOSTILE_NAMES, database_of
from tests.looking import counted, faults, links, too_wide, words
from tests.markup import attributes, texts
from tests.pages.reference.builders import CHIMERA, TNG, headline, names
from tests.rewriting import rewriting

SHARE = r"([\d.]+) %(?: provisional)?"
# European, built on DeepSeek.
ADDRESSES = [
    "/developers",
    "/developers?origin=european",
    "/developers/deepseek",
    "/developers/google",
    TNG,
    f"{TNG}?home=base",
    CHIMERA,
    "/models/alibaba/tongyi-deepresearch-30b-a3b",
]


def figures(client: TestClient, address: str) -> list[str]:
    """The figures of the tables of a page; the cells of words are left out."""
    cells = texts(client.get(address).text, "td:not([class])")
    return [cell for cell in cells if re.match(r"[\d<.–]", cell)]


def nameless(db: Database) -> str:
    """A developer of the catalogue whom no line of the main source names."""
    question = Question(by="developer", openness="all", top=10_000)
    with db.reading() as session:
        keys = {group.key for group in answer_question(session, question).groups}
        slugs = session.scalars(select(Developer.slug).order_by(Developer.slug))
        return next(slug for slug in slugs if slug not in keys)


# --- all of them


def test_developers_stand_by_their_latest_share(client: TestClient) -> None:
    html = client.get("/developers").text
    cells = texts(html, "td.figure:nth-of-type(1)")
    matches = [re.fullmatch(SHARE, cell) for cell in cells]
    shares = [match[1] for match in matches if match]
    assert len(shares) > 5
    assert shares == sorted(shares, key=float, reverse=True)
    first = names(client, "/developers")[0]
    assert first == "deepseek"
    assert "DeepSeek stands first: " in words(client, "/developers")


def test_the_list_has_everyone_and_tells_who_was_never_named(
    client: TestClient, bundled_db: Database
) -> None:
    everyone = names(client, "/developers")
    with bundled_db.reading() as session:
        assert sorted(everyone) == sorted(session.scalars(select(Developer.slug)))
    assert everyone.index(nameless(bundled_db)) > everyone.index("meta-llama")
    assert "no figure" in words(client, "/developers")


def test_a_share_of_an_earlier_month_names_it_and_stands_below(client: TestClient) -> None:
    shown = words(client, "/developers")
    assert re.search(r"TNG Technology Consulting 0\.35 % Feb 2026 European DE 3", shown)


def test_developers_of_an_origin_stand_alone(client: TestClient, bundled_db: Database) -> None:
    with bundled_db.reading() as session:
        european = session.scalars(select(Developer.slug).where(Developer.origin == "european"))
        expected = sorted(european)
    assert sorted(names(client, "/developers?origin=european")) == expected
    both = names(client, "/developers?origin=european,us")
    assert set(expected) < set(both)
    html = client.get("/developers?origin=european").text
    assert f"European {len(expected)}" in texts(html, '[aria-current="true"]')


def test_shares_of_a_filtered_list_are_of_the_same_whole(client: TestClient) -> None:
    whole, part = (words(client, f"/developers{rest}") for rest in ("", "?origin=european"))
    (share,) = re.findall(r"Mistral AI ([\d.]+ %)", part)
    assert f"Mistral AI {share}" in whole


def test_without_figures_the_list_still_stands(empty_client: TestClient, db: Database) -> None:
    with db.writing() as session:
        cells = {"developer": "acme", "name": "Acme", "origin": "us"}
        edit_entry(session, DEVELOPER_TYPE, cells, by="ada", reason="")
    shown = words(empty_client, "/developers")
    assert "No figures name any of them" in shown
    assert "Acme –no figure US" in shown
    assert "Nothing has been published so far." in words(empty_client, "/developers/acme")


def test_before_any_developer_is_known_the_page_says_so(empty_client: TestClient) -> None:
    assert "No developer is known so far." in words(empty_client, "/developers")


def test_the_list_needs_no_statement_for_each_developer(client: TestClient) -> None:
    with counted(database_of(client)) as statements:
        client.get("/developers")
    assert len(statements) < 20


# --- one developer


def test_the_share_of_a_developer_of_open_models_counts_open_models(client: TestClient) -> None:
    headline_text = headline(client, "/developers/deepseek")
    assert headline_text.startswith("DeepSeek’s open models rose from ")
    shown = words(client, "/developers/deepseek")
    assert "Every line that names it is of open models" in shown


def test_a_developer_of_closed_models_is_counted_by_those(client: TestClient) -> None:
    assert headline(client, "/developers/anthropic").startswith("Anthropic’s closed models")


def test_a_developer_of_both_kinds_is_counted_whole_and_its_open_models_told(
    client: TestClient,
) -> None:
    assert headline(client, "/developers/google").startswith("Google (DeepMind)’s models fell")
    shown = words(client, "/developers/google")
    assert re.search(r"all are counted together\. Its open models alone: [\d.]+ % in \w+", shown)
    address = "/trends?by=openness&openness=all&developer=google"
    assert address in links(client, "/developers/google")
    assert client.get(address).status_code == 200


def test_the_figures_are_those_of_the_same_question_elsewhere(client: TestClient) -> None:
    (address,) = [item for item in links(client, TNG) if item.startswith("/trends?")]
    there = texts(client.get(address).text, "td:not([class])")
    assert there
    assert figures(client, TNG)[: len(there)] == there


def test_its_models_stand_with_openness_release_base_and_share(client: TestClient) -> None:
    shown = words(client, TNG)
    assert "deepseek-r1t2-chimera open Jul 2025 DeepSeek 0.29 % Feb 2026" in shown
    assert CHIMERA in links(client, TNG)


def test_origin_country_and_evidence_are_told(client: TestClient) -> None:
    shown = words(client, "/developers/google")
    assert "Origin US, country US" in shown
    assert "Evidence Gemini is closed, Gemma is open-weight" in shown


def test_a_developer_without_figures_has_a_page(client: TestClient, bundled_db: Database) -> None:
    address = f"/developers/{nameless(bundled_db)}"
    shown = words(client, address)
    assert "No figures" in shown
    assert "OpenRouter rankings names no line" in shown
    assert texts(client.get(address).text, "share-chart") == []


# --- how they are asked for


@pytest.mark.parametrize("address", ["/developers", TNG, CHIMERA])
def test_other_parameters_are_refused_with_the_nearest_one(
    client: TestClient, address: str
) -> None:
    assert "Did you mean “as_of”?" in words(client, f"{address}?as_off=2026-01-01", 400)
    assert client.get(f"{address}?by=model").status_code == 400


def test_pages_of_a_developer_need_no_statement_for_each_model(client: TestClient) -> None:
    def statements(address: str) -> int:
        with counted(database_of(client)) as statements_run:
            client.get(address)
        return len(statements_run)

    assert statements("/developers/google") == statements("/developers/minimax")


# --- elsewhere


@pytest.mark.parametrize("by", ["developer", "model"])
def test_names_in_the_tables_of_trends_lead_to_their_pages(client: TestClient, by: str) -> None:
    html = client.get(f"/trends?by={by}").text
    heads = texts(html, 'th[scope="col"]:not([class])')
    linked = attributes(html, f'th[scope="col"]:not([class]) > a[href^="/{by}s/"]', "href")
    assert len(linked) == 10
    assert client.get(linked[0]).status_code == 200
    assert "Month" in heads
    assert f"Other {by}s" in heads


def test_origins_in_tables_lead_nowhere(client: TestClient) -> None:
    html = client.get("/trends").text
    assert "Chinese" in texts(html, 'th[scope="col"]:not(:has(a))')


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_and_do_nothing(
    own_client: TestClient, filled_db: Database, name: str
) -> None:
    with rewriting(filled_db) as session:
        session.execute(update(Developer).values(name=name, note=name, huggingface_org=name))
        session.execute(update(Model).values(name=name, note=name))
    for address in ("/developers", TNG, f"{TNG}?home=base", CHIMERA, "/trends?by=model"):
        html = own_client.get(address).text
        assert "<script>alert" not in html
        assert "</script><script>" not in html
        assert " ".join(name.split()) in words(own_client, address)


# --- in the browser


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    watched: WatchedPages, server: str, bundled_db: Database, scheme: str
) -> None:
    page = watched.open(server, color_scheme=scheme, bypass_csp=True)
    assert faults(page, [*ADDRESSES, f"/developers/{nameless(bundled_db)}"]) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    assert too_wide(page, ADDRESSES) == []


@pytest.mark.browser
def test_from_the_list_to_a_model_and_its_base(page: Page) -> None:
    page.goto("/developers")
    page.get_by_role("link", name="European").click()
    page.get_by_role("link", name="TNG Technology Consulting").click()
    expect(page.locator("share-chart .main-svg >> nth=0")).to_be_visible()
    page.get_by_role("link", name="Count by base model").click()
    expect(page.locator("h1")).to_contain_text("Chinese open models")
    page.get_by_role("link", name="deepseek-r1t2-chimera").click()
    expect(page.locator("h1")).to_contain_text("deepseek-r1t2-chimera")
