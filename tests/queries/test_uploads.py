"""From a published number to its upload and line, and from an upload to what became of it."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.database.session import Database
from app.domain.answer import UNNAMED_GROUP
from app.domain.errors import ConflictError, NotFoundError
from app.domain.questions.question import Question
from app.ingest.withdraw import discard_upload, withdraw_upload
from app.queries.lines import lines_of_upload, supporting_lines
from app.queries.upload_versions import current_snapshots_of
from app.queries.uploads import State, read_upload_record, read_upload_records
from tests.builders import SOURCE, month_file, publish_stored, store_file

JANUARY = date(2026, 1, 1)
ROWS = (
    b"month,origin,openness,developer,share_pct\n"
    b"2026-01,chinese,open,deepseek,20\n\n2026-01,chinese,open,qwen,10\n2026-01,us,closed,,30\n"
)


def records(db: Database, *, everyone: bool = False, before: int | None = None) -> list[int]:
    with db.reading() as session:
        return [item.id for item in read_upload_records(session, everyone=everyone, before=before)]


def behind(db: Database, question: Question | None = None, group: str | None = None) -> list[int]:
    """The upload's lines behind a number of January."""
    with db.reading() as session:
        record_read = supporting_lines(session, SOURCE, JANUARY, question, group)
    assert record_read.line_count == len(record_read.lines)
    return [line.line for line in record_read.lines]


def test_an_upload_tells_who_when_what_and_how_much(filled_db: Database) -> None:
    upload_id = store_file(filled_db, ROWS)
    publish_stored(filled_db, upload_id, reason=" why not ")
    with filled_db.reading() as session:
        record_read = read_upload_record(session, upload_id)
    assert (record_read.received_by, record_read.published_by, record_read.reason) == (
        "ada",
        "ada",
        "why not",
    )
    assert record_read.sha256 == hashlib.sha256(ROWS).hexdigest()
    assert (record_read.size, record_read.lines, record_read.source) == (len(ROWS), 3, SOURCE)
    assert (
        record_read.received_at
        <= (record_read.published_at or record_read.received_at)
        <= datetime.now(UTC)
    )
    (month,) = record_read.months
    assert (month.source, month.month, month.lines, month.share_pct) == (
        SOURCE,
        JANUARY,
        3,
        Decimal(60),
    )
    assert (month.basis, month.current, month.superseded_by) == ("share", True, None)


def test_readers_see_uploads_once_published_and_maintainers_see_all(filled_db: Database) -> None:
    bundled = records(filled_db)
    waiting, withdrawn, discarded = (
        store_file(filled_db, month_file(f"{n}")) for n in (30, 31, 32)
    )
    publish_stored(filled_db, withdrawn)
    with filled_db.writing() as session:
        withdraw_upload(session, withdrawn, by="ada", reason="wrong")
        discard_upload(session, discarded, by="ada")
    assert records(filled_db) == [withdrawn, *bundled]
    assert records(filled_db, everyone=True) == [discarded, withdrawn, waiting, *bundled]
    assert records(filled_db, everyone=True, before=withdrawn) == [waiting, *bundled]


def test_a_superseded_upload_names_its_successor_until_that_is_withdrawn(
    filled_db: Database,
) -> None:
    first, second = (store_file(filled_db, month_file(text)) for text in ("30", "31"))
    publish_stored(filled_db, first)
    publish_stored(filled_db, second, reason="a recount")
    with filled_db.reading() as session:
        record_read = read_upload_record(session, first)
    assert (record_read.state, record_read.superseded_by) == (State.SUPERSEDED, (second,))
    with filled_db.writing() as session:
        withdraw_upload(session, second, by="ada", reason="wrong")
    with filled_db.reading() as session:
        assert read_upload_record(session, first).state is State.PUBLISHED
        assert read_upload_record(session, second).superseded_by == (first,)


def test_a_number_leads_to_the_lines_it_is_the_sum_of(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ROWS))
    assert behind(filled_db) == [2, 4, 5]
    assert behind(filled_db, Question(), "chinese") == [2, 4]
    assert behind(filled_db, Question(), "us") == []
    assert behind(filled_db, Question(openness="all"), "us") == [5]
    assert behind(filled_db, Question(by="developer"), "qwen") == [4]
    assert behind(filled_db, Question(by="developer", openness="all"), UNNAMED_GROUP) == [5]
    assert behind(filled_db, Question(developer=("deepseek",)), "chinese") == [2]


def test_an_earlier_number_leads_to_the_upload_of_then(filled_db: Database) -> None:
    first = publish_stored(filled_db, store_file(filled_db, ROWS))
    second = publish_stored(filled_db, store_file(filled_db, month_file("31")), reason="a recount")
    with filled_db.reading() as session:
        then = Question(as_of=first.published_at)
        assert supporting_lines(session, SOURCE, JANUARY, then).upload_id == first.upload_id
        assert supporting_lines(session, SOURCE, JANUARY).upload_id == second.upload_id
        with pytest.raises(NotFoundError):
            supporting_lines(session, SOURCE, date(2026, 2, 1))


def test_long_lists_of_lines_are_read_page_by_page(filled_db: Database) -> None:
    upload_id = store_file(filled_db, ROWS)
    publish_stored(filled_db, upload_id)
    with filled_db.reading() as session:
        first = supporting_lines(session, SOURCE, JANUARY, limit=2)
        rest = supporting_lines(session, SOURCE, JANUARY, limit=2, after=first.lines[-1].line)
        assert [line.line for line in (*first.lines, *rest.lines)] == [2, 4, 5]
        assert (first.line_count, rest.line_count) == (3, 3)
        own = lines_of_upload(session, upload_id, SOURCE, JANUARY, after=2)
        assert [line.line for line in own] == [4, 5]


def test_publishing_twice_is_a_conflict_that_changes_no_record(filled_db: Database) -> None:
    upload_id = store_file(filled_db, ROWS)
    publish_stored(filled_db, upload_id)
    with filled_db.reading() as session:
        before = read_upload_record(session, upload_id)
    with pytest.raises(ConflictError):
        publish_stored(filled_db, upload_id)
    with filled_db.reading() as session:
        assert read_upload_record(session, upload_id) == before


def test_what_stands_is_found_for_any_number_of_months(bundled_db: Database) -> None:
    months = [date(1000 + n // 12, n % 12 + 1, 1) for n in range(20_000)]
    keys = [("openrouter-rankings", month) for month in months]
    with bundled_db.reading() as session:
        record_read = current_snapshots_of(session, keys)
        assert {f"{month:%Y}" for _, month in record_read} == {"2025", "2026"}
        assert current_snapshots_of(session, []) == {}
