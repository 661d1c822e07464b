"""Transactions held open by the role that serves, which change nothing published either."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE
from app.database.session import Database
from app.database.tables import Developer

UNPUBLISHED = """
    WITH kept AS (
        INSERT INTO upload (filename, sha256, size, content, openness, received_by)
        VALUES ('a.csv', sha256(''), 0, '', 'open', 'ada') RETURNING id
    )
    INSERT INTO snapshot (upload_id, source_id, month, basis)
    SELECT id, 1, '2024-01-01', 'share' FROM kept RETURNING upload_id
"""
MORE = """
    INSERT INTO observation (snapshot_id, line, origin, openness, share_pct, status, note)
    SELECT id, 2, 'chinese', 'open', 90, 'final', '' FROM snapshot WHERE upload_id = {id}
"""
PUBLISHED = """
    UPDATE upload SET published_at = {moment}, published_by = 'ada' WHERE id = {id}
"""


def test_a_transaction_held_open_dates_nothing_back(serving_db: Database) -> None:
    with serving_db.engine.connect() as connection:
        number = connection.execute(text(UNPUBLISHED)).scalar_one()
        connection.commit()
        connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT pg_sleep(0.1)"))
        ago = "transaction_timestamp() - interval '10 seconds'"
        with pytest.raises(IntegrityError, match="moments of upload are given by the clock"):
            connection.execute(text(PUBLISHED.format(moment=ago, id=number)))


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_nothing_is_added_by_who_does_not_see_the_publishing_yet(
    serving_db: Database, level: str
) -> None:
    with serving_db.engine.begin() as connection:
        number = connection.execute(text(UNPUBLISHED)).scalar_one()
    with serving_db.engine.execution_options(isolation_level=level).connect() as slow:
        slow.execute(text("SELECT count(*) FROM upload"))
        with serving_db.engine.begin() as fast:
            fast.execute(text(PUBLISHED.format(moment="clock_timestamp()", id=number)))
        with pytest.raises(DBAPIError, match=r"nothing is added to it|could not serialize"):
            slow.execute(text(MORE.format(id=number)))


def test_who_publishes_waits_for_lines_that_are_being_added(serving_db: Database) -> None:
    with serving_db.engine.begin() as connection:
        number = connection.execute(text(UNPUBLISHED)).scalar_one()
    with serving_db.engine.connect() as slow, serving_db.engine.connect() as fast:
        slow.execute(text(MORE.format(id=number)))
        fast.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            fast.execute(text(PUBLISHED.format(moment="clock_timestamp()", id=number)))


def test_the_line_of_another_correction_is_none_of_its_own(serving_db: Database) -> None:
    with serving_db.engine.connect() as slow:
        slow.execute(text("SELECT 1"))
        with serving_db.writing() as session:
            cells = {"developer": "cohere", "name": "Cohere", "origin": "other", "note": "honest"}
            entry_id = session.scalar(select(Developer.id).where(Developer.slug == "cohere"))
            edit_entry(session, DEVELOPER_TYPE, cells, by="ada", reason="a test", entry_id=entry_id)
        slow.execute(text("UPDATE developer SET name = 'EVIL' WHERE slug = 'cohere'"))
        with pytest.raises(IntegrityError, match="needs a line in its list of changes"):
            slow.commit()
