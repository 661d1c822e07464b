"""The explorer's form: every part of the question, live, and every state in the address."""

import pytest
from bs4 import Tag
from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.session import Database
from tests.browser import checked_values, selected_values
from tests.markup import links_named, parse, select, select_one, text_of, texts, words_of
from tests.pages.explore.builders import ways

EVERY = (
    "source=openrouter-rankings,state-of-ai-study&by=developer&origin=us,european"
    "&developer=google,openai&model=gemma&from=2025-02&to=2025-08&as_of=2026-11-01&top=7"
    "&home=base&events=all&bounds=off&view=stack"
)


def field(text: str, name: str) -> Tag:
    return select_one(text, f"input#q-{name}")


def reason(text: str) -> str:
    return text_of(select_one(text, "p.hint#q-of-hint"))


def greyed(text: str) -> bool:
    return bool(select(text, 'input[name="of"][value="open"][disabled]'))


# --- what the controls say


def test_every_part_of_a_question_has_a_control_that_says_it(client: TestClient) -> None:
    page = client.get(f"/trends?{EVERY.replace('model=gemma', 'model=')}").text
    assert checked_values(page, "source") == ["openrouter-rankings", "state-of-ai-study"]
    names = ("by", "openness", "home", "events", "bounds")
    assert [selected_values(page, name) for name in names] == [
        ["developer"],
        ["open"],
        ["base"],
        ["all"],
        ["off"],
    ]
    assert [selected_values(page, name) for name in ("from", "to")] == [["2025-02"], ["2025-08"]]
    assert (checked_values(page, "of"), checked_values(page, "view")) == (["all"], ["stack"])
    assert checked_values(page, "origin") == ["us", "european"]
    assert field(page, "developer")["value"] == "google,openai"
    assert field(page, "top")["value"] == "7"
    assert field(page, "as_of")["type"] == "date"
    assert field(page, "as_of")["value"] == "2026-11-01"


def test_what_is_not_used_now_says_where_it_is(client: TestClient) -> None:
    page = client.get("/trends").text
    assert "Matters where companies, developers or models are grouped" in page
    assert "Matters where lines are shown" in page
    assert "at the end of that day, UTC" in page


def test_the_new_parameters_stand_in_the_short_address_only_where_they_say_something(
    client: TestClient,
) -> None:
    sent = "view=lines&by=origin&home=base&events=none&openness=open&of=all&top=10"
    assert client.get(f"/trends/ask?{sent}").headers["location"] == "/trends?home=base&events=none"
    usual = sent.replace("base", "developer").replace("none", "headline")
    assert client.get(f"/trends/ask?{usual}").headers["location"] == "/trends"


def test_a_month_that_is_asked_for_can_be_chosen_even_where_no_source_has_it(
    client: TestClient,
) -> None:
    assert selected_values(client.get("/trends?from=2019-01&to=2019-02").text, "from") == [
        "2019-01"
    ]


# --- the denominator


def test_a_share_of_open_models_can_be_asked_of_a_source_that_counts_all(
    client: TestClient,
) -> None:
    page = client.get("/trends").text
    assert not greyed(page)
    assert reason(page) == ""


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("source=state-of-ai-study", "State of AI study names some open models only"),
        ("source=vercel-ai-gateway&openness=all", "Only open models can be a share of open models"),
        ("source=vercel-ai-gateway", "does not say which models are open"),
        ("openness=all", "Only open models can be a share of open models."),
    ],
)
def test_where_it_cannot_be_asked_the_choice_is_greyed_and_says_why(
    client: TestClient, query: str, why: str
) -> None:
    page = client.get(f"/trends?{query}").text
    assert greyed(page)
    assert why in reason(page)
    assert checked_values(page, "of") == ["all"]


def test_one_source_that_can_answer_is_enough(client: TestClient) -> None:
    query = "source=state-of-ai-study,openrouter-rankings"
    assert not greyed(client.get(f"/trends?{query}").text)


def test_a_choice_that_was_made_stays_chosen_so_that_another_source_can_answer_it(
    client: TestClient,
) -> None:
    page = client.get("/trends?source=state-of-ai-study&of=open")
    assert page.status_code == 404
    assert not greyed(page.text)
    assert checked_values(page.text, "of") == ["open"]
    assert "names some open models only" in reason(page.text)


def test_a_denominator_that_another_control_rules_out_is_let_go(client: TestClient) -> None:
    response = client.get("/trends/ask?openness=all&of=open&by=origin")
    assert response.headers["location"] == "/trends?openness=all"


# --- odd states


@pytest.mark.parametrize(
    ("query", "words", "names"),
    [
        ("as_of=2030-01-01", "a moment that has passed", ["as_of"]),
        ("from=2025-09&to=2025-08", "a first month not after the last", ["from"]),
        ("developer=deepsek", "Did you mean “deepseek”?", ["developer"]),
        ("top=99", "a whole number from 1 to 50", ["top"]),
        ("bye=origin", "Did you mean “by”?", ["bye"]),
    ],
)
@pytest.mark.parametrize("path", ["/trends", "/trends/ask"])
def test_what_cannot_be_read_is_told_beside_the_form_and_can_be_left_out(
    client: TestClient, path: str, query: str, words: str, names: list[str]
) -> None:
    response = client.get(f"{path}?view=stack&{query}")
    assert response.status_code == 400
    assert response.headers["cache-control"] == "no-store"
    assert words in words_of(parse(response.text))
    assert texts(response.text, ".problems b") == names
    assert checked_values(response.text, "view") == ["stack"]
    way = ways(response.text)["Leave that out"]
    assert client.get(way).status_code == 200


def test_what_was_typed_stays_to_be_mended(client: TestClient) -> None:
    page = client.get("/trends?developer=deepsek&as_of=2030-01-01&by=developer").text
    assert field(page, "developer")["value"] == "deepsek"
    assert field(page, "developer")["aria-invalid"] == "true"
    assert field(page, "as_of")["value"] == "2030-01-01"
    assert selected_values(page, "by") == ["developer"]
    assert checked_values(page, "source") == ["openrouter-rankings"]


def test_markup_that_was_typed_is_shown_and_not_run(client: TestClient) -> None:
    page = client.get("/trends", params={"developer": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_before_the_first_vintage_there_is_a_way_to_now(client: TestClient) -> None:
    response = client.get("/trends?as_of=2020-01-01&by=model")
    assert response.status_code == 404
    assert "Nothing had been published by 2020-01-01" in response.text
    assert ways(response.text)["The figures as they stand now"] == "/trends?by=model"


@pytest.mark.parametrize(
    "query",
    [
        "source=vercel-ai-gateway",
        "source=vercel-ai-gateway&of=open",
        "source=state-of-ai-study&of=open",
        "source=state-of-ai-study&openness=all&by=developer",
        "from=2020-01&to=2020-02&origin=us",
        "developer=mistralai&openness=unknown",
    ],
)
def test_every_way_out_of_a_question_without_an_answer_leads_to_one(
    client: TestClient, query: str
) -> None:
    response = client.get(f"/trends?{query}")
    assert response.status_code == 404
    ways_out = ways(response.text)
    assert len(ways_out) >= 2
    assert {client.get(way).status_code for way in ways_out.values()} == {200}


def test_one_month_is_told_without_events(client: TestClient) -> None:
    response = client.get("/trends?from=2025-08&to=2025-08&events=all")
    assert response.status_code == 200
    assert "What happened" not in response.text


# --- events


def badges(text: str) -> int:
    return len(select(text, ".badge"))


@pytest.mark.parametrize("path", ["/", "/trends"])
def test_the_events_on_the_chart_are_chosen_by_links(client: TestClient, path: str) -> None:
    page = client.get(path).text
    headlines = select_one(page, "#events-headline")
    assert (headlines["href"], headlines["aria-current"]) == (f"{path}#events", "true")
    assert select_one(page, "#events-all")["href"] == f"{path}?events=all#events"
    every = client.get(f"{path}?events=all").text
    assert (badges(page), badges(every)) == (8, 25)
    none = client.get(f"{path}?events=none").text
    assert badges(none) == 0
    assert "No event of these months stands on the chart" in none
    assert f"{path}#events" in links_named(none, "headlines")


# --- sources


def source_boxes(page: str) -> list[tuple[str, Tag]]:
    """The words and the box of each source, in the order of the form."""
    sources = 'fieldset:has(> legend:-soup-contains("Sources, side by side"))'
    names, boxes = texts(page, f"{sources} > label"), select(page, f"{sources} > label > input")
    return list(zip(names, boxes, strict=True))


def test_the_main_source_comes_first_and_one_without_an_answer_is_greyed(
    client: TestClient,
) -> None:
    page = client.get("/trends").text
    boxes = source_boxes(page)
    name, box = boxes[0]
    assert "OpenRouter rankings" in name
    assert box.has_attr("checked")
    (greyed_name,) = [name for name, box in boxes if box.has_attr("disabled")]
    assert "Vercel AI Gateway index" in greyed_name
    assert "Vercel AI Gateway index does not say which models are open." in page
    for query in ("openness=all", "openness=unknown"):
        other = client.get(f"/trends?{query}").text
        vercel = next(box for name, box in source_boxes(other) if "Gateway index" in name)
        assert not vercel.has_attr("disabled")


def test_a_source_that_was_asked_for_without_an_answer_can_be_left_out(client: TestClient) -> None:
    refused = client.get("/trends?source=vercel-ai-gateway")
    (box,) = [box for name, box in source_boxes(refused.text) if "Gateway index" in name]
    assert box.has_attr("checked")
    assert not box.has_attr("disabled")


def test_a_source_that_never_had_figures_is_not_offered(
    own_client: TestClient, filled_db: Database
) -> None:
    texts = {"source": "later", "name": "Later", "publisher": "L", "metric": "x", "population": "P"}
    with filled_db.writing() as session:
        edit_entry(session, SOURCE_TYPE, texts, by="ada", reason="new")
    page = own_client.get("/trends").text
    assert not [name for name, _ in source_boxes(page) if "Later" in name]
