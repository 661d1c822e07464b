"""`/trends`: any question as a chart with its table."""

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from tests.browser import WatchedPages, checked_values, selected_values, wait_until_drawn
from tests.markup import attributes, links_named, select, select_one, texts


def canonical(text: str) -> str:
    (address,) = attributes(text, 'link[rel="canonical"]', "href")
    return address


def figure(text: str) -> str:
    """The figure in a page, as JSON."""
    return select_one(text, 'script[type="application/json"]').get_text()


def test_the_form_shows_the_question_it_answers(client: TestClient) -> None:
    query = "by=developer&openness=all&origin=chinese,us&top=5&view=stack&from=2025-03"
    page = client.get(f"/trends?{query}").text
    assert selected_values(page, "by") == ["developer"]
    assert selected_values(page, "openness") == ["all"]
    assert checked_values(page, "origin") == ["chinese", "us"]
    assert checked_values(page, "view") == ["stack"]
    assert attributes(page, 'input[name="top"]', "value") == ["5"]
    assert selected_values(page, "from") == ["2025-03"]


def test_without_a_source_in_the_address_the_one_answered_is_checked(client: TestClient) -> None:
    assert checked_values(client.get("/trends").text, "source") == ["openrouter-rankings"]


def test_what_the_form_sends_leads_to_the_short_address_of_the_question(client: TestClient) -> None:
    sent = (
        ("view", "lines"),
        ("by", "developer"),
        ("source", "openrouter-rankings"),
        ("source", "vercel-ai-gateway"),
        ("openness", "open"),
        ("from", ""),
        ("as_of", ""),
    )
    response = client.get("/trends/ask", params=sent)
    assert response.status_code == 303
    expected = "/trends?source=openrouter-rankings,vercel-ai-gateway&by=developer"
    assert response.headers["location"] == expected


def test_the_usual_question_has_the_shortest_address(client: TestClient) -> None:
    assert client.get("/trends/ask?view=lines&by=origin").headers["location"] == "/trends"


def test_what_the_form_cannot_mean_is_refused_and_explained(client: TestClient) -> None:
    response = client.get("/trends/ask?from=soon")
    assert response.status_code == 400
    assert "a month as YYYY-MM" in response.text


def test_two_addresses_of_one_question_have_one_canonical_address(client: TestClient) -> None:
    query = "openness=open&by=model&of=all&from="
    assert canonical(client.get(f"/trends?{query}").text) == "/trends?by=model"


@pytest.mark.parametrize("view", ["lines", "stack", "table"])
@pytest.mark.parametrize("by", ["origin", "openness", "developer", "model"])
def test_every_grouping_and_view_answers_with_a_table(
    client: TestClient, by: str, view: str
) -> None:
    response = client.get(f"/trends?by={by}&view={view}&openness=all")
    assert response.status_code == 200
    assert len(select(response.text, "tbody")) == 1
    assert len(select(response.text, "share-chart")) == (0 if view == "table" else 1)


def test_every_source_has_a_table_of_its_own(client: TestClient) -> None:
    page = client.get("/trends?source=openrouter-rankings,huggingface-spring-2026").text
    captions = [caption.partition(":")[0] for caption in texts(page, "caption")]
    assert captions == ["OpenRouter rankings", "State of Open Source, Spring 2026"]


def test_a_source_without_an_answer_is_named_and_gets_no_empty_chart(client: TestClient) -> None:
    page = client.get("/trends?source=openrouter-rankings,vercel-ai-gateway").text
    assert "Vercel AI Gateway index: no figures for this question." in page
    _, annotations, rest = figure(page).partition('"annotations":')
    assert annotations
    assert '"title"' not in rest


def test_a_table_goes_from_the_first_to_the_last_month_of_its_source(client: TestClient) -> None:
    page = client.get("/trends?source=openrouter-rankings,huggingface-spring-2026").text
    assert len(select(page, 'th[scope="row"]')) == 22 + 1


def test_reported_points_stand_only_beside_what_they_tell_of(client: TestClient) -> None:
    assert "late 2024" in client.get("/trends").text
    for query in ("openness=all", "by=openness", "of=open", "by=developer"):
        assert "late 2024" not in client.get(f"/trends?{query}").text


def test_a_source_that_does_not_say_what_is_open_gets_words_and_ways_out(
    client: TestClient,
) -> None:
    response = client.get("/trends?source=vercel-ai-gateway")
    assert response.status_code == 404
    assert "does not say which models are open" in response.text
    ways_out = attributes(response.text, "[href]", "href")
    assert "/trends?source=vercel-ai-gateway&openness=all" in ways_out
    assert select(response.text, "share-chart") == []


def test_a_single_month_is_answered_and_not_a_blank_chart(client: TestClient) -> None:
    page = client.get("/trends?from=2025-08&to=2025-08").text
    assert "Chinese open models: 28.7" in page
    assert '"orientation":"h"' in figure(page)


def test_months_without_figures_get_a_way_out(client: TestClient) -> None:
    response = client.get("/trends?from=2020-01&to=2020-02")
    assert response.status_code == 404
    assert links_named(response.text, "All months")


def test_the_link_that_stays_names_the_vintage(client: TestClient) -> None:
    page = client.get("/trends?by=model").text
    (address,) = links_named(page, "Link that stays")
    pinned = client.get(address)
    assert pinned.status_code == 200
    (vintage,) = attributes(pinned.text, 'input[name="as_of"]', "value")
    assert vintage.startswith("20")


def test_downloads_answer_the_same_question(client: TestClient) -> None:
    page = client.get("/trends?by=developer&top=3").text
    assert "/api/v1/shares.csv?by=developer&top=3" in attributes(page, "[href]", "href")
    assert client.get("/api/v1/shares.csv?by=developer&top=3").status_code == 200


@pytest.mark.browser
def test_a_control_answers_at_once_and_keeps_the_address(page: Page) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    page.get_by_label("Grouped by").focus()
    page.get_by_label("Grouped by").select_option("developer")
    expect(page.locator("h1")).to_contain_text("DeepSeek’s open models")
    page.wait_for_url("**/trends?source=openrouter-rankings&by=developer")
    wait_until_drawn(page)
    expect(page.get_by_label("Grouped by")).to_be_focused()
    expect(page.locator("#heard")).to_contain_text("DeepSeek’s open models")


@pytest.mark.browser
def test_a_live_address_shows_another_reader_the_same(
    page: Page, watched: WatchedPages, server: str
) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    page.get_by_label("Stack").check()
    page.get_by_label("Grouped by").select_option("model")
    page.wait_for_url("**by=model&view=stack")
    other = watched.open(server)
    other.goto(page.url)
    wait_until_drawn(other)
    assert other.locator("h1").inner_text() == page.locator("h1").inner_text()
    expect(other.get_by_label("Stack")).to_be_checked()


@pytest.mark.browser
def test_a_question_nothing_answers_says_so_in_place(page: Page, watched: WatchedPages) -> None:
    page.goto("/trends?source=vercel-ai-gateway&openness=all")
    wait_until_drawn(page)
    page.get_by_label("Counting").select_option("open")
    expect(page.locator("h1")).to_contain_text("Nothing matches")
    expect(page.get_by_role("link", name="Count all models, open or not")).to_be_visible()
    watched.problems[:] = [item for item in watched.problems if "404" not in item]


@pytest.mark.browser
def test_the_form_works_without_scripts(watched: WatchedPages, server: str) -> None:
    page = watched.open(server, java_script_enabled=False)
    page.goto("/trends")
    page.get_by_label("Grouped by").select_option("model")
    page.get_by_role("checkbox", name="State of AI study").check()
    page.get_by_role("button", name="Show").click()
    assert page.url.endswith("/trends?source=openrouter-rankings,state-of-ai-study&by=model")
    expect(page.get_by_role("table")).to_have_count(2)


@pytest.mark.browser
@pytest.mark.parametrize("query", ["by=model", "view=table&by=developer", "openness=all"])
def test_nothing_is_wider_than_a_small_screen(
    watched: WatchedPages, server: str, query: str
) -> None:
    page = watched.open(server, viewport={"width": 320, "height": 800})
    page.goto(f"/trends?{query}")
    expect(page.get_by_role("table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_view_is_cited_as_bibtex_and_csl_json_of_the_same_question(client: TestClient) -> None:
    page = client.get("/trends?by=developer&top=3").text
    for name, media_type, part in (
        ("bib", "application/x-bibtex", "@misc{openmodelshare-"),
        ("csl", "application/vnd.citationstyles.csl+json", '"type": "dataset"'),
    ):
        (address,) = attributes(page, f'[href^="/trends.{name}?"]', "href")
        cited = client.get(address)
        assert cited.headers["content-type"].startswith(media_type)
        assert part in cited.text
        assert "by=developer" in cited.text


def test_what_has_no_figure_cannot_be_cited(client: TestClient) -> None:
    response = client.get("/trends.bib?source=vercel-ai-gateway")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_what_a_source_notes_of_a_month_stands_below_its_table(client: TestClient) -> None:
    page = client.get("/trends?source=state-of-ai-study").text
    assert 'reported as "late 2024"; lowest week of the study' in texts(page, "bdi")
    assert "9 of 31 days covered" in client.get("/trends").text


def test_a_table_says_of_what_time_each_figure_is_unless_it_is_the_month_s_own(
    client: TestClient,
) -> None:
    query = "source=openrouter-rankings,huggingface-spring-2026,state-of-ai-study"
    captions = texts(client.get(f"/trends?{query}").text, "caption")
    assert [caption.partition("; each figure of ")[2] for caption in captions] == [
        "",
        "twelve months to the end of the month",
        "one week of the month, one value",
    ]


def test_models_of_unknown_origin_and_what_is_not_broken_down_have_two_names(
    client: TestClient,
) -> None:
    page = client.get("/trends?source=huggingface-study-2025").text
    heads = texts(page, 'th[scope="col"]')
    assert heads[-2:] == ["Unknown origin", "Not broken down"]
