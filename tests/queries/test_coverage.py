"""What the database reads to tell of snapshots."""

import json
from typing import Any

import pytest
from sqlalchemy import event

from app.database.session import Database
from app.database.vintages import vintage_at
from app.queries.coverage import read_snapshots

SOURCES = ("openrouter-rankings", "huggingface-study-2025", "huggingface-spring-2026")


def lines_read(plan: dict[str, Any]) -> int:
    """The rows of observations that a plan of EXPLAIN ANALYZE read, those it threw away too."""
    rows: int = sum(lines_read(part) for part in plan.get("Plans", ()))
    if plan.get("Relation Name") == "observation":
        taken = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        rows += round(taken * plan["Actual Loops"])
    return rows


@pytest.mark.parametrize("source", SOURCES)
def test_the_snapshots_of_one_source_read_no_lines_of_others(
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
    plan = json.loads(explained) if isinstance(explained, str) else explained
    assert {item.source for item in snapshots} == {source}
    assert lines_read(plan[0]["Plan"]) == sum(item.lines for item in snapshots)
