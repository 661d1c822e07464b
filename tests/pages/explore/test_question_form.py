"""The explorer's form: every part of the question, live, and every state in the address."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import Tag
from fastapi.testclient import TestClient
from playwright.sync_api import Page, Route, expect

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.session import Database
from app.ingest.withdraw import withdraw_upload
from tests.browser import WatchedPages, checked_values, selected_values, wait_until_drawn
from tests.markup import links_named, parse, select, select_one, text_of, texts, words_of

EVERY = (
    "source=openrouter-rankings,state-of-ai-study&by=developer&origin=us,european"
    "&developer=google,openai&model=gemma&from=2025-02&to=2025-08&as_of=2026-11-01&top=7"
    "&home=base&events=all&view=stack"
)


def field(text: str, name: str) -> Tag:
    return select_one(text, f"input#q-{name}")


def reason(text: str) -> str:
    return text_of(select_one(text, "p.hint#q-of-hint"))


def greyed(text: str) -> bool:
    return bool(select(text, 'input[name="of"][value="open"][disabled]'))


def ways(text: str) -> dict[str, str]:
    """Label to address of the links out of a page without an answer."""
    links = select_one(text, "#answer ~ p.links, #answer p.links").select("a")
    return {text_of(link): str(link["href"]) for link in links}


def withdraw_everything(db: Database) -> None:
    with db.writing() as session:
        for number in range(1, 6):
            withdraw_upload(session, number, by="ada", reason="Counted wrongly")


# --- what the controls say


def test_every_part_of_a_question_has_a_control_that_says_it(client: TestClient) -> None:
    page = client.get(f"/trends?{EVERY.replace('model=gemma', 'model=')}").text
    assert checked_values(page, "source") == ["openrouter-rankings", "state-of-ai-study"]
    assert [selected_values(page, name) for name in ("by", "openness", "home", "events")] == [
        ["developer"],
        ["open"],
        ["base"],
        ["all"],
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
    assert "Matters where developers or models are grouped" in page
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
        ("developer=deepsek", "Did you mean deepseek?", ["developer", "deepseek"]),
        ("top=99", "a whole number from 1 to 50", ["top"]),
        ("bye=origin", "Did you mean by?", ["bye", "by"]),
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


def test_after_everything_was_withdrawn_the_figures_before_can_be_seen(
    own_client: TestClient, filled_db: Database
) -> None:
    withdraw_everything(filled_db)
    response = own_client.get("/trends")
    assert response.status_code == 404
    assert "What had been published was withdrawn on" in response.text
    way = ways(response.text)["The figures before they were withdrawn"]
    before = own_client.get(way)
    assert before.status_code == 200
    assert own_client.get("/embed/trends").status_code == 404


def test_a_source_whose_figures_were_withdrawn_is_told_apart_from_one_without_any(
    own_client: TestClient, filled_db: Database
) -> None:
    withdraw_everything(filled_db)
    page = own_client.get("/trends?source=vercel-ai-gateway&openness=all").text
    assert "Vercel AI Gateway index: no figures" in page
    assert "was withdrawn on" in page


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


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_all_events_stand_on_the_chart_without_a_collision(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900})
    page.goto("/trends?events=all")
    wait_until_drawn(page)
    numbers, collisions = page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(".annotation")]
            .filter((item) => /^\\d+$/.test(item.textContent))
            .map((item) => item.querySelector("rect.bg").getBoundingClientRect());
          const touch = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5
            && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
          const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => touch(a, b)));
          return [boxes.length, pairs.length];
        }"""
    )
    assert (numbers, collisions) == (25, 0)


# --- live


def settled(page: Page, query: str) -> None:
    page.wait_for_url(f"**/trends{query}")
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.browser
def test_each_change_is_a_step_that_back_and_forward_walk(page: Page) -> None:
    page.goto("/trends?source=openrouter-rankings")
    wait_until_drawn(page)
    page.get_by_label("Grouped by").select_option("developer")
    settled(page, "?source=openrouter-rankings&by=developer")
    page.get_by_label("Table").check()
    settled(page, "?source=openrouter-rankings&by=developer&view=table")
    page.go_back()
    settled(page, "?source=openrouter-rankings&by=developer")
    expect(page.get_by_label("Lines")).to_be_checked()
    wait_until_drawn(page)
    page.go_back()
    settled(page, "?source=openrouter-rankings")
    expect(page.get_by_label("Grouped by")).to_have_value("origin")
    expect(page.locator("h1")).to_contain_text("Chinese open models")
    page.go_forward()
    settled(page, "?source=openrouter-rankings&by=developer")
    expect(page.get_by_label("Grouped by")).to_have_value("developer")
    expect(page.locator("h1")).to_contain_text("DeepSeek’s open models")


@pytest.mark.browser
def test_the_controls_change_with_the_question_while_focus_and_opened_parts_stay(
    page: Page,
) -> None:
    page.goto("/trends?source=openrouter-rankings")
    wait_until_drawn(page)
    page.get_by_text("Months, events, filters and vintage").click()
    page.get_by_text("This chart in words").click()
    page.get_by_label("Counting").focus()
    page.get_by_label("Counting").select_option("all")
    settled(page, "?source=openrouter-rankings&openness=all")
    expect(page.get_by_role("radio", name="Open models")).to_be_disabled()
    expect(page.get_by_text("Only open models can be a share")).to_be_visible()
    expect(page.get_by_label("Counting")).to_be_focused()
    expect(page.get_by_label("Whose home counts")).to_be_visible()
    expect(page.locator("#lines-words")).to_be_visible()
    page.get_by_label("Counting").select_option("open")
    settled(page, "?source=openrouter-rankings")
    expect(page.get_by_role("radio", name="Open models")).to_be_enabled()


@pytest.mark.browser
def test_typing_in_one_field_is_one_step(page: Page) -> None:
    page.goto("/trends?source=openrouter-rankings&by=developer&top=3")
    wait_until_drawn(page)
    field = page.get_by_label("Developers or models named")
    field.focus()
    steps = page.evaluate("history.length")
    field.press("ArrowUp")
    settled(page, "?source=openrouter-rankings&by=developer&top=4")
    field.press("ArrowUp")
    settled(page, "?source=openrouter-rankings&by=developer&top=5")
    assert page.evaluate("history.length") == steps + 1
    expect(field).to_be_focused()
    page.go_back()
    settled(page, "?source=openrouter-rankings&by=developer&top=3")
    expect(field).to_have_value("3")


@pytest.mark.browser
def test_a_jump_inside_the_page_asks_nothing_again(page: Page) -> None:
    page.goto("/trends?source=openrouter-rankings&view=table")
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.go_back()
    page.get_by_label("Grouped by").select_option("model")
    settled(page, "?source=openrouter-rankings&by=model&view=table")
    assert len([url for url in addresses if "/trends" in url]) == 2  # the question and its address


@pytest.mark.browser
def test_a_slow_answer_that_was_overtaken_is_dropped(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.goto("/trends?source=openrouter-rankings")
    wait_until_drawn(page)
    page.route(re.compile(r"/trends/ask.*by=developer"), hold)
    page.get_by_label("Grouped by").select_option("developer")
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    page.get_by_label("Grouped by").select_option("model")
    settled(page, "?source=openrouter-rankings&by=model")
    assert len(held) == 1
    heading = page.locator("h1").inner_text()
    held[0].continue_()
    page.get_by_label("Table").check()
    settled(page, "?source=openrouter-rankings&by=model&view=table")
    assert page.locator("h1").inner_text() == heading
    page.go_back()
    page.go_back()
    settled(page, "?source=openrouter-rankings")


@pytest.mark.browser
def test_what_cannot_be_read_is_told_in_place_and_is_a_step_too(
    page: Page, watched: WatchedPages
) -> None:
    page.goto("/trends?by=developer&view=table")
    page.get_by_text("Months, events, filters and vintage").click()
    page.get_by_label("Only these developers").fill("deepsek")
    page.get_by_label("Only these developers").press("Enter")
    expect(page.get_by_text("Did you mean deepseek?")).to_be_visible()
    expect(page.get_by_label("Only these developers")).to_have_value("deepsek")
    page.get_by_role("link", name="Leave that out").click()
    expect(page.locator("h1")).to_contain_text("DeepSeek’s open models")
    page.go_back()
    expect(page.get_by_text("Did you mean deepseek?")).to_be_visible()
    expect(page.get_by_label("Only these developers")).to_have_value("deepsek")
    watched.excuse("400")


@pytest.mark.browser
def test_where_the_network_fails_the_browser_goes_there_itself(
    page: Page, watched: WatchedPages
) -> None:
    page.goto("/trends?source=openrouter-rankings&view=table")
    page.route("**/trends/ask?*", lambda route: route.abort(), times=1)
    page.get_by_label("Grouped by").select_option("model")
    page.wait_for_url("**/trends?source=openrouter-rankings&by=model&view=table")
    expect(page.get_by_label("Grouped by")).to_have_value("model")
    watched.excuse("ERR_FAILED")


@pytest.mark.browser
def test_events_are_changed_in_place_and_focus_stays_on_the_link(page: Page) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    page.get_by_role("link", name="all", exact=True).focus()
    page.keyboard.press("Enter")
    settled(page, "?events=all")
    expect(page.locator(".badge")).to_have_count(25)
    expect(page.get_by_role("link", name="all", exact=True)).to_be_focused()
    expect(page.get_by_label("Events on the chart").locator("visible=true").last).to_be_visible()


# --- for everyone


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query", ["", "source=state-of-ai-study&home=base", "view=stack&openness=all&by=model"]
)
def test_axe_finds_nothing_wrong_with_the_explorer(
    watched: WatchedPages, server: str, scheme: str, query: str
) -> None:
    page = watched.open(server, viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(f"/trends?{query}")
    wait_until_drawn(page)
    page.get_by_text("Embed this chart").click()
    axe_results = Axe().run(page)
    assert axe_results.violations_count == 0, axe_results.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("query", ["source=state-of-ai-study&home=base", "top=3&openness=all"])
def test_the_opened_form_is_no_wider_than_a_small_screen(
    watched: WatchedPages, server: str, width: int, query: str
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 800})
    page.goto(f"/trends?{query}")
    wait_until_drawn(page)
    expect(page.get_by_label("Whose home counts")).to_be_visible()
    page.get_by_text("Embed this chart").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_at_four_times_the_size_nothing_has_to_be_scrolled_sideways(
    watched: WatchedPages, server: str
) -> None:
    page = watched.open(server, viewport={"width": 320, "height": 256}, device_scale_factor=4)
    page.goto("/trends?home=base&events=all")
    wait_until_drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Counting").select_option("all")
    settled(page, "?source=openrouter-rankings&openness=all&home=base&events=all")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


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
        vercel = next(box for name, box in source_boxes(other) if "Vercel" in name)
        assert not vercel.has_attr("disabled")


def test_a_source_that_was_asked_for_without_an_answer_can_be_left_out(client: TestClient) -> None:
    refused = client.get("/trends?source=vercel-ai-gateway")
    (box,) = [box for name, box in source_boxes(refused.text) if "Vercel" in name]
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


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_an_instant_is_shown_whole_in_its_field(
    watched: WatchedPages, server: str, width: int
) -> None:
    instant = f"{datetime.now(UTC) - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S.%f}Z"
    page = watched.open(server, viewport={"width": width, "height": 900})
    page.goto(f"/trends?as_of={instant}")
    field = page.get_by_label("As known on")
    expect(field).to_have_value(instant)
    assert field.evaluate("(field) => field.scrollWidth <= field.clientWidth")
