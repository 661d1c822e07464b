"""`/`: the whole story at a glance."""

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE, read_entries
from app.database.session import Database
from tests.looking import words
from tests.markup import (
    attributes,
    links_named,
    parse,
    select,
    select_one,
    text_of,
    texts,
    words_of,
)
from tests.pages.explore.builders import html_of


def figures_of(client: TestClient, address: str = "/") -> list[dict[str, Any]]:
    scripts = select(client.get(address).text, 'script[type="application/json"]')
    return [json.loads(script.get_text()) for script in scripts]


def test_the_headline_names_source_metric_months_and_vintage(client: TestClient) -> None:
    headline = text_of(select_one(html_of(client), "h1"))
    assert "Chinese open models rose from 6.0 % of all tokens counted by OpenRouter" in headline
    assert "in January 2025 to 58.1 % in September 2026" in headline
    assert "OpenRouter rankings; as known on" in headline
    assert "October 2026" not in headline


def test_the_month_that_runs_stands_in_a_sentence_of_its_own(client: TestClient) -> None:
    (so_far,) = texts(html_of(client), "p.so-far")
    assert so_far == (
        "So far in October 2026, provisional (9 of 31 days covered): Chinese open models 52.3 %,"
        " at most 72.0 %."
    )


def test_where_no_month_runs_nothing_is_said_of_one(client: TestClient) -> None:
    page = html_of(client, "/?to=2026-09")
    assert texts(page, "p.so-far, .card div.so-far") == []
    assert "so far" not in text_of(select_one(page, "h1"))


def test_the_page_tells_its_vintage_once_and_where_the_others_stand_once(
    client: TestClient,
) -> None:
    definition = select_one(html_of(client), "#definition")
    assert "as known on" not in text_of(definition)
    shown = words(client, "/").rpartition("What stands out")[2].partition("What happened")[0]
    assert "US open models: highest 10.1 % in January 2025, lowest 3.0 % in" in shown
    assert "−4.0 pp since" not in shown


def test_the_table_shows_the_figures_of_the_story(client: TestClient) -> None:
    cells = select(html_of(client), "td:not([class])")
    shares = {next(cell.stripped_strings) for cell in cells}
    assert {"28.77 %", "15.97 %", "61.03 %", "58.09 %", "3.59 %", "3.34 %", "56.25 %"} <= shares


def test_provisional_months_are_marked_in_words_and_missing_figures_explained(
    client: TestClient,
) -> None:
    page = html_of(client)
    assert "Oct 2026 provisional" in texts(page, "a:has(> time):has(> span.status)")
    assert "Missing is not zero" in page


def test_the_two_reported_points_stand_beside_the_line_with_their_words(client: TestClient) -> None:
    lines, *_ = figures_of(client)
    points = [trace for trace in lines["data"] if trace["meta"].get("reported")]
    assert [point["y"] for point in points] == [[1.2], [30]]
    page = html_of(client)
    assert "1.2 % in one week of December 2024, reported as “late 2024”; not" in page
    assert "30 % in one week of August 2025, reported as “nearly 30 percent” in August" in page
    words_beside = [
        item["text"].replace("<br>", " ").replace("\N{NO-BREAK SPACE}", " ")
        for item in lines["layout"]["annotations"]
        if item["name"] == "reported"
    ]
    assert words_beside == [
        "1.2 %, reported as “late 2024”, State of AI study",
        "30 %, reported as “nearly 30 percent” in August 2025, State of AI study",
    ]


def test_the_stack_adds_up_to_one_hundred_in_every_month(client: TestClient) -> None:
    _, stack, _ = figures_of(client)
    for column in zip(*(trace["y"] for trace in stack["data"]), strict=True):
        assert sum(share or 0 for share in column) == pytest.approx(100, abs=0.01)


def test_the_page_tells_that_the_share_halved_after_august(client: TestClient) -> None:
    assert "from 28.8 % in August 2025 to 16.0 % in September 2025 (−12.8 pp)" in html_of(client)


def test_the_page_says_what_is_not_known(client: TestClient) -> None:
    assert (
        "In September 2026 open models together: 64.2 %, closed 23.6 %,"
        " openness unknown or not broken down 12.2 %" in html_of(client)
    )


def cards_of(client: TestClient, address: str = "/") -> dict[str, str]:
    """The text of each card by its title."""
    html = html_of(client, address)
    titles, cards = texts(html, "li.card h2 > a"), select(html, "li.card")
    return {title: words_of(card) for title, card in zip(titles, cards, strict=True)}


def test_a_card_has_number_month_and_changes_since_a_year_ago_and_since_the_first_month(
    client: TestClient,
) -> None:
    chinese = cards_of(client)["Chinese open models"]
    for part in (
        "58.1 % at most 69.5 % of all tokens, in September 2026 ",
        "Since a year ago +42.1 pp",
        "Since Jan 2025 +52.1 pp",
        "October 2026 so far, provisional (9 of 31 days) 52.3 %",
    ):
        assert part in chinese
    assert "Source: OpenRouter rankings" in chinese


def test_the_cards_are_of_three_homes_and_of_what_is_closed_or_unknown(client: TestClient) -> None:
    cards = cards_of(client)
    assert list(cards) == [
        "Chinese open models",
        "US open models",
        "European open models",
        "Closed models",
    ]
    assert "12.2 %" in cards["Closed models"]


def test_a_card_without_a_figure_a_year_ago_says_so(client: TestClient) -> None:
    assert "no figure then" in cards_of(client, "/?from=2026-01")["US open models"]


def test_a_card_says_of_what_its_share_is(client: TestClient) -> None:
    shares, shares_of_open = (
        texts(html_of(client, address), ".card > .hint")[0] for address in ("/", "/?of=open")
    )
    assert shares.startswith("of all tokens, ")
    assert shares_of_open.startswith("of tokens of open models, ")


def test_a_card_is_cited_with_a_link_to_its_own_figure_that_stays(client: TestClient) -> None:
    page = html_of(client)
    assert (
        "US open models: 6.06 % (at most 17.47 %) of all tokens (public traffic routed through"
        " OpenRouter) in September 2026." in page
    )
    (link,) = {
        link.replace("http://testserver", "")
        for link in links_named(page, "Link that stays")
        if "~us~" in link
    }
    assert link.startswith("/cite/2026-09~us~openrouter-rankings~")
    assert "6.06 %" in html_of(client, link)


def test_every_share_has_its_change_over_a_month_and_over_a_year_in_points(
    client: TestClient,
) -> None:
    row = select(html_of(client), "tr:has(time[datetime='2026-09'])")[-1]
    cell = row.select("td")[0]
    assert next(cell.stripped_strings) == "58.09 %"
    changes = [text_of(change) for change in cell.select(".since > span:not(.between)")]
    assert changes == ["+4.1 pp", "+42.1 pp"]


def test_the_sources_stand_side_by_side_with_the_main_one_in_the_month_they_end_with(
    client: TestClient,
) -> None:
    beside = select_one(html_of(client), 'section[aria-labelledby="beside"]')
    plain = words_of(beside)
    assert "downloads, 12 months to Mar 2026 41.00 % at most 63.5 % 36.50 % at most 59.0 %" in plain
    main = "OpenRouter rankings tokens,"
    assert f"{main} its last month alone, Mar 2026 31.28 % at most 40.8 % 6.83 % at" in plain
    assert f"{main} the same month, Aug 2026 54.03 % at most 67.0 % 8.90 % at most" in plain
    assert f"{main} Sep 2026 58.09 % at most 69.5 % 6.06 % at most 17.5 %" in plain
    assert (
        "Not shown here: Vercel AI Gateway index, which has no figure for this question;" in plain
    )
    assert "figures stand on the first chart" in plain
    assert "Licence" not in str(beside)


def test_events_are_listed_in_the_order_of_their_numbers(client: TestClient) -> None:
    page = html_of(client)
    days = attributes(page, ".badge + div > time", "datetime")
    assert [int(number) for number in texts(page, ".badge")] == list(range(1, len(days) + 1))
    assert days == sorted(days)
    assert len(days) == 8


def test_the_source_line_is_the_one_the_source_asks_for(client: TestClient) -> None:
    assert re.search(
        r"Source: OpenRouter \(openrouter.ai/rankings\), as of \d+ \w+ \d{4}\."
        r" Licensed under CC BY 4.0\.",
        html_of(client),
    )


def test_before_the_first_upload_the_page_says_so(empty_client: TestClient) -> None:
    page = html_of(empty_client)
    assert "There are no figures yet" in page
    assert "modelshare import" in page


def test_an_unknown_parameter_is_refused_with_the_nearest_one(client: TestClient) -> None:
    response = client.get("/?sourse=x")
    assert response.status_code == 400
    assert "Did you mean “source”?" in words_of(parse(response.text))
    assert texts(response.text, ".problems b") == ["sourse"]


def test_an_address_that_does_not_exist_gets_a_page_that_leads_on(client: TestClient) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "/" in links_named(response.text, "Overview")


def test_markup_in_an_address_is_shown_and_not_run(client: TestClient) -> None:
    response = client.get("/", params={"by": "<script>alert(1)</script>"})
    assert "<script>alert" not in response.text
    assert "<script>alert" in words_of(parse(response.text))


def test_static_files_are_addressed_by_their_content(client: TestClient) -> None:
    (address,) = attributes(client.get("/").text, 'link[rel="stylesheet"]', "href")
    assert re.fullmatch(r"/static/style\.css\?v=[0-9a-f]{12}", address)
    assert client.get(address).status_code == 200


def test_closed_models_have_a_card_only_where_all_of_them_are_left_out(client: TestClient) -> None:
    assert "Closed models" in cards_of(client)
    assert "Closed models" not in cards_of(client, "/?openness=all&origin=us")


def renamed(db: Database, **texts: str) -> None:
    with db.writing() as session:
        entries = read_entries(session, SOURCE_TYPE)
        number, cells = next(item for item in entries if "openrouter-rankings" in item[1].values())
        edit_entry(session, SOURCE_TYPE, cells | texts, by="ada", reason="x", entry_id=number)


def test_a_line_separator_in_a_name_is_no_paragraph(
    own_client: TestClient, filled_db: Database
) -> None:
    renamed(filled_db, name="Open\u2028Router")
    assert len(select(html_of(own_client), "#lines-words p")) == 1


def test_a_source_without_an_address_is_no_link(
    own_client: TestClient, filled_db: Database
) -> None:
    renamed(filled_db, url="")
    assert "" not in attributes(html_of(own_client), "[href]", "href")
