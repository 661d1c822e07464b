"""The way of a file into the database: kept, checked, published whole or not at all, withdrawn."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import undefer

from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.tables import Developer, Observation, Snapshot, Upload
from app.domain.errors import BadFileError, ConflictError, NotFoundError, UnavailableError
from app.domain.questions.question import Question
from app.ingest.publish import PublishResult, publish_upload
from app.ingest.rules.check_process import IN_PROCESS_MAX_BYTES
from app.ingest.stored_files import open_stored_file
from app.ingest.withdraw import withdraw_upload
from app.queries.answers.shares import answer_question
from app.queries.uploads import read_upload_record
from tests.builders import SOURCE, month_file, publish_stored, row_counts, store_file, stored_share
from tests.rewriting import rewriting


def test_on_the_web_a_check_has_so_many_seconds(filled_db: Database) -> None:
    upload = store_file(filled_db, month_file("30") + b"\n" * IN_PROCESS_MAX_BYTES)
    with (
        filled_db.writing() as session,
        pytest.raises(UnavailableError, match="Checking the file took too long"),
    ):
        publish_upload(session, upload, by="ada", limits=FileLimits(seconds=0.001))
    assert publish_stored(filled_db, upload).checked.reading.lines == 1


def test_a_kept_file_is_the_bytes_as_they_came(filled_db: Database) -> None:
    content = b"\xef\xbb\xbfwhatever\r\n\x00\xff" * 100_000
    upload_id = store_file(filled_db, content)
    with filled_db.reading() as session:
        upload = session.get_one(Upload, upload_id, options=[undefer(Upload.content)])
        assert upload.sha256 == hashlib.sha256(content).digest()
        assert upload.size == len(content)
        assert len(upload.content) < len(content) / 10
        with open_stored_file(upload) as file:
            assert file.read() == content


def test_keeping_changes_no_figure(filled_db: Database) -> None:
    store_file(filled_db, month_file("30"))
    assert stored_share(filled_db) is None


def test_publishing_makes_the_file_current(filled_db: Database) -> None:
    done = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    assert len(done.checked.months) == 1
    assert not done.already
    assert stored_share(filled_db) == "30"


def test_an_observation_knows_its_upload_and_line(filled_db: Database) -> None:
    content = month_file("30", more="\n\n2026-01,us,20\n")
    upload_id = store_file(filled_db, content)
    publish_stored(filled_db, upload_id)
    with filled_db.reading() as session:
        rows = session.execute(
            select(Observation.line, Observation.origin)
            .join(Snapshot, Snapshot.id == Observation.snapshot_id)
            .where(Snapshot.upload_id == upload_id)
            .order_by(Observation.line)
        )
        assert [tuple(row) for row in rows] == [(2, "chinese"), (5, "us")]


def test_one_bad_line_and_nothing_is_stored(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30", more="2026-01,us,101\n"))
    before = row_counts(filled_db)
    with pytest.raises(BadFileError) as caught:
        publish_stored(filled_db, upload_id)
    assert [(p.line, p.column, p.field) for p in caught.value.problems] == [(3, 3, "share_pct")]
    assert row_counts(filled_db) == before
    assert stored_share(filled_db) is None


def test_new_developers_and_models_are_created_with_the_publishing(filled_db: Database) -> None:
    content = (
        b"month,origin,openness,developer,model,share_pct\n"
        b"2026-01,european,open,Nouveau Labo,nouveau-1,10\n"
    )
    before = row_counts(filled_db)
    publish_stored(filled_db, store_file(filled_db, content))
    after = row_counts(filled_db)
    assert (after["developer"], after["model"]) == (before["developer"] + 1, before["model"] + 1)
    with filled_db.reading() as session:
        made = session.scalars(select(Developer).where(Developer.name == "Nouveau Labo")).one()
        assert (made.slug, made.origin) == ("nouveau-labo", "european")


def test_revising_published_figures_needs_a_reason(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    second = store_file(filled_db, month_file("31"))
    with pytest.raises(ConflictError, match="A reason is needed") as caught:
        publish_stored(filled_db, second, reason="  ")
    assert f"{SOURCE} 2026-01" in caught.value.detail
    assert stored_share(filled_db) == "30"
    publish_stored(filled_db, second, reason="a recount")
    assert stored_share(filled_db) == "31"


def test_a_revision_supersedes_the_month_whole(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30", more="2026-01,us,20\n")))
    publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    with filled_db.reading() as session:
        answer = answer_question(session, Question(source=(SOURCE,)))
    assert [row.share_pct for row in answer.series(SOURCE, "us")][-1] is None


def test_the_figures_of_an_earlier_instant_stay_what_they_were(filled_db: Database) -> None:
    first = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    second_id = store_file(filled_db, month_file("31"))
    second = publish_stored(filled_db, second_id, reason="a recount")
    with filled_db.writing() as session:
        withdrawn = withdraw_upload(session, second_id, by="ada", reason="it was wrong")
    assert stored_share(filled_db) == "30"
    assert stored_share(filled_db, as_of=first.published_at) == "30"
    assert stored_share(filled_db, as_of=second.published_at) == "31"
    assert stored_share(filled_db, as_of=withdrawn) == "30"


def test_withdrawing_the_only_snapshot_leaves_the_month_missing(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, upload_id)
    with filled_db.writing() as session:
        withdraw_upload(session, upload_id, by="ada", reason="it was wrong")
    assert stored_share(filled_db) is None
    with pytest.raises(ConflictError), filled_db.writing() as session:
        withdraw_upload(session, upload_id, by="ada", reason="again")


def test_the_same_bytes_again_are_a_no_op_that_names_the_first_upload(filled_db: Database) -> None:
    first_id = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, first_id)
    before = row_counts(filled_db)
    again = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    assert (again.already, again.upload_id) == (True, first_id)
    assert row_counts(filled_db) == before | {"upload": before["upload"] + 1}


def test_the_same_bytes_are_news_once_they_were_superseded(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    back = publish_stored(
        filled_db, store_file(filled_db, month_file("30")), reason="the first was right"
    )
    assert not back.already
    assert stored_share(filled_db) == "30"


def test_an_upload_is_published_once(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("30"))
    publish_stored(filled_db, upload_id)
    with pytest.raises(ConflictError, match="published already"):
        publish_stored(filled_db, upload_id)
    with pytest.raises(NotFoundError):
        publish_stored(filled_db, 999_999)


def test_an_unknown_source_is_named_with_the_nearest(filled_db: Database) -> None:
    with pytest.raises(NotFoundError) as caught:
        store_file(filled_db, b"", source="openrouter-ranking")
    assert "openrouter-rankings" in caught.value.detail


def test_eight_that_publish_the_same_file_at_once_store_it_once(filled_db: Database) -> None:
    ids = [store_file(filled_db, month_file("30")) for _ in range(8)]
    together = threading.Barrier(len(ids))

    def run(upload_id: int) -> PublishResult:
        together.wait()
        return publish_stored(filled_db, upload_id)

    with ThreadPoolExecutor(len(ids)) as pool:
        done = list(pool.map(run, ids))
    (stored,) = [result for result in done if not result.already]
    assert {result.upload_id for result in done} == {stored.upload_id}


def test_of_revisions_at_once_each_vintage_is_one_of_them_and_the_last_stands(
    filled_db: Database,
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("1")))
    shares = [str(10 + number) for number in range(6)]
    ids = [store_file(filled_db, month_file(text)) for text in shares]
    together = threading.Barrier(len(ids))

    def run(upload_id: int) -> PublishResult:
        together.wait()
        return publish_stored(filled_db, upload_id, reason="a recount")

    with ThreadPoolExecutor(len(ids)) as pool:
        done = list(pool.map(run, ids))
    by_moment = sorted(zip(done, shares, strict=True), key=lambda pair: pair[0].published_at)
    assert stored_share(filled_db) == by_moment[-1][1]
    for result, text in by_moment:
        assert stored_share(filled_db, as_of=result.published_at) == text


def test_the_moment_of_publishing_is_now_in_utc(filled_db: Database) -> None:
    before = datetime.now(UTC)
    done = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    assert before <= done.published_at <= datetime.now(UTC)


def test_figures_that_stand_already_are_a_no_op_though_the_bytes_differ(
    filled_db: Database,
) -> None:
    first = publish_stored(filled_db, store_file(filled_db, month_file("30"))).upload_id
    again = publish_stored(filled_db, store_file(filled_db, month_file("30.0")))
    assert (again.already, again.upload_id) == (True, first)


def test_of_a_file_that_repeats_earlier_months_only_the_new_one_is_published(
    filled_db: Database,
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    grown = store_file(filled_db, month_file("30", more="2026-02,chinese,31\n"))
    assert not publish_stored(filled_db, grown).already
    with filled_db.reading() as session:
        (month,) = read_upload_record(session, grown).months
    assert f"{month.month:%Y-%m}" == "2026-02"


def test_while_the_clock_is_behind_nothing_is_published(filled_db: Database) -> None:
    upload_id = store_file(filled_db, month_file("12"))
    before = row_counts(filled_db)
    with rewriting(filled_db) as session:
        later = {"published_at": func.now() + timedelta(hours=1)}
        session.execute(update(Upload).where(Upload.id == 5).values(later))
    with pytest.raises(UnavailableError, match="clock of the database is behind"):
        publish_stored(filled_db, upload_id)
    assert row_counts(filled_db) == before
