"""Migration 0013 on data: what stands already gets its sums, and nothing new lacks them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.database.session import Database
from tests.builders import publish_stored, store_file
from tests.database.builders import read, step

SUMS = """
    SELECT slug, month, origin, openness, status, lines, share_pct, note {more} FROM {table}
    JOIN snapshot ON snapshot.id = snapshot_id JOIN source ON source.id = snapshot.source_id
"""
ORIGIN_SUMS = SUMS.format(more="", table="origin_sum")
DEVELOPER_SUMS = SUMS.format(more=", developer_id", table="developer_sum")
PUBLISHED_WITHOUT = """
    WITH kept AS (
        INSERT INTO upload (filename, sha256, size, content, openness, received_by)
        VALUES ('a.csv', sha256(''), 0, '', 'open', 'ada') RETURNING id
    ), month AS (
        INSERT INTO snapshot (upload_id, source_id, month, basis)
        SELECT id, 1, '2024-01-01', 'share' FROM kept RETURNING id, upload_id
    )
    INSERT INTO observation (snapshot_id, line, origin, openness, share_pct, status)
    SELECT id, 2, 'chinese', 'open', 90, 'final' FROM month RETURNING snapshot_id
"""


def test_what_was_published_before_gets_the_sums_that_it_would_have_been_given(
    filled_db: Database,
) -> None:
    publish_stored(filled_db, store_file(filled_db, b"month,origin,share_pct\n2026-01,us,5\n"))
    given = read(filled_db, ORIGIN_SUMS), read(filled_db, DEVELOPER_SUMS)
    assert min(map(len, given)) > 100
    step(filled_db, "downgrade", "0012")
    step(filled_db, "upgrade", "head")
    assert (read(filled_db, ORIGIN_SUMS), read(filled_db, DEVELOPER_SUMS)) == given


@pytest.mark.parametrize("share_pct", ["90", "89.9"])
@pytest.mark.parametrize("table", ["origin_sum", "developer_sum"])
def test_nothing_is_published_whose_sums_are_not_those_of_its_lines(
    filled_db: Database, table: str, share_pct: str
) -> None:
    """A release before this one would publish without any."""
    with filled_db.engine.begin() as connection:
        number = connection.execute(text(PUBLISHED_WITHOUT)).scalar_one()
        connection.execute(
            text(
                f"INSERT INTO {table} (snapshot_id, origin, openness, status, lines, share_pct)"
                f" VALUES ({number}, 'chinese', 'open', 'final', 1, {share_pct})"
            )
        )
    published = (
        "UPDATE upload SET published_at = clock_timestamp(), published_by = 'ada'"
        " WHERE published_at IS NULL"
    )
    with (
        pytest.raises(IntegrityError, match="needs the sums of its lines"),
        filled_db.engine.begin() as connection,
    ):
        connection.execute(text(published))


@pytest.mark.parametrize("table", ["origin_sum", "developer_sum"])
def test_no_sum_is_added_to_what_is_published(filled_db: Database, table: str) -> None:
    added = f"""
        INSERT INTO {table} (snapshot_id, origin, openness, status, lines, share_pct)
        SELECT min(id), 'other', 'closed', 'estimated', 1, 5 FROM snapshot
    """
    with (
        pytest.raises(IntegrityError, match="nothing is added to it"),
        filled_db.engine.begin() as connection,
    ):
        connection.execute(text(added))
