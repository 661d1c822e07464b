"""`/uploads/{id}/lines`: from a number to the lines it stands on."""

import re

import pytest
from fastapi.testclient import TestClient

from app.database.session import Database
from tests.builders import REVISED, publish_file, text_of
from tests.looking import vintages
from tests.markup import attributes, select_one, texts

MONTH = r"\d{4}-\d{2}"


def numbers_of_lines(html: str) -> list[str]:
    """The numbers of the lines of a file that a page shows."""
    return [line.removeprefix("line-") for line in attributes(html, "tr[id^='line-']", "id")]


def test_every_month_of_a_table_leads_to_its_upload_and_lines(client: TestClient) -> None:
    for path in ("/", "/trends?by=developer"):
        html = client.get(path).text
        links = attributes(html, 'a[href^="/uploads/behind?"]', "href")
        months = [at for at in attributes(html, "time", "datetime") if re.fullmatch(MONTH, at)]
        assert len(links) == len(months)
    response = client.get(links[0])
    target = "/uploads/3/lines?source=openrouter-rankings&month=2026-10"
    assert (response.status_code, response.headers["location"]) == (303, target)


def test_the_lines_add_up_to_the_number_they_stand_behind(client: TestClient) -> None:
    address = "/uploads/3/lines?source=openrouter-rankings&month=2025-08"
    html = client.get(address).text
    assert "Chinese, open 20 28.77 %" in text_of(client.get(address))
    (filtered,) = attributes(html, 'a[href$="origin=chinese&openness=open#lines"]', "href")
    lines = client.get(filtered.removesuffix("#lines")).text
    assert len(numbers_of_lines(lines)) == 20
    assert "closed" not in texts(lines, "td")


def test_a_pinned_number_leads_to_the_upload_of_its_vintage(
    own_client: TestClient, filled_db: Database
) -> None:
    pinned = vintages(own_client)[0]
    second = publish_file(filled_db, REVISED)
    month = "/uploads/behind?source=openrouter-rankings&month=2026-09"
    assert own_client.get(month).headers["location"].startswith(f"/uploads/{second}/lines")
    then = own_client.get(f"{month}&as_of={pinned}")
    assert then.headers["location"].startswith("/uploads/3/lines")
    html = own_client.get(f"/?as_of={pinned}").text
    links = attributes(html, 'a[href^="/uploads/behind"]', "href")
    assert links
    assert all("as_of=" in link for link in links)
    assert "superseded" in text_of(own_client.get(then.headers["location"]))


def test_many_lines_come_in_pages(own_client: TestClient, filled_db: Database) -> None:
    slices = "".join(f"2026-10,us,open,Lab {n},0.01\n" for n in range(450))
    content = f"month,origin,openness,developer,share_pct\n{slices}".encode()
    upload_id = publish_file(filled_db, content)
    address = f"/uploads/{upload_id}/lines?source=openrouter-rankings&month=2026-10"
    seen: list[str] = []
    while address:
        html = own_client.get(address).text
        seen += numbers_of_lines(html)
        links = attributes(html, 'a[href$="#lines"]:-soup-contains("More lines")', "href")
        address = links[0].removesuffix("#lines") if links else ""
    assert seen == [str(line) for line in range(2, 452)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("source=openrouter-rankings", 400),
        ("month=2026-09", 400),
        ("source=nobody&month=2026-09", 400),
        ("source=openrouter-rankings&month=2026-09&after=x", 400),
        ("source=openrouter-rankings&month=2026-09&colour=red", 400),
        ("source=openrouter-rankings&month=2020-01", 404),
        ("source=vercel-ai-gateway&month=2026-04", 404),
    ],
)
def test_lines_that_cannot_be_asked_for_get_a_page_that_says_why(
    client: TestClient, query: str, status: int
) -> None:
    response = client.get(f"/uploads/3/lines?{query}")
    assert response.status_code == status
    assert select_one(response.text, "h1")
