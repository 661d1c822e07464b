"""The catalogue kept: every entry and correction has a name, a moment and a reason."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from app.catalogue.audit_list import CatalogueEdit, read_edits
from app.catalogue.edit_register import EditCounts
from app.catalogue.editing import edit_entry, import_entries
from app.catalogue.entries import developers_by_slug
from app.catalogue.entry_types import (
    DEVELOPER_TYPE,
    ENTRY_TYPES,
    EVENT_TYPE,
    MODEL_TYPE,
    SOURCE_TYPE,
    EntryType,
    read_entries,
)
from app.csv_io.schema import FileLimits
from app.database.locks import Lock
from app.database.session import Database
from app.database.tables import Developer, Event
from app.database.vintages import vintage_at
from app.domain.errors import BadFileError, BadInputError, ConflictError, NotFoundError
from app.ingest.import_export import detect_entry_type
from tests.builders import publish_stored, store_file


def change(
    db: Database,
    kind: EntryType,
    entry_id: int | None = None,
    /,
    reason: str = "checked",
    **texts: str,
) -> EditCounts:
    with db.writing() as session:
        return edit_entry(session, kind, texts, by="ada", reason=reason, entry_id=entry_id)


def read(db: Database, kind: EntryType, text: str, reason: str = "") -> EditCounts:
    with db.writing() as session:
        file = io.BytesIO(text.encode())
        return import_entries(session, kind, file, FileLimits(), by="ada", reason=reason)


def latest(db: Database) -> CatalogueEdit:
    with db.reading() as session:
        return read_edits(session)[0]


def entry(db: Database, slug: str) -> tuple[int, dict[str, str]]:
    with db.reading() as session:
        entries = read_entries(session, DEVELOPER_TYPE)
        return next(item for item in entries if item[1]["developer"] == slug)


def test_a_new_entry_is_audited_with_all_it_says(filled_db: Database) -> None:
    change(
        filled_db, DEVELOPER_TYPE, developer="newlab", name="New Lab", origin="europe", country="FR"
    )
    noted = latest(filled_db)
    assert (noted.by, noted.kind, noted.key, noted.reason) == (
        "ada", "developers", "newlab", "checked",
    )  # fmt: skip
    assert noted.before is None
    assert noted.after == {
        "developer": "newlab", "name": "New Lab", "origin": "european", "country": "FR",
    }  # fmt: skip


def test_a_correction_notes_what_differs_before_and_after(filled_db: Database) -> None:
    number, cells = entry(filled_db, "poolside")
    cells |= {"origin": "european", "country": "FR"}
    assert change(filled_db, DEVELOPER_TYPE, number, "moved to Paris", **cells).changed == 1
    noted = latest(filled_db)
    assert noted.before == {"origin": "us", "country": "US"}
    assert noted.after == {"origin": "european", "country": "FR"}


def test_a_correction_without_a_reason_is_refused(filled_db: Database) -> None:
    number, cells = entry(filled_db, "poolside")
    with pytest.raises(ConflictError, match="A reason is needed"):
        change(filled_db, DEVELOPER_TYPE, number, " ", **cells | {"origin": "european"})
    assert entry(filled_db, "poolside") == (number, {**cells})


@pytest.mark.parametrize("reason", ["a\0b", "a\ud800b", "a\u202eb", "x" * 2_001])
def test_a_reason_is_a_text_people_can_read(filled_db: Database, reason: str) -> None:
    before = latest(filled_db)
    with pytest.raises(BadInputError, match="The reason cannot be read") as caught:
        change(filled_db, DEVELOPER_TYPE, None, reason, developer="lab", name="Lab", origin="us")
    assert [problem.field for problem in caught.value.problems] == ["reason"]
    with pytest.raises(BadInputError):
        read(filled_db, DEVELOPER_TYPE, "developer,name,origin\nlab,Lab,us\n", reason)
    assert latest(filled_db) == before


@pytest.mark.parametrize("kind", ENTRY_TYPES, ids=lambda kind: kind.name)
@pytest.mark.parametrize("blank", ["", " ", "\xa0"])
def test_of_an_empty_form_every_field_that_is_needed_is_named(
    filled_db: Database, kind: EntryType, blank: str
) -> None:
    texts = {column.name: blank for column in kind.columns}
    with pytest.raises(BadFileError) as caught:
        change(filled_db, kind, None, **texts)
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [
        (column.name, "blank") for column in kind.columns if column.filled
    ]


def test_what_does_not_change_leaves_no_trace(filled_db: Database) -> None:
    before = latest(filled_db)
    number, cells = entry(filled_db, "poolside")
    assert change(filled_db, DEVELOPER_TYPE, number, **cells).unchanged == 1
    assert latest(filled_db) == before


def test_a_field_at_fault_is_named(filled_db: Database) -> None:
    with pytest.raises(BadFileError) as caught:
        change(filled_db, MODEL_TYPE, model="m/1", name="", developer="nobody", openness="ajar")
    problems = [(problem.field, problem.code) for problem in caught.value.problems]
    assert ("openness", "unknown_word") in problems
    assert {name for name, _ in problems} >= {"name", "openness"}


def test_an_entry_is_not_added_twice_nor_renamed_away(filled_db: Database) -> None:
    number, cells = entry(filled_db, "poolside")
    with pytest.raises(ConflictError, match="already"):
        change(filled_db, DEVELOPER_TYPE, None, **cells)
    with pytest.raises(ConflictError, match="slug"):
        change(filled_db, DEVELOPER_TYPE, number, **cells | {"developer": "pool"})
    with pytest.raises(NotFoundError):
        change(filled_db, DEVELOPER_TYPE, 999_999, **cells | {"developer": "pool"})


def test_an_event_may_be_renamed(filled_db: Database) -> None:
    with filled_db.reading() as session:
        number = session.scalars(select(Event.id).where(Event.title == "Kimi K2")).one()
    change(filled_db, EVENT_TYPE, number, date="2025-07-11", title="Kimi K2 released")
    with filled_db.reading() as session:
        assert session.get_one(Event, number).title == "Kimi K2 released"


def test_a_file_of_corrections_asks_for_one_reason(filled_db: Database) -> None:
    text = "developer,name,origin\ndeepseek,DeepSeek AI,chinese\n"
    with pytest.raises(ConflictError, match="A reason is needed"):
        read(filled_db, DEVELOPER_TYPE, text)
    assert read(filled_db, DEVELOPER_TYPE, text, "its own spelling").changed == 1
    assert latest(filled_db).reason == "its own spelling"


def test_a_blank_cell_takes_a_note_back_but_a_column_left_out_changes_nothing(
    filled_db: Database,
) -> None:
    text = "developer,name,origin,note\npoolside,Poolside,us,\n"
    assert read(filled_db, DEVELOPER_TYPE, text, "shorter").changed == 1
    with filled_db.reading() as session:
        poolside = session.scalars(select(Developer).where(Developer.slug == "poolside")).one()
        assert (poolside.country, poolside.note) == ("US", "")


def test_names_that_an_upload_brings_are_audited_too(filled_db: Database) -> None:
    content = b"month,origin,openness,developer,share_pct\n2026-01,us,open,Nouveau,1\n"
    upload_id = store_file(filled_db, content)
    publish_stored(filled_db, upload_id)
    noted = latest(filled_db)
    assert (noted.key, noted.reason) == ("nouveau", f"named in upload {upload_id}")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("source,name,publisher,metric,population", SOURCE_TYPE),
        ("model,name,developer,openness,relaese_month", MODEL_TYPE),
        ("date,title,descripton", EVENT_TYPE),
        ("month,origin,share", None),
        ("date,source,origin,openness,developer,model,value", None),
        ("", None),
    ],
)
def test_the_kind_of_a_file_is_seen_by_its_header_even_with_a_slip(
    header: str, kind: EntryType | None
) -> None:
    assert detect_entry_type(io.BytesIO(header.encode())) is kind


def test_a_name_is_at_most_200_characters_a_note_2000(filled_db: Database) -> None:
    number, cells = entry(filled_db, "google")
    change(filled_db, DEVELOPER_TYPE, number, **cells | {"note": "n" * 2_000})
    with pytest.raises(BadFileError) as refused:
        change(filled_db, DEVELOPER_TYPE, number, **cells | {"name": "n" * 201})
    assert refused.value.problems[0].code == "too_long"


# --- vintages


def wait_for_lock(db: Database, lock: Lock) -> None:
    """Until someone waits for it."""
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND objid = :lock AND database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database())"
    )
    for _ in range(1_000):
        with db.reading() as session:
            if session.scalar(waiting, {"lock": int(lock)}):
                return
        time.sleep(0.01)
    raise AssertionError(f"nobody waits for {lock}")


def test_what_is_corrected_at_once_is_corrected_in_turn(filled_db: Database) -> None:
    number, cells = entry(filled_db, "anthropic")
    with ThreadPoolExecutor() as pool:
        with filled_db.writing() as session:
            texts = cells | {"name": "First"}
            edit_entry(session, DEVELOPER_TYPE, texts, by="ada", reason="x", entry_id=number)
            line = f"{','.join(cells)}\n{','.join((cells | {'name': 'Second'}).values())}\n"
            second = pool.submit(read, filled_db, DEVELOPER_TYPE, line, "y")
            wait_for_lock(filled_db, Lock.CATALOGUE)
        second.result()
    with filled_db.reading() as session:
        later, earlier = read_edits(session)[:2]
    assert (earlier.before, earlier.after) == ({"name": cells["name"]}, {"name": "First"})
    assert (later.before, later.after) == ({"name": "First"}, {"name": "Second"})


def test_a_change_that_is_not_committed_yet_is_of_no_earlier_vintage(filled_db: Database) -> None:
    """What others could ask for before the commit stays as it was answered."""
    number, cells = entry(filled_db, "google")
    with ThreadPoolExecutor() as pool:
        with filled_db.writing() as session:
            session.execute(select(func.pg_advisory_xact_lock(Lock.STAMP)))
            texts = cells | {"name": "Later"}
            slow = pool.submit(change, filled_db, DEVELOPER_TYPE, number, **texts)
            wait_for_lock(filled_db, Lock.STAMP)
            pinned = datetime.now(UTC)
        slow.result()
    assert latest(filled_db).at > pinned


def test_names_that_a_file_brings_are_known_at_its_own_vintage(filled_db: Database) -> None:
    content = b"month,origin,openness,developer,share_pct\n2026-01,us,open,Brand new,2\n"
    published = publish_stored(filled_db, store_file(filled_db, content))
    with filled_db.reading() as session:
        assert "brand-new" in developers_by_slug(vintage_at(session, published.published_at))
