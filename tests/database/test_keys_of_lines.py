"""What published lines name is there, and stays there: by triggers in place of foreign keys."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.database.session import Database
from tests.builders import month_file, publish_stored, store_file

NOBODY = 987_654


@pytest.mark.parametrize(
    ("table", "snapshot", "developer", "model"),
    [
        ("snapshot", NOBODY, "NULL", "NULL"),
        ("developer", "(SELECT max(id) FROM snapshot)", NOBODY, "NULL"),
        ("model", "(SELECT max(id) FROM snapshot)", "(SELECT min(id) FROM developer)", NOBODY),
    ],
)
def test_a_line_names_what_there_is(
    filled_db: Database, table: str, snapshot: str, developer: str, model: str
) -> None:
    upload = store_file(filled_db, month_file("30"))
    unpublished = (
        "INSERT INTO snapshot (upload_id, source_id, month, basis)"
        f" SELECT {upload}, min(id), '2026-01-01', 'share' FROM source"
    )
    line = (
        "INSERT INTO observation (snapshot_id, developer_id, model_id, line, origin, openness,"
        f" share_pct, status) SELECT {snapshot}, {developer}, {model}, 2, 'us', 'open', 1, 'final'"
    )
    with filled_db.engine.begin() as connection:
        connection.execute(text(unpublished))
    with (
        pytest.raises(IntegrityError, match=f"There is no {table} {NOBODY}"),
        filled_db.engine.begin() as connection,
    ):
        connection.execute(text(line))


@pytest.mark.parametrize("table", ["snapshot", "developer", "model"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET id = DEFAULT"]
)
def test_what_lines_may_name_stays(filled_db: Database, table: str, change: str) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    with (
        pytest.raises(DBAPIError, match=r"is append-only|is removed or renumbered"),
        filled_db.engine.begin() as connection,
    ):
        connection.execute(text(change.format(table)))
