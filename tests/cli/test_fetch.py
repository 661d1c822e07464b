"""`modelshare fetch`: figures from a publisher on loopback that answers from recordings."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.database.fetch_tables import FetchRun
from app.database.session import Database
from app.domain.questions.question import Question
from app.domain.rounding import round_half_up
from app.domain.sources.provenance import Provenance
from app.ingest.fetching.stored_answers import load_answers
from app.queries.answers.shares import answer_question
from app.queries.uploads import State, UploadRecord, read_upload_records
from tests.programs import modelshare
from tests.publisher_server import RECORDINGS, Answer, PublisherServer

EXPORTS = "/api/v1/datasets/exports"
SEPTEMBER = ("--from", "2026-09", "--to", "2026-09")
EXPORT = f"{EXPORTS}/rankings-daily/2026-10-01.csv"
MANIFEST = f"{EXPORTS}/rankings-daily/2026-10-01.manifest.json"
PUBLISH = ("--publish", "--reason", "a new month")
RECORDED = RECORDINGS / "openrouter"


@pytest.fixture(autouse=True)
def openrouter_is_asked_on_loopback(
    monkeypatch: pytest.MonkeyPatch, openrouter: PublisherServer
) -> None:
    monkeypatch.setenv("OPENROUTER_URL", openrouter.address)
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)


def uploads(db: Database) -> list[UploadRecord]:
    with db.reading() as session:
        return read_upload_records(session, everyone=True)


def records(db: Database) -> list[FetchRun]:
    with db.reading() as session:
        return list(session.scalars(select(FetchRun).order_by(FetchRun.id)))


def chinese_share(db: Database, month: date) -> Decimal | None:
    question = Question(source=("openrouter-rankings",))
    with db.reading() as session:
        answer = answer_question(session, question)
    (share,) = (
        share.share_pct
        for share in answer.shares
        if (share.month, share.group) == (month, "chinese")
    )
    return None if share is None else round_half_up(share, 2)


def serve_changed(publisher: PublisherServer, old: str, new: str) -> None:
    """Have the September export say something else, with a manifest that is right of it."""
    export = (RECORDED / "exports/rankings-daily/2026-10-01.csv").read_bytes()
    assert export.count(old.encode()) == 1
    export = export.replace(old.encode(), new.encode())
    manifest = json.loads(
        (RECORDED / "exports/rankings-daily/2026-10-01.manifest.json").read_text()
    )
    manifest["files"]["csv"]["sha256"] = hashlib.sha256(export).hexdigest()
    publisher.answers[EXPORT] = Answer(export)
    publisher.answers[MANIFEST] = Answer(json.dumps(manifest).encode())


def test_a_month_is_fetched_checked_and_published_with_the_publishers_own_bytes(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
    assert done.returncode == 0, done.stderr
    assert "Published as upload 1." in done.stderr
    assert chinese_share(catalogue_db, date(2026, 9, 1)) == Decimal("58.09")
    (upload,) = uploads(catalogue_db)
    assert (upload.state, upload.reason) == (State.PUBLISHED, "a new month")
    assert Provenance(upload.origin_url, None, upload.publisher_as_of) == Provenance(
        f"https://openrouter.ai{EXPORT}", None, date(2026, 10, 1)
    )
    (month,) = upload.months
    assert (month.month, month.lines, month.days) == (date(2026, 9, 1), 82, None)
    with catalogue_db.reading() as session:
        answers = load_answers(session, upload.id)
    assert [answer.url for answer in answers] == [
        f"{openrouter.address}{path}" for path in (f"{EXPORTS}/index.json", MANIFEST, EXPORT)
    ]
    assert answers[2].content == (RECORDED / "exports/rankings-daily/2026-10-01.csv").read_bytes()
    (record,) = records(catalogue_db)
    assert (record.outcome, record.upload_id, record.newest_day) == (
        "published",
        upload.id,
        date(2026, 9, 30),
    )


def test_the_second_time_it_says_that_nothing_has_changed(
    catalogue_database_url: str, catalogue_db: Database
) -> None:
    for _ in range(2):
        done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
        assert done.returncode == 0, done.stderr
    assert "Nothing has changed: 2026-09 stands as OpenRouter says." in done.stderr
    assert len(uploads(catalogue_db)) == 1


def test_what_the_bundled_figures_say_already_is_nothing_new(
    filled_database_url: str, filled_db: Database
) -> None:
    before = len(uploads(filled_db))
    done = modelshare(filled_database_url, "fetch", "openrouter", *SEPTEMBER)
    assert done.returncode == 0, done.stderr
    assert "Nothing has changed: 2026-09" in done.stderr
    assert len(uploads(filled_db)) == before


def test_one_changed_row_is_a_revision(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
    serve_changed(openrouter, "1,1872948241668,", "1,91872948241668,")
    done = modelshare(
        catalogue_database_url,
        "fetch",
        "openrouter",
        *SEPTEMBER,
        "--publish",
        "--reason",
        "restated",
    )
    assert done.returncode == 0, done.stderr
    assert chinese_share(catalogue_db, date(2026, 9, 1)) != Decimal("58.09")
    assert [upload.state for upload in uploads(catalogue_db)] == [State.PUBLISHED, State.SUPERSEDED]


def test_final_figures_are_not_revised_without_a_reason(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
    serve_changed(openrouter, "1,1872948241668,", "1,91872948241668,")
    done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, "--publish")
    assert done.returncode == 3
    assert "A reason is needed to revise final figures" in done.stderr
    assert uploads(catalogue_db)[0].state is State.UNPUBLISHED


def test_without_publish_it_waits_like_a_colleagues_file(
    catalogue_database_url: str, catalogue_db: Database
) -> None:
    done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER)
    assert done.returncode == 0, done.stderr
    assert "Upload 1 waits for review at /uploads/1." in done.stderr
    assert [upload.state for upload in uploads(catalogue_db)] == [State.UNPUBLISHED]
    again = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER)
    assert "Upload 1 waits for review" in again.stderr
    assert len(uploads(catalogue_db)) == 1


def test_what_waits_already_is_published_by_a_later_publish(
    catalogue_database_url: str, catalogue_db: Database
) -> None:
    modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER)
    done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
    assert done.returncode == 0, done.stderr
    assert [upload.state for upload in uploads(catalogue_db)] == [State.PUBLISHED]


def test_a_month_that_counts_many_times_as_much_waits_for_a_person(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
    serve_changed(openrouter, "1,1872948241668,", "1,9001872948241668,")
    done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
    assert done.returncode == 3
    assert "counts 17 times as much a day as 2026-09 does" in done.stderr
    assert uploads(catalogue_db)[0].state is State.UNPUBLISHED


def test_a_check_stores_nothing(catalogue_database_url: str, catalogue_db: Database) -> None:
    done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, "--check")
    assert done.returncode == 0, done.stderr
    assert "2026-09 of openrouter-rankings, final, 2026-09-01 to 2026-09-30, 30 days" in done.stderr
    assert "minimax/minimax-m3-20260531:free" in done.stderr
    assert not uploads(catalogue_db)


def test_names_that_are_new_wait_for_a_person(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    serve_changed(openrouter, "2026-09-01,z-ai/glm-5.3-flash-20260826,", "2026-09-01,z-ai/glm-9,")
    done = modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, *PUBLISH)
    assert done.returncode == 3
    assert "New to the catalogue: z-ai/glm-9." in done.stderr
    assert [upload.state for upload in uploads(catalogue_db)] == [State.UNPUBLISHED]


def test_who_asks_is_told_to_the_publisher(
    catalogue_database_url: str, openrouter: PublisherServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_NAME", "Shares of Ünited")
    monkeypatch.setenv("SITE_CONTACT", "ada@example.org")
    modelshare(catalogue_database_url, "fetch", "openrouter", *SEPTEMBER, "--check")
    (agent,) = set(openrouter.agents)
    assert "Shares of ?nited" in agent
    assert "ada@example.org" in agent
