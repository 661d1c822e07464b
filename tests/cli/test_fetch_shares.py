"""`modelshare fetch vercel`, `huggingface` and `all`: publishers on loopback."""

from datetime import date

import pytest
from sqlalchemy import select

from app.catalogue.audit_list import read_edits
from app.database.fetch_tables import FetchRun
from app.database.session import Database
from app.database.tables import Source
from app.domain.calendar import format_month, today_utc
from app.domain.questions.question import Question
from app.domain.rounding import round_half_up
from app.domain.sources.provenance import Provenance
from app.ingest.fetchers.trailing import trailing_month
from app.ingest.fetching.stored_answers import load_answers
from app.paths import DATA
from app.queries.answers.shares import answer_question
from app.queries.uploads import State, read_upload_records
from tests.programs import modelshare
from tests.publisher_server import Answer, PublisherServer

AUGUST = ("--from", "2026-08", "--to", "2026-08")
PUBLISH = ("--publish", "--reason", "a new month")
EXPORT = "/api/ai/leaderboard-export"


@pytest.fixture(autouse=True)
def publishers_are_asked_on_loopback(
    monkeypatch: pytest.MonkeyPatch,
    openrouter: PublisherServer,
    vercel: PublisherServer,
    hub: PublisherServer,
) -> None:
    monkeypatch.setenv("OPENROUTER_URL", openrouter.address)
    monkeypatch.setenv("VERCEL_URL", vercel.address)
    monkeypatch.setenv("HUGGINGFACE_URL", hub.address)
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)


def shares_of(db: Database, source: str) -> dict[tuple[date, str], str]:
    with db.reading() as session:
        answer = answer_question(session, Question(source=(source,)))
    return {
        (share.month, share.group): str(round_half_up(share.share_pct, 2))
        for share in answer.shares
        if share.share_pct is not None
    }


def outcomes(db: Database) -> list[tuple[str, str | None]]:
    with db.reading() as session:
        runs = session.scalars(select(FetchRun).order_by(FetchRun.id))
        return [(run.fetcher, run.outcome) for run in runs]


def test_a_month_of_vercel_is_three_sources_with_the_publishers_own_bytes(
    catalogue_database_url: str, catalogue_db: Database, vercel: PublisherServer
) -> None:
    done = modelshare(catalogue_database_url, "fetch", "vercel", *AUGUST, *PUBLISH)
    assert done.returncode == 0, done.stderr
    for source in ("tokens", "spend", "requests"):
        assert f"2026-08 of vercel-gateway-{source}, final, 2026-08-01 to 2026-08-31" in done.stderr
    with catalogue_db.reading() as session:
        (upload,) = read_upload_records(session, everyone=True)
        (answer,) = load_answers(session, upload.id)
    assert upload.state is State.PUBLISHED
    assert len(upload.months) == 3
    assert answer.url == (
        f"{vercel.address}{EXPORT}?dataset=labs&modality=text"
        "&from=2026-08-01&to=2026-08-31&format=json"
    )
    origin = f"{vercel.address}{EXPORT}?dataset=labs&modality=text"
    assert Provenance(upload.origin_url, None, upload.publisher_as_of) == Provenance(origin)
    shares = shares_of(catalogue_db, "vercel-gateway-tokens")
    assert set(shares) >= {(date(2026, 8, 1), "chinese"), (date(2026, 8, 1), "us")}


def test_the_second_time_vercel_has_nothing_new(
    catalogue_database_url: str, catalogue_db: Database
) -> None:
    for _ in range(2):
        done = modelshare(catalogue_database_url, "fetch", "vercel", *AUGUST, *PUBLISH)
        assert done.returncode == 0, done.stderr
    assert "Nothing has changed: 2026-08 stands as Vercel says." in done.stderr
    assert outcomes(catalogue_db) == [("vercel", "published"), ("vercel", "unchanged")]


def test_bundled_months_that_are_provisional_are_made_final_without_a_reason(
    filled_database_url: str, filled_db: Database
) -> None:
    done = modelshare(filled_database_url, "fetch", "vercel", *AUGUST, "--publish")
    assert done.returncode == 0, done.stderr
    assert "New to the catalogue" not in done.stderr
    with filled_db.reading() as session:
        upload, *_ = read_upload_records(session, everyone=True)
    assert upload.state is State.PUBLISHED
    assert upload.reason == "fetched again from Vercel: the figures before were provisional"


def test_a_bad_answer_of_vercel_is_an_error_and_leaves_what_stands(
    catalogue_database_url: str, catalogue_db: Database, vercel: PublisherServer
) -> None:
    vercel.answers[EXPORT] = Answer(b"<!doctype html><title>Soon</title>")
    done = modelshare(catalogue_database_url, "fetch", "vercel", *AUGUST, *PUBLISH)
    assert done.returncode == 1
    assert "it is no JSON, or broken off; it begins “<!doctype html>" in done.stderr
    assert outcomes(catalogue_db) == [("vercel", "failed")]


def test_downloads_are_fetched_and_published_by_developer(
    catalogue_database_url: str, catalogue_db: Database
) -> None:
    done = modelshare(catalogue_database_url, "fetch", "huggingface", "--publish")
    assert done.returncode == 0, done.stderr
    assert "Published as upload 1." in done.stderr
    assert "Not on the Hub, or without a model there, and counted as nothing: " in done.stderr
    month, _ = trailing_month(today_utc())
    shares = shares_of(catalogue_db, "huggingface-downloads")
    assert shares[month, "chinese"] == "100.00"
    with catalogue_db.reading() as session:
        (upload,) = read_upload_records(session, everyone=True)
    assert upload.origin_url == "https://huggingface.co/api/models"
    assert upload.publisher_as_of is not None


def test_the_second_time_the_hub_is_not_asked(
    catalogue_database_url: str, hub: PublisherServer
) -> None:
    modelshare(catalogue_database_url, "fetch", "huggingface", "--publish")
    hub.asked.clear()
    done = modelshare(catalogue_database_url, "fetch", "huggingface", "--publish")
    assert done.returncode == 0, done.stderr
    month = format_month(trailing_month(today_utc())[0])
    assert f"{month} stands already, " in done.stderr
    assert f"To read it anew, ask with --from {month}." in done.stderr
    assert not hub.asked


def test_downloads_of_the_past_cannot_be_asked_for(catalogue_database_url: str) -> None:
    done = modelshare(catalogue_database_url, "fetch", "huggingface", *AUGUST)
    assert done.returncode == 1
    assert "Downloads can only be read for now: the Hub tells none of the past" in done.stderr


def test_all_goes_on_where_one_publisher_is_down(
    catalogue_database_url: str, catalogue_db: Database, vercel: PublisherServer
) -> None:
    vercel.answers[EXPORT] = Answer(status=418)
    done = modelshare(catalogue_database_url, "fetch", "all")
    assert done.returncode == 1
    assert "Vercel\nThe publisher answers with status 418." in done.stderr
    # Of OpenRouter's newest export there is a recorded manifest, and no file.
    assert outcomes(catalogue_db) == [
        ("openrouter", "failed"),
        ("vercel", "failed"),
        ("huggingface", "waiting"),
    ]


# --- sources that a database has not yet


@pytest.fixture
def database_url_without_sources(empty_database_url: str) -> str:
    files = [DATA / f"{name}.csv" for name in ("companies", "developers", "aliases")]
    done = modelshare(empty_database_url, "catalogue", "import", *files)
    assert done.returncode == 0, done.stderr
    return empty_database_url


def sources(db: Database) -> set[str]:
    with db.reading() as session:
        return set(session.scalars(select(Source.slug)))


def test_sources_that_a_database_has_not_yet_are_added_and_said(
    database_url_without_sources: str, db: Database
) -> None:
    done = modelshare(database_url_without_sources, "fetch", "vercel", *AUGUST, *PUBLISH)
    assert done.returncode == 0, done.stderr
    assert "Added to the catalogue: the source vercel-gateway-tokens." in done.stderr
    added = {f"vercel-gateway-{metric}" for metric in ("tokens", "spend", "requests")}
    assert sources(db) == added
    with db.reading() as session:
        edits = [edit for edit in read_edits(session) if edit.key in added]
    assert {edit.reason for edit in edits} == {"needed to fetch from Vercel"}
    again = modelshare(database_url_without_sources, "fetch", "vercel", *AUGUST)
    assert "Added" not in again.stderr


def test_a_check_adds_no_source(database_url_without_sources: str, db: Database) -> None:
    done = modelshare(database_url_without_sources, "fetch", "huggingface", "--check")
    assert done.returncode == 0, done.stderr
    assert "Added to the catalogue: the source huggingface-downloads." in done.stderr
    assert not sources(db)
