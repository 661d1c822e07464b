"""`/feed.atom`: newly published months, revisions and withdrawals (RFC 4287)."""

import re
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from app.database.session import Database
from app.database.tables import Source, Upload
from app.ingest.withdraw import withdraw_upload
from tests.builders import HOSTILE_NAMES, NOVEMBER, REVISED, SITE, database_of, publish_file
from tests.looking import counted
from tests.markup import attributes
from tests.rewriting import rewriting

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MIXED = NOVEMBER + b"2026-09,chinese,open,50,\n"


def feed(client: TestClient, address: str = "/feed.atom") -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)


def text_of_child(element: ET.Element, name: str) -> str:
    """The text of a child that is there exactly once and not empty."""
    (child,) = element.findall(ATOM + name)
    assert child.text
    return child.text


def author(element: ET.Element) -> str:
    (author_element,) = element.findall(f"{ATOM}author")
    return text_of_child(author_element, "name")


def entries(client: TestClient, address: str = "/feed.atom") -> list[ET.Element]:
    return feed(client, address).findall(f"{ATOM}entry")


def content(entry: ET.Element) -> str:
    (div,) = entry.findall(f"{ATOM}content/{XHTML}div")
    return " ".join("".join(div.itertext()).replace("\N{NO-BREAK SPACE}", " ").split())


def withdraw(db: Database, upload_id: int, reason: str = "left out a week") -> None:
    with db.writing() as session:
        withdraw_upload(session, upload_id, by="grace", reason=reason)


def test_the_feed_has_what_atom_asks_of_a_feed(client: TestClient) -> None:
    root = feed(client)
    assert root.tag == f"{ATOM}feed"
    assert text_of_child(root, "id").startswith("tag:")
    assert text_of_child(root, "title") == "Open Model Share"
    assert datetime.fromisoformat(text_of_child(root, "updated")).tzinfo
    assert author(root)
    (self,) = root.findall(f"{ATOM}link[@rel='self']")
    assert self.get("href", "").endswith("/feed.atom")


def test_every_entry_has_what_atom_asks_of_an_entry(client: TestClient) -> None:
    entries_read = entries(client)
    assert len(entries_read) == 8
    for entry in entries_read:
        for name in ("id", "title", "updated", "published"):
            assert text_of_child(entry, name)
        assert datetime.fromisoformat(text_of_child(entry, "updated")).tzinfo
        assert [item.get("type") for item in entry.findall(f"{ATOM}content")] == ["xhtml"]
        assert author(entry) == "bundled"
    ids = [text_of_child(entry, "id") for entry in entries_read]
    assert len(set(ids)) == 8


def test_the_feed_changed_when_its_latest_entry_did(client: TestClient) -> None:
    root = feed(client)
    moments = [text_of_child(entry, "updated") for entry in root.findall(f"{ATOM}entry")]
    assert moments == sorted(moments, key=datetime.fromisoformat, reverse=True)
    assert text_of_child(root, "updated") == moments[0]


def test_ids_do_not_depend_on_the_host_and_stay(client: TestClient) -> None:
    here = [text_of_child(entry, "id") for entry in entries(client)]
    there = ET.fromstring(client.get("/feed.atom", headers={"host": "elsewhere.example"}).content)
    assert [text_of_child(entry, "id") for entry in there.findall(f"{ATOM}entry")] == here
    assert text_of_child(there, "id") == text_of_child(feed(client), "id")
    pattern = r"tag:open-model-share\.invalid,2026:upload/\d+/[0-9a-f]{16}/published/[0-9T:.-]+Z"
    assert all(re.fullmatch(pattern, name) for name in here)


def test_a_new_month_is_told_with_its_figures_and_its_upload(
    own_client: TestClient, filled_db: Database
) -> None:
    upload = publish_file(filled_db, NOVEMBER, reason="")
    entry = entries(own_client)[0]
    assert text_of_child(entry, "title").replace("\N{NO-BREAK SPACE}", " ") == (
        "OpenRouter rankings: November 2026 published"
    )
    (link,) = entry.findall(f"{ATOM}link")
    assert link.get("href", "").endswith(f"/uploads/{upload}")
    assert own_client.get(f"/uploads/{upload}").status_code == 200
    assert "November 2026: new, provisional Chinese, open: 62.50 % US, closed: 30.00 %" in content(
        entry
    )


def test_a_revision_says_why_and_what_stood_before_and_after(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_file(filled_db, REVISED, reason="a recount")
    entry = entries(own_client)[0]
    assert text_of_child(entry, "title").replace("\N{NO-BREAK SPACE}", " ") == (
        "OpenRouter rankings: September 2026 revised: a recount"
    )
    assert re.search(r"Chinese, open: 58\.09 % → 50\.00 % \(−8\.1 pp\)", content(entry))
    assert re.search(r"US, closed: [\d.]+ % → –", content(entry))
    assert {item.get("term") for item in entry.findall(f"{ATOM}category")} == {
        "published",
        "revision",
    }


def test_a_month_that_became_final_is_told_with_both_statuses(
    own_client: TestClient, filled_db: Database
) -> None:
    settled = b"month,origin,openness,share_pct\n2026-10,chinese,open,50\n"
    publish_file(filled_db, settled, reason="the month is over")
    told = content(entries(own_client)[0])
    assert "October 2026: revised, provisional before, final now" in told
    assert "Chinese, open: 52.31 % → 50.00 % (−2.3 pp)" in told


def test_new_and_revised_months_of_one_file_are_told_apart(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_file(filled_db, MIXED, reason="both")
    title = text_of_child(entries(own_client)[0], "title").replace("\N{NO-BREAK SPACE}", " ")
    assert title == "OpenRouter rankings: November 2026 published and September 2026 revised: both"


def test_a_withdrawal_is_an_entry_of_its_own_and_the_first_one_stays(
    own_client: TestClient, filled_db: Database
) -> None:
    upload = publish_file(filled_db, REVISED, reason="a recount")
    before = text_of_child(entries(own_client)[0], "id")
    withdraw(filled_db, upload)
    withdrawn, published = entries(own_client)[:2]
    assert text_of_child(published, "id") == before
    assert text_of_child(withdrawn, "id") != before
    title = text_of_child(withdrawn, "title").replace("\N{NO-BREAK SPACE}", " ")
    assert title == (
        "OpenRouter rankings: September 2026 withdrawn, back to the figures of upload 3: "
        "left out a week"
    )
    assert author(withdrawn) == "grace"
    assert re.search(r"Chinese, open: 50\.00 % → 58\.09 % \(\+8\.1 pp\)", content(withdrawn))


def test_a_long_file_tells_its_latest_months_and_how_many_more(client: TestClient) -> None:
    (entry,) = [item for item in entries(client) if "OpenRouter" in text_of_child(item, "title")]
    text = content(entry)
    assert text.count(": new") == 6
    assert "October 2026: new, provisional" in text
    assert "And 16 earlier months: see the upload." in text


def test_a_reported_figure_keeps_its_publishers_words_and_digits(client: TestClient) -> None:
    (entry,) = entries(client, "/feed.atom?source=state-of-ai-study")
    text = content(entry)
    assert (
        "August 2025: new, reported Chinese, open: 30 %, "
        "reported as “nearly 30 percent” in August 2025; not recomputed"
    ) in text
    assert "Chinese, open: 1.2 %, reported as “late 2024”; not recomputed" in text


def test_the_feed_of_one_source_tells_of_that_only(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_file(filled_db, NOVEMBER)
    root = feed(own_client, "/feed.atom?source=openrouter-rankings")
    assert text_of_child(root, "title") == "Open Model Share: OpenRouter rankings"
    assert text_of_child(root, "id") != text_of_child(feed(own_client), "id")
    assert len(root.findall(f"{ATOM}entry")) == 2
    (self,) = root.findall(f"{ATOM}link[@rel='self']")
    assert self.get("href", "").endswith("/feed.atom?source=openrouter-rankings")


def test_the_feed_of_two_sources_tells_of_those_only(client: TestClient) -> None:
    two = "/feed.atom?source=state-of-ai-study,vercel-ai-gateway"
    assert len(entries(client, two)) == 2 < len(entries(client))
    assert text_of_child(feed(client, two), "title").count("State of AI") == 1
    assert text_of_child(feed(client, two), "id").endswith(
        "feed/state-of-ai-study,vercel-ai-gateway"
    )


def test_the_latest_fifty_are_told_with_no_statement_for_each(
    own_client: TestClient, filled_db: Database
) -> None:
    def statements() -> int:
        with counted(database_of(own_client)) as statements_run:
            entries(own_client)
        return len(statements_run)

    # The first reader of a data version asks more.
    entries(own_client)
    before = statements()
    for n in range(52):
        content = f"month,origin,share_pct\n2026-10,chinese,{n}\n".encode()
        publish_file(filled_db, content, reason=f"change {n}")
    assert len(entries(own_client)) == 50
    assert statements() == before
    assert text_of_child(entries(own_client)[0], "title").endswith("change 51")


def test_before_the_first_upload_the_feed_is_empty_and_valid(empty_client: TestClient) -> None:
    root = feed(empty_client)
    assert root.findall(f"{ATOM}entry") == []
    assert datetime.fromisoformat(text_of_child(root, "updated")).tzinfo


@pytest.mark.parametrize(
    "text", [*HOSTILE_NAMES, "a\x0b\x1b\ufffe]]>&amp;", "</title><entry/>", "é\U0001f600"]
)
def test_any_stored_text_leaves_the_feed_well_formed(
    own_client: TestClient, filled_db: Database, text: str
) -> None:
    publish_file(filled_db, NOVEMBER)
    with rewriting(filled_db) as session:
        session.execute(update(Source).values(name=text))
        session.execute(update(Upload).values(filename=text, reason=text, published_by=text))
    entries_read = entries(own_client)
    assert len(entries_read) == 9
    shown = re.sub("[\x0b\x1b\ufffe]", "\ufffd", text)
    assert author(entries_read[0]) == shown
    assert " ".join(shown.split()) in content(entries_read[0])


def test_a_long_reason_is_whole_in_the_entry_and_short_in_its_title(
    own_client: TestClient, filled_db: Database
) -> None:
    reason = "line one\nline two " + "x" * 300
    publish_file(filled_db, REVISED, reason=reason)
    entry = entries(own_client)[0]
    assert "line one line two xxx" in text_of_child(entry, "title")
    assert len(text_of_child(entry, "title")) < 200
    assert " ".join(reason.split()) in content(entry)


def test_other_parameters_are_refused(client: TestClient) -> None:
    response = client.get("/feed.atom?sourse=x")
    assert response.status_code == 400
    assert response.json()["errors"][0]["suggestion"] == "source"


def test_every_page_names_the_feed(client: TestClient) -> None:
    link = 'link[rel="alternate"][type="application/atom+xml"]'
    for address in ("/", "/trends", "/sources", "/uploads", "/nowhere"):
        assert "/feed.atom" in attributes(client.get(address).text, link, "href")


def test_it_says_who_runs_the_site_and_under_what_licence(
    client: TestClient, named_client: TestClient
) -> None:
    named = ET.fromstring(named_client.get("/feed.atom").content)
    author = named.find(f"{ATOM}author")
    assert author is not None
    assert [child.text for child in author] == [
        SITE.publisher, "http://testserver/about", SITE.contact,
    ]  # fmt: skip
    assert text_of_child(named, "title") == SITE.title
    assert text_of_child(named, "rights").startswith("Charts and compiled figures: CC-BY-4.0.")
    private = ET.fromstring(client.get("/feed.atom").content)
    author = private.find(f"{ATOM}author")
    assert author is not None
    assert [child.text for child in author] == [
        "A private copy of Open Model Share", "http://testserver/about",
    ]  # fmt: skip
    assert private.find(f"{ATOM}rights") is None
