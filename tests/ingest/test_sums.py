"""The sums that are published with lines, held against the lines on any data."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import null, select
from sqlalchemy.orm import Session

from app.database.session import Database
from app.database.sum_tables import DeveloperSum, OriginSum
from app.database.tables import Developer, Snapshot, Source
from tests.queries.answers.random_lines import (
    MONTHS,
    RandomLine,
    lines_of,
    published,
    read_catalogue,
)

Key = tuple[object, ...]
Sum = tuple[int, Decimal, str | None]


def summed(lines: Sequence[RandomLine], key: Callable[[RandomLine], Key]) -> dict[Key, Sum]:
    """How many lines have each key, their shares added up, and their note if it is one."""
    alike: dict[Key, list[RandomLine]] = defaultdict(list)
    for line in lines:
        alike[key(line)].append(line)
    return {
        name: (
            len(members),
            sum((line.share_pct for line in members), Decimal(0)),
            members[0].note if len({line.note for line in members}) == 1 else None,
        )
        for name, members in alike.items()
    }


def stored(session: Session, table: type[OriginSum] | type[DeveloperSum]) -> dict[Key, Sum]:
    by_developer = table is DeveloperSum
    rows = (
        select(
            *(Source.slug, Snapshot.month, table.origin, table.openness, table.status),
            *(table.lines, table.share_pct, table.note),
            Developer.slug if by_developer else null(),
        )
        .join(Snapshot, Snapshot.id == table.snapshot_id)
        .join(Source, Source.id == Snapshot.source_id)
        .where(Snapshot.month.in_(MONTHS))
    )
    if by_developer:
        rows = rows.outerjoin(Developer, Developer.id == DeveloperSum.developer_id)
    sums: dict[Key, Sum] = {}
    for *key, lines, share_pct, note, developer in session.execute(rows):
        names = (*key, developer) if by_developer else (*key,)
        sums[names] = lines, share_pct, note
    return sums


# The database of the fixture is one for all examples: each leaves it as it was.
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_sums_are_those_of_the_lines(filled_db: Database, data: st.DataObject) -> None:
    with filled_db.reading() as session:
        catalogue = read_catalogue(session)
    lines = data.draw(lines_of(catalogue))
    with published(filled_db, catalogue, lines) as session:
        assert stored(session, OriginSum) == summed(lines, lambda line: (*line[:4], line.status))
        assert stored(session, DeveloperSum) == summed(
            lines, lambda line: (*line[:4], line.status, line.developer)
        )
