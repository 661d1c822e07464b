"""Migrations 0008 and 0009 on data: the terms of sources, and the status `reported`."""

from sqlalchemy import text

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.session import Database
from tests.builders import publish_stored, store_file
from tests.database.builders import read, step

ESTIMATED = b"month,origin,share_pct,status\n2026-01,chinese,5,estimated\n"
STATUSES = """
    SELECT source.slug, status, count(*) FROM observation
    JOIN snapshot ON snapshot.id = snapshot_id JOIN source ON source.id = source_id
    WHERE status NOT IN ('final', 'provisional') GROUP BY source.slug, status
"""
TERMS = 'SELECT slug, "window", statistic, reports_on, cadence, publishes_after_days FROM source'
AS_BUNDLED = {
    ("openrouter-rankings", "month", "sum", None, "monthly", 3),
    ("state-of-ai-study", "week", "point", "openrouter-rankings", "once", None),
    ("huggingface-study-2025", "trailing-12-months", "sum", None, "once", None),
    ("huggingface-spring-2026", "trailing-12-months", "sum", None, "once", None),
    ("vercel-ai-gateway", "month", "sum", None, "once", None),
}


def forget_what_was_set_aside(db: Database) -> None:
    """Leaves the database as one that never was at a later revision."""
    with db.engine.begin() as connection:
        for revision in ("0008", "0009"):
            connection.execute(text(f"DROP SCHEMA set_aside_{revision} CASCADE"))


def test_sources_that_were_there_before_get_the_terms_that_always_held_of_them(
    filled_db: Database,
) -> None:
    step(filled_db, "downgrade", "0007")
    forget_what_was_set_aside(filled_db)
    step(filled_db, "upgrade", "head")
    terms = read(filled_db, TERMS)
    later = ("vercel-gateway-", "huggingface-downloads")
    assert {row for row in terms if not str(row[0]).startswith(later)} == AS_BUNDLED
    # Of a source that came later nobody said anything then.
    others = {row[1:] for row in terms - AS_BUNDLED}
    assert others == {("month", "sum", None, None, None)}


def test_terms_come_back_as_they_were_after_a_step_down(filled_db: Database) -> None:
    before = read(filled_db, TERMS)
    assert ("vercel-gateway-spend", "month", "mean", None, "monthly", 3) in before
    step(filled_db, "downgrade", "0007")
    step(filled_db, "upgrade", "head")
    assert read(filled_db, TERMS) == before


def test_a_study_whose_subject_is_not_there_reports_on_nothing(db: Database) -> None:
    cells = {"source": "state-of-ai-study", "name": "Mine", "publisher": "Me"}
    with db.writing() as session:
        more = cells | {"metric": "tokens", "population": "All"}
        edit_entry(session, SOURCE_TYPE, more, by="ada", reason="")
    step(db, "downgrade", "0007")
    forget_what_was_set_aside(db)
    step(db, "upgrade", "head")
    assert read(db, TERMS) == {("state-of-ai-study", "month", "sum", None, None, None)}


def test_reported_figures_are_estimated_below_0009_and_come_back(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, ESTIMATED))
    before = read(filled_db, STATUSES)
    assert before == {
        ("state-of-ai-study", "reported", 2),
        ("huggingface-study-2025", "estimated", 1),
    }
    step(filled_db, "downgrade", "0008")
    assert read(filled_db, STATUSES) == {
        ("state-of-ai-study", "estimated", 2),
        ("huggingface-study-2025", "estimated", 1),
    }
    step(filled_db, "upgrade", "head")
    assert read(filled_db, STATUSES) == before
