"""Figures, names, bases and events as they were known at an earlier instant."""

from datetime import datetime
from io import BytesIO

from app.catalogue.editing import edit_entry, import_entries
from app.catalogue.entry_types import (
    DEVELOPER_TYPE,
    EVENT_TYPE,
    MODEL_TYPE,
    SOURCE_TYPE,
    EntryType,
    read_entries,
)
from app.catalogue.history import read_chart_events
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.answer import ChartEvent
from app.domain.calendar import format_instant
from app.queries.spans import main_source
from tests.builders import month_file, publish_stored, store_file
from tests.queries.builders import ask


def correct(db: Database, kind: EntryType, text: str) -> None:
    with db.writing() as session:
        import_entries(
            session, kind, BytesIO(text.encode()), FileLimits(), by="ada", reason="known now"
        )


def test_an_earlier_vintage_keeps_the_names_and_definitions_it_had(filled_db: Database) -> None:
    before = ask(filled_db, "by=developer&top=3")
    assert before.vintage is not None
    pinned = f"by=developer&top=3&as_of={before.vintage:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert ask(filled_db, pinned) == before
    corrections = {
        SOURCE_TYPE: "source,name,publisher,metric,population\n"
        "openrouter-rankings,OR lists,OpenRouter,tokens,Something else\n",
        DEVELOPER_TYPE: "developer,name,origin\ndeepseek,DeepSeek AI,other\n",
    }
    for name in ("first", "second"):
        for kind, text in corrections.items():
            file = BytesIO(text.replace("OR lists", name).replace("DeepSeek AI", name).encode())
            with filled_db.writing() as session:
                import_entries(session, kind, file, FileLimits(), by="ada", reason=name)
    after = ask(filled_db, "by=developer&top=3")
    assert after.sources[0].name == "second"
    assert "second" in {group.label for group in after.groups}
    assert ask(filled_db, pinned) == before


def test_an_earlier_vintage_counts_by_the_bases_known_then(filled_db: Database) -> None:
    query = "developer=qwen&home=base&from=2025-08&to=2025-08"
    before = ask(filled_db, query)
    assert before.vintage is not None
    assert [group.key for group in before.groups] == ["chinese"]
    used = ask(filled_db, "by=model&developer=qwen&from=2025-08&to=2025-08").groups[0].key
    row = f"{used},{used},qwen,open,meta-llama\n"
    correct(filled_db, MODEL_TYPE, "model,name,developer,openness,base_developer\n" + row)
    assert {group.key for group in ask(filled_db, query).groups} == {"chinese", "us"}
    assert ask(filled_db, f"{query}&as_of={format_instant(before.vintage)}") == before


def test_an_earlier_vintage_has_the_events_known_then_as_they_read(filled_db: Database) -> None:
    def events(as_of: datetime | None = None) -> list[ChartEvent]:
        with filled_db.reading() as session:
            return read_chart_events(vintage_at(session, as_of))

    before, then = events(), ask(filled_db).vintage
    correct(filled_db, EVENT_TYPE, "date,title\n2026-10-01,Something new\n")
    with filled_db.writing() as session:
        number, cells = next(iter(read_entries(session, EVENT_TYPE)))
        for title in ("Another title", "A third title"):
            changed = cells | {"title": title}
            edit_entry(session, EVENT_TYPE, changed, by="ada", reason="x", entry_id=number)
    after = events()
    assert {event.title for event in after} - {event.title for event in before} == {
        "Something new",
        "A third title",
    }
    assert events(then) == before


def test_what_was_asked_without_a_source_stays_whatever_is_published_later(db: Database) -> None:
    for slug in ("aaa", "openrouter-rankings"):
        cells = {"source": slug, "name": slug, "publisher": "P", "metric": "m", "population": "P"}
        with db.writing() as session:
            edit_entry(session, SOURCE_TYPE, cells, by="ada", reason="new")
    first = publish_stored(db, store_file(db, month_file("30"), "aaa")).published_at
    publish_stored(db, store_file(db, month_file("31"), "openrouter-rankings"))
    with db.reading() as session:
        assert main_source(vintage_at(session, first)) == "aaa"
        assert main_source(vintage_at(session)) == "openrouter-rankings"
