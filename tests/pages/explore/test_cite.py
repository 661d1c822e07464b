"""The page of one number: it says all that makes the number citable, and stays."""

import json
import re
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect

from app.database.session import Database
from app.ingest.withdraw import withdraw_upload
from tests.browser import wait_until_drawn
from tests.builders import publish_file
from tests.builders import text_of as page_words
from tests.markup import attributes, select, text_of

QUESTION = "source=openrouter-rankings&origin=chinese&from=2025-08&to=2025-08"


def path_of_number(client: TestClient, question: str = QUESTION, list_name: str = "data") -> str:
    (row, *_) = client.get(f"/api/v1/shares?{question}").json()[list_name]
    return str(urlsplit(row["cite"]).path)


def test_a_number_has_a_page_with_all_that_makes_it_citable(client: TestClient) -> None:
    page = client.get(path_of_number(client))
    shown = page_words(page)
    assert page.status_code == 200
    for part in (
        "28.77 %",
        "of all tokens (public traffic routed through OpenRouter) in August 2025",
        "Still current Yes",
        "the home of each model’s developer",
        "Calculated from figures of OpenRouter, and labelled by home and openness by",
        "Source: OpenRouter (openrouter.ai/rankings), as of 10 October 2026.",
        "Licensed under CC BY 4.0.",
        "28.77 % to ",
        "Chinese open models made up 28.8 % (at most ",
        "of all tokens counted by OpenRouter in August 2025, according to ",
    ):
        assert part in shown
    assert page.headers["link"] == f'<{page.url}>; rel="cite-as"'


def test_the_page_says_to_reference_managers_what_it_is(client: TestClient) -> None:
    page = client.get(path_of_number(client))
    for name in ("citation_title", "DC.title"):
        (title,) = attributes(page.text, f'meta[name="{name}"]', "content")
        assert title.startswith("Chinese open models: 28.77")
    (link,) = attributes(page.text, 'meta[name="citation_public_url"]', "content")
    assert link == str(page.url)


def test_its_files_are_those_that_the_page_shows(client: TestClient) -> None:
    path = path_of_number(client)
    html = client.get(path).text
    (bibtex,) = (text_of(item) for item in select(html, "#cite-bibtex"))
    token = path.removeprefix("/cite/")
    entry = client.get(f"/cite.bib/{token}")
    assert entry.headers["content-type"].startswith("application/x-bibtex")
    assert " ".join(entry.text.split()) == " ".join(bibtex.split())
    assert re.search(r"howpublished = \{\\url\{http://testserver/cite/2025-08", entry.text)
    (item,) = json.loads(client.get(f"/cite.json/{token}").text)
    assert item["URL"] == f"http://testserver{path}"


def test_a_chart_and_its_answer_name_the_address_to_cite(client: TestClient) -> None:
    page = client.get("/trends?source=openrouter-rankings")
    assert re.fullmatch(
        r'<http://testserver/trends\?source=openrouter-rankings&as_of=[^>]+>; rel="cite-as"',
        page.headers["link"],
    )
    (author,) = attributes(page.text, 'meta[name="citation_author"]', "content")
    assert "Open Model Share" in author


def test_every_number_of_a_table_leads_to_its_page(client: TestClient) -> None:
    html = client.get("/trends?source=openrouter-rankings&from=2025-08&to=2025-09").text
    cells = select(html, "tbody td")
    links = attributes(html, "tbody td a.number", "href")
    assert len(links) == len([cell for cell in cells if "no figure" not in text_of(cell)])
    assert len(set(links)) == len(links)
    for link in links:
        page = client.get(link)
        assert page.status_code == 200
    closed = next(link for link in links if "~-closed~" in link)
    assert "Closed models: 69." in page_words(client.get(closed))


def test_a_reported_number_is_cited_as_reported(client: TestClient) -> None:
    question = "source=state-of-ai-study&from=2024-12&to=2024-12"
    shown = page_words(client.get(path_of_number(client, question)))
    assert '1.2 % (reported as "late 2024"; lowest week of the study)' in shown
    assert "in one week of December 2024" in shown
    assert "As reported by OpenRouter and a16z; labelled by home and openness by" in shown
    assert "were reported to make up 1.2 %" in shown


def test_a_trailing_window_is_named_in_the_citation(client: TestClient) -> None:
    question = "source=huggingface-spring-2026"
    shown = page_words(client.get(path_of_number(client, question)))
    assert "in the twelve months to March 2026" in shown


def test_a_revised_number_says_what_stands_now(own_client: TestClient, filled_db: Database) -> None:
    path = path_of_number(own_client)
    publish_file(filled_db, b"month,origin,openness,share_pct\n2025-08,chinese,open,27\n")
    shown = page_words(own_client.get(path))
    assert "28.77 %" in shown
    assert "changed since: it stands at 27.00 % now" in shown
    assert "figures published by upload" in shown
    assert "“corrected at the source”" in shown
    assert "Still current No" in shown


@pytest.mark.parametrize(
    ("token", "status", "part"),
    [
        ("nonsense", 404, "names no number"),
        ("2025-08~chinese~nobody~1~5", 404, "cannot know the number"),
        ("2025-08~chinese~openrouter-rankings~1~5", 404, "never had the number"),
        ("2025-08~chinese~openrouter-rankings~1~5~by=nothing", 404, "cannot know the number"),
    ],
)
def test_a_link_that_is_wrong_says_why(
    client: TestClient, token: str, status: int, part: str
) -> None:
    page = client.get(f"/cite/{token}")
    assert page.status_code == status
    assert part in page_words(page)


def test_a_question_with_month_and_group_leads_to_the_page(client: TestClient) -> None:
    asked = f"/cite?{QUESTION}&month=2025-08&group="
    for group in ("chinese", "-closed"):
        answer = client.get(asked + group, follow_redirects=False)
        assert answer.status_code == 303
        assert f"/cite/2025-08~{group}~" in answer.headers["location"]
    assert client.get(f"{asked}nobody").status_code == 404
    assert client.get(f"{asked}chinese&group=us").status_code == 400
    two = QUESTION.replace("source=", "source=state-of-ai-study,")
    assert client.get(f"/cite?{two}&month=2025-08&group=chinese").status_code == 400
    assert client.get(f"/cite?{QUESTION}&month=soon&group=chinese").status_code == 400


@pytest.mark.browser
def test_a_point_that_is_pressed_offers_the_pages_of_its_month(page: Page) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    plot = page.locator("share-chart .plot").first
    plot.hover()
    expect(plot.locator(".hoverlayer .legendtext, .hoverlayer .hovertext").first).to_be_visible()
    plot.click()
    links = page.locator(".cite-points a")
    expect(links.first).to_contain_text("Chinese")
    links.first.click()
    expect(page.get_by_role("heading", name="To cite in full")).to_be_visible()


@pytest.mark.browser
def test_enter_leads_from_the_point_that_is_read_to_its_page(page: Page) -> None:
    page.goto("/trends")
    wait_until_drawn(page)
    page.get_by_role("application").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("5.99")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_citation_stays_within_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/trends?from=2025-08&to=2025-09&source=openrouter-rankings")
    page.locator("td a.number").first.click()
    expect(page.get_by_role("heading", name="BibTeX")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_closed_number_is_defined_as_closed(client: TestClient) -> None:
    path = path_of_number(client, "from=2026-09&to=2026-09", "complement")
    shown = page_words(client.get(path))
    assert "Closed models: 23.58 % " in shown
    assert "Counted: closed models, those whose weights cannot be downloaded." in shown
    assert "Counted: open models" not in shown


def test_what_a_filter_leaves_of_the_closed_is_not_called_all_of_them(client: TestClient) -> None:
    question = "openness=all&by=company&company=alibaba&from=2026-09&to=2026-09"
    rows = client.get(f"/api/v1/shares?{question}").json()["complement"]
    (closed,) = [row for row in rows if row["group"] == "closed"]
    assert closed["label"] == "Other closed"
    shown = page_words(client.get(urlsplit(closed["cite"]).path))
    assert "Other closed models (all but alibaba): 23.19 %" in shown
    assert "cannot be downloaded (all but alibaba)." in shown


def test_each_number_is_cited_with_the_date_of_its_own_file(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_file(
        filled_db, b"month,origin,openness,share_pct,status\n2026-10,us,open,5,provisional\n"
    )
    september = page_words(own_client.get(path_of_number(own_client, "from=2026-09&to=2026-09")))
    assert "as of 10 October 2026" in september
    october = page_words(
        own_client.get(path_of_number(own_client, "from=2026-10&to=2026-10&origin=us"))
    )
    assert "Source: OpenRouter (openrouter.ai/rankings). Licensed" in october
    chart = own_client.get("/trends.bib?from=2025-08&to=2025-08").text
    assert "as of 10~October~2026" in chart


def test_a_withdrawn_number_says_by_what_when_and_why(
    own_client: TestClient, filled_db: Database
) -> None:
    upload = publish_file(
        filled_db, b"month,origin,openness,share_pct,status\n2026-10,us,open,5,provisional\n"
    )
    path = path_of_number(own_client, "from=2026-10&to=2026-10&origin=us")
    with filled_db.writing() as session:
        withdraw_upload(session, upload, by="ada", reason="wrong file")
    shown = page_words(own_client.get(path))
    assert "changed since: it stands at 5.64 % (provisional, 9 of 31 days covered) now" in shown
    assert f"withdrawn: upload {upload}, “wrong file”" in shown
    links = attributes(own_client.get(path).text, ".notice a[href^='/cite/']", "href")
    assert page_words(own_client.get(links[0])).count("5.64 %") > 1


@pytest.mark.parametrize(
    "question",
    [
        "source=openrouter-rankings,vercel-gateway-tokens&by=developer&top=3&from=2026-07&to=2026-08",
        "source=openrouter-rankings,state-of-ai-study&company=alibaba&from=2025-08&to=2025-08",
        "source=openrouter-rankings,huggingface-study-2025&company=google&from=2025-08&to=2025-08",
        "by=model&top=2&openness=all&from=2026-08",
        "by=company&of=open&from=2026-09",
        "home=base&from=2026-09&to=2026-09",
    ],
)
def test_every_address_that_an_answer_hands_out_is_found_with_its_number(
    client: TestClient, question: str
) -> None:
    answer = client.get(f"/api/v1/shares?{question}").json()
    rows = [row for row in answer["data"] + answer["complement"] if row["cite"]]
    assert rows
    for row in rows:
        page = client.get(urlsplit(row["cite"]).path)
        assert page.status_code == 200, row["cite"]
        assert "Still current Yes" in page_words(page)


def test_a_moment_that_is_to_come_is_told(client: TestClient) -> None:
    month, group, source, _, *rest = path_of_number(client).split("~")
    page = client.get("~".join([month, group, source, "zzzzzzzzzz", *rest]))
    assert "The link names another moment" in page_words(page)
