"""`/sources` and `/sources/{slug}`: what is counted, which months, and what was revised."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE, read_entries
from app.database.session import Database
from app.database.tables import Source, Upload
from app.domain.calendar import format_instant
from app.ingest.withdraw import withdraw_upload
from tests.builders import HOSTILE_NAMES, NOVEMBER, REVISED, database_of, publish_file
from tests.looking import counted, links, words
from tests.markup import attributes, select, text_of, texts
from tests.pages.reference.builders import BEFORE, MAIN, SINGLE, record
from tests.rewriting import rewriting


def definition(client: TestClient, address: str) -> dict[str, str]:
    html = client.get(address).text
    terms, meanings = texts(html, "dl.facts > dt"), texts(html, "dl.facts > dt + dd")
    return dict(zip(terms, meanings, strict=True))


def add_source(db: Database, slug: str) -> None:
    cells = {"source": slug, "name": slug.title(), "publisher": "A", "metric": "tokens"}
    with db.writing() as session:
        new = cells | {"population": "All"}
        edit_entry(session, SOURCE_TYPE, new, by="ada", reason="")


def published_at(db: Database, upload_id: int) -> str:
    """The instant just before an upload was published."""
    with db.reading() as session:
        at = session.get_one(Upload, upload_id).published_at
    assert at
    return format_instant(at - timedelta(microseconds=1))


# --- side by side


def test_every_source_has_a_column_with_its_definition(client: TestClient) -> None:
    html = client.get("/sources").text
    heads = attributes(html, 'th[scope="col"] > a[href^="/sources/"]', "href")
    assert len(heads) == 9
    rows = select(html, "table")[0].select("tbody > tr")
    assert all(len(row.select("td")) == 9 for row in rows)
    labels = [text_of(row.select("th[scope='row']")[0]) for row in rows]
    assert labels[:6] == [
        "Counts", "Of what", "100 % is", "A figure is of", "Reports on", "Months covered",
    ]  # fmt: skip


def test_the_cadence_is_told_from_the_months_there_are(client: TestClient) -> None:
    shown = words(client, "/sources")
    assert "Monthly, 22 months without a gap" in shown
    assert "2 single months, not a series" in shown
    assert "A single month" in shown


def test_a_gap_in_a_series_is_counted(own_client: TestClient, filled_db: Database) -> None:
    publish_file(filled_db, b"month,origin,share_pct\n2024-11,chinese,5\n")
    assert definition(own_client, MAIN)["Cadence"] == "Monthly, 23 months; one is missing"


def test_why_they_differ_is_told_by_metric_and_population(client: TestClient) -> None:
    shown = words(client, "/sources")
    assert (
        "“State of Open Source, Spring 2026”, Economies of Open Intelligence and “Hugging Face Hub,"
        " downloads by organisation” count downloads."
    ) in shown
    assert "Those that count tokens do not count those of the same." in shown
    assert "Vercel AI Gateway index: traffic routed through the Vercel AI Gateway." in shown
    assert "never joined into one line" in shown


def test_one_source_needs_no_comparison(empty_client: TestClient, db: Database) -> None:
    add_source(db, "acme")
    shown = words(empty_client, "/sources")
    assert "Acme" in shown
    assert "Why they differ" not in shown


def test_before_any_source_is_known_the_page_says_so(empty_client: TestClient) -> None:
    assert "No source is known so far." in words(empty_client, "/sources")


def statements(client: TestClient, address: str) -> int:
    with counted(database_of(client)) as statements_run:
        words(client, address)
    return len(statements_run)


def test_more_sources_need_no_more_statements(own_client: TestClient, filled_db: Database) -> None:
    before = statements(own_client, "/sources")
    for n in range(5):
        add_source(filled_db, f"s{n}")
    assert statements(own_client, "/sources") == before


# --- one source


def test_a_source_tells_its_definition_licence_and_citation(client: TestClient) -> None:
    facts = definition(client, MAIN)
    assert facts["Counts"] == "Tokens"
    assert facts["100 % is"] == "All tokens counted by OpenRouter"
    assert facts["Licence"] == "CC BY 4.0"
    assert re.search(r"OpenRouter \(openrouter.ai/rankings\), as of \d+ \w+", facts["Cite it as"])
    assert definition(client, SINGLE)["Licence"] == "Not stated"


def test_coverage_tells_the_status_of_every_month_and_leads_to_its_lines(
    client: TestClient,
) -> None:
    shown = words(client, MAIN)
    assert "October 2026: provisional" in shown
    assert "August 2025: final" in shown
    assert "final: 21 provisional: 1 with a notch: not all days, 3" in shown
    address = "/uploads/behind?source=openrouter-rankings&month=2026-10"
    assert address in links(client, MAIN)
    assert client.get(address).status_code == 303


def test_a_month_between_others_is_missing_and_one_beyond_them_is_not_covered(
    client: TestClient,
) -> None:
    html = client.get("/sources/state-of-ai-study").text
    months = {
        text_of(row.select("th")[0]): [
            month.get_text().partition(": ")[2] for month in row.select(".unseen")
        ]
        for row in select(html, "tr:has(> th[scope='row'])")
    }
    assert months["2024"] == ["not covered"] * 11 + ["reported"]
    assert months["2025"] == ["missing"] * 7 + ["reported"] + ["not covered"] * 4


def test_a_source_that_names_no_open_model_leads_to_a_chart_of_all(client: TestClient) -> None:
    (address,) = [item for item in links(client, "/sources/vercel-ai-gateway") if "/trends" in item]
    assert "openness=all" in address
    assert client.get(address).status_code == 200
    assert "/trends?source=openrouter-rankings" in links(client, MAIN)


def test_uploads_are_listed_with_what_stands_of_them(
    own_client: TestClient, filled_db: Database
) -> None:
    standing, gone = record(filled_db)
    shown = words(own_client, MAIN)
    assert f"file.csv {gone}" in shown
    assert "September 2026 2 withdrawn" in shown
    assert "stand in 21 of 22 months" in shown
    assert f"/uploads/{standing}" in links(own_client, MAIN)


def test_revisions_tell_when_who_why_and_the_sums_before_and_after(
    own_client: TestClient, filled_db: Database
) -> None:
    record(filled_db)
    shown = words(own_client, MAIN)
    assert shown.count("September 2026 revised") == 2
    assert "Reason a recount" in shown
    assert re.search(r"September 2026 Chinese, open 58\.09 % 50.00 % −8.1 pp", shown)
    assert "by grace" in shown
    assert "Reason left out a week" in shown
    assert "September 2026 Chinese, open 55.00 % 50.00 % −5.0 pp" in shown


def test_what_falls_away_is_a_dash_and_no_change_in_points(
    own_client: TestClient, filled_db: Database
) -> None:
    publish_file(filled_db, REVISED, reason="a recount")
    assert re.search(r"September 2026 US, closed [\d.]+ % – –", words(own_client, MAIN))


def test_a_first_publication_is_no_revision(client: TestClient) -> None:
    assert "None: no published figure of this source has been changed" in words(client, SINGLE)


def test_a_withdrawal_of_what_did_not_stand_says_that_nothing_changed(
    own_client: TestClient, filled_db: Database
) -> None:
    first = publish_file(filled_db, REVISED, reason="a recount")
    publish_file(filled_db, REVISED.replace(b"50", b"51"), reason="again")
    with filled_db.writing() as session:
        withdraw_upload(session, first, by="ada", reason="late")
    assert "No sum changed: what was withdrawn did not stand any more." in words(own_client, MAIN)


def test_as_of_shows_what_stood_then(own_client: TestClient, filled_db: Database) -> None:
    standing, gone = record(filled_db)
    then = f"{MAIN}?as_of={published_at(filled_db, gone)}"
    shown = words(own_client, then)
    assert "As it stood on" in shown
    assert "a recount" in shown
    assert "left out a week" not in shown
    assert f"/uploads/{gone}" not in links(own_client, then)
    assert f"/uploads/{standing}" in links(own_client, then)
    assert all("as_of=" in item for item in links(own_client, then) if "/behind" in item)
    assert "/sources/openrouter-rankings" in links(own_client, then)


def test_a_corrected_definition_reads_at_its_vintage_as_it_did_then(
    own_client: TestClient, filled_db: Database
) -> None:
    upload = publish_file(filled_db, NOVEMBER)
    with filled_db.writing() as session:
        kind = SOURCE_TYPE
        number, cells = next(
            item
            for item in read_entries(session, kind)
            if item[1]["source"] == "openrouter-rankings"
        )
        changed = cells | {"licence": "CC0"}
        edit_entry(session, kind, changed, by="ada", reason="it changed", entry_id=number)
    assert definition(own_client, MAIN)["Licence"] == "CC0"
    then = f"{MAIN}?as_of={published_at(filled_db, upload)}"
    assert definition(own_client, then)["Licence"] == "CC BY 4.0"


def test_before_a_source_was_added_there_was_none(client: TestClient) -> None:
    assert "No source was known then." in words(client, f"/sources?{BEFORE}")
    assert "There is no source" in words(client, f"{MAIN}?{BEFORE}", 404)


def test_a_source_without_figures_has_a_page_of_its_own(
    own_client: TestClient, filled_db: Database
) -> None:
    add_source(filled_db, "acme")
    shown = words(own_client, "/sources/acme")
    assert "No figures; shares of all tokens counted by A" in shown
    assert "Nothing is published about it" in shown


@pytest.mark.parametrize("slug", ["openruter-rankings", "OpenRouter rankings"])
def test_an_unknown_source_names_the_nearest(client: TestClient, slug: str) -> None:
    assert "Did you mean “openrouter-rankings”?" in words(client, f"/sources/{slug}", 404)


@pytest.mark.parametrize("address", ["/sources", MAIN])
def test_other_parameters_are_refused_with_the_nearest_one(
    client: TestClient, address: str
) -> None:
    assert "Did you mean “as_of”?" in words(client, f"{address}?asof=2026-01-01", 400)
    assert "expected one of as_of" in words(client, f"{address}?by=origin", 400)
    assert "a date" in words(client, f"{address}?as_of=soon", 400)
    assert client.get(f"{address}?as_of=2999-01-01").status_code == 400


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_and_do_nothing(
    own_client: TestClient, filled_db: Database, name: str
) -> None:
    with rewriting(filled_db) as session:
        session.execute(update(Source).values(name=name, population=name, method=name))
        session.execute(update(Upload).values(published_by=name))
    for address in ("/sources", MAIN):
        html = own_client.get(address).text
        assert "<script>alert" not in html
        assert "49" not in words(own_client, address).partition("Licence")[0]
        assert " ".join(name.split()) in words(own_client, address)


def test_more_uploads_need_no_more_statements(own_client: TestClient, filled_db: Database) -> None:
    before = statements(own_client, MAIN)
    record(filled_db)
    assert statements(own_client, MAIN) == before


def test_the_source_that_questions_are_about_comes_first(client: TestClient) -> None:
    for page in ("/sources", "/methods"):
        named = [link for link in links(client, page) if link.startswith("/sources/")]
        assert named[0] == "/sources/openrouter-rankings"
