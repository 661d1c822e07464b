"""What the role that serves may not write: published figures, another past, others' names."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.database.session import Database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observation SET share_pct = 1",
        "DELETE FROM observation",
        "TRUNCATE observation",
        "UPDATE snapshot SET month = '2020-01-01'",
        "DELETE FROM snapshot",
        "UPDATE upload SET content = ''",
        "UPDATE upload SET received_by = 'somebody else'",
        "DELETE FROM upload",
        "UPDATE catalogue_change SET by = 'somebody else'",
        "DELETE FROM catalogue_change",
        "TRUNCATE catalogue_change",
        "DELETE FROM source",
        "DELETE FROM maintainer",
        "UPDATE maintainer SET name = 'somebody-else'",
        "UPDATE alembic_version SET version_num = '0001'",
        "ALTER TABLE observation DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON observation",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
        "CREATE TABLE mine ()",
        "CREATE ROLE another",
        "SET session_replication_role = replica",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY source TO PROGRAM 'cat'",
    ],
)
def test_it_is_refused_what_would_change_the_record(serving_db: Database, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text(statement))


ADDED_LINE = """
    INSERT INTO observation (snapshot_id, line, origin, openness, share_pct, status, note)
    SELECT min(id), 99999, 'european', 'open', 5, 'final', '' FROM snapshot
"""
ADDED_MONTH = """
    INSERT INTO snapshot (upload_id, source_id, month, basis)
    SELECT upload_id, source_id, '2024-01-01', 'share' FROM snapshot LIMIT 1
"""
WITHDRAWN = """
    UPDATE upload SET withdrawn_at = now() {when}, withdrawn_by = 'ada', withdrawn_reason = 'x'
    WHERE id = 4
"""
NOTED = """
    INSERT INTO catalogue_change (at, by, kind, key, reason, before, after) VALUES
    ({at}, 'ada', 'sources', 'openrouter-rankings', 'never happened', '{{"name": "x"}}', '{{}}')
"""
UPLOADED = """
    INSERT INTO upload (filename, sha256, size, content, openness, received_by, {moment})
    VALUES ('a.csv', '', 0, '', 'open', 'ada', now() {when})
"""
RECEIVED = UPLOADED.format(moment="received_at", when="- interval '1 hour'")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (ADDED_LINE, "nothing is added to it"),
        (RECEIVED, "moments of upload are given by the clock"),
        (ADDED_MONTH, "nothing is added to it"),
        (WITHDRAWN.format(when="- interval '1 minute'"), "moments of upload are given"),
        (WITHDRAWN.format(when="+ interval '1 hour'"), "moments of upload are given"),
        (NOTED.format(at="now() - interval '1 minute'"), "moments of catalogue_change are given"),
        (NOTED.format(at="now() + interval '1 hour'"), "moments of catalogue_change are given"),
        *(
            (f"UPDATE {change}", "needs a line in its list of changes")
            for change in (
                "source SET metric = 'forged'",
                "developer SET origin = 'us'",
                "model SET openness = 'open'",
                "event SET title = 'forged' WHERE id = 1",
            )
        ),
        *(
            (UPLOADED.format(moment=moment, when=when), "moments of upload are given by the clock")
            for moment in ("published_at", "withdrawn_at", "discarded_at")
            for when in ("", "+ interval '10 minutes'", "- interval '10 minutes'")
        ),
    ],
)
def test_it_cannot_write_another_past(serving_db: Database, statement: str, words: str) -> None:
    with pytest.raises(IntegrityError, match=words), serving_db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("table", ["source", "developer", "model"])
def test_it_cannot_give_an_entry_anothers_slug(serving_db: Database, table: str) -> None:
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text(f"UPDATE {table} SET slug = 'x' WHERE id = 1"))


def test_no_table_of_its_own_stands_in_for_ours(serving_db: Database) -> None:
    with (
        pytest.raises(DBAPIError, match="permission denied to create temporary tables"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text("CREATE TEMPORARY TABLE upload (id int, published_at timestamptz)"))


def test_even_the_owners_table_does_not(filled_db: Database) -> None:
    made = "CREATE TEMPORARY TABLE upload (id int, published_at date, discarded_at date)"
    with filled_db.engine.connect() as connection:
        connection.execute(text(made))
        with pytest.raises(IntegrityError, match="nothing is added to it"):
            connection.execute(text(ADDED_LINE))


@pytest.mark.parametrize(
    "change",
    [
        "published_by = 'somebody else'",
        "reason = 'another reason'",
        "published_at = NULL, published_by = NULL",
    ],
)
def test_who_published_and_why_is_written_once(serving_db: Database, change: str) -> None:
    with (
        pytest.raises(DBAPIError, match="append-only"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text(f"UPDATE upload SET {change} WHERE published_at IS NOT NULL"))
