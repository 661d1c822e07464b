"""`/` and `/trends` at a vintage: what was added, revised and withdrawn since."""

from datetime import UTC, datetime
from io import BytesIO

from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.session import Database
from app.domain.calendar import format_instant
from app.domain.vocabulary import Openness
from app.ingest.publish import publish_upload
from app.ingest.stored_files import WEB_LIMITS, store_upload
from app.ingest.withdraw import withdraw_upload
from app.queries.uploads import read_upload_records
from tests.markup import select, select_one, words_of
from tests.pages.explore.builders import html_of


def test_a_source_that_was_added_later_does_not_stand_beside_earlier_figures(
    own_client: TestClient, filled_db: Database
) -> None:
    pinned = "/?as_of=" + format_instant(datetime.now(UTC))
    with filled_db.writing() as session:
        cells = {
            "source": "a-later-one",
            "name": "Later",
            "publisher": "L",
            "metric": "tokens",
            "population": "P",
        }
        edit_entry(session, SOURCE_TYPE, cells, by="ada", reason="new")
    assert "Later" not in html_of(own_client, pinned)


def test_a_pinned_view_whose_figures_were_revised_shows_old_and_new(
    own_client: TestClient, filled_db: Database
) -> None:
    pinned = "/?as_of=" + format_instant(datetime.now(UTC))
    assert "revised since" not in html_of(own_client, pinned)
    revise(filled_db, b"2026-07,chinese,open,61.5,\n2026-11,us,open,7,provisional\n")
    page = html_of(own_client, pinned)
    assert "numbers shown here have been revised since" in page
    assert "Since then November 2026 was added" in page
    rows = [words_of(row) for row in select(page, "tr:has(th[scope='row'])")]
    row = next(row for row in rows if row.startswith("July 2026 "))
    assert [part for part in ("61.03 %", "61.50 %", "+0.5 pp") if part not in row] == []
    assert "revised since" not in html_of(own_client)


def test_a_pinned_view_whose_figures_were_withdrawn_says_so(
    own_client: TestClient, filled_db: Database
) -> None:
    address = "/trends?source=vercel-ai-gateway&openness=all&as_of=" + format_instant(
        datetime.now(UTC)
    )
    with filled_db.writing() as session:
        (upload,) = (
            item.id
            for item in read_upload_records(session, everyone=True)
            if any(month.source == "vercel-ai-gateway" for month in item.months)
        )
        withdraw_upload(session, upload, by="ada", reason="recounted")
    assert "These figures have been withdrawn since" in html_of(own_client, address)


def revise(db: Database, lines: bytes) -> None:
    """Publishes lines of the main source."""
    file = BytesIO(b"month,origin,openness,share_pct,status\n" + lines)
    with db.writing() as session:
        upload = store_upload(
            session,
            file,
            filename="revised.csv",
            by="ada",
            source="openrouter-rankings",
            openness=Openness.OPEN,
        )
        publish_upload(session, upload, by="ada", reason="recounted", limits=WEB_LIMITS)


def test_the_reason_of_a_revision_stands_beside_the_figures_it_changed(
    own_client: TestClient, filled_db: Database
) -> None:
    assert "No figure shown here has been revised" in html_of(own_client)
    revise(filled_db, b"2026-07,chinese,open,61.5,\n")
    for address in ("/", "/trends"):
        plain = words_of(select_one(html_of(own_client, address), "section:has(#revised)"))
        assert "recounted" in plain
        assert "61.03 % 61.50 %" in plain
