"""What the database reads to tell of snapshots."""

import json
from typing import Any

import pytest
from sqlalchemy import event, func, select

from app.database.session import Database
from app.database.sum_tables import OriginSum
from app.database.tables import Snapshot, Source
from app.database.vintages import vintage_at
from app.queries.coverage import read_snapshots

SOURCES = ("openrouter-rankings", "huggingface-study-2025", "huggingface-spring-2026")


def rows_read(plan: dict[str, Any], table: str) -> int:
    """The rows of a table that a plan of EXPLAIN ANALYZE read, those it threw away too."""
    rows: int = sum(rows_read(part, table) for part in plan.get("Plans", ()))
    if plan.get("Relation Name") == table:
        taken = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        rows += round(taken * plan["Actual Loops"])
    return rows


@pytest.mark.parametrize("source", SOURCES)
def test_the_snapshots_of_one_source_read_its_sums_and_no_line(
    filled_db: Database, source: str
) -> None:
    statements: list[tuple[str, Any]] = []
    with filled_db.reading() as session:
        connection = session.connection()
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _k, statement, values, *_: statements.append((statement, values)),
        )
        snapshots = read_snapshots(vintage_at(session, None), source)
        statement, values = statements[-1]
        # Small tables are read whole; what matters is whether a large one would be.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explained = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values
        ).scalar_one()
        own = select(func.count()).select_from(OriginSum).join(Snapshot).join(Source)
        sums = session.scalar(own.where(Source.slug == source))
    plan = json.loads(explained) if isinstance(explained, str) else explained
    assert {item.source for item in snapshots} == {source}
    assert rows_read(plan[0]["Plan"], "origin_sum") == sums
    assert rows_read(plan[0]["Plan"], "observation") == 0
