"""The audit list: who changed which catalogue entry, when and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.locks import Lock
from app.database.tables import CatalogueChange


@dataclass(frozen=True, slots=True)
class CatalogueEdit:
    """One line of the audit list; `before` (None: a new entry) and `after` hold differing cells."""

    at: datetime
    by: str
    kind: str
    key: str
    reason: str
    before: Mapping[str, str] | None
    after: Mapping[str, str]


def write_audit_list(session: Session, notes: Iterable[CatalogueChange]) -> None:
    """Write lines of the audit list, as the last statement of a transaction but publishing."""
    # The moment is the clock's at the INSERT, and its lock is held to the commit. Otherwise a
    # vintage could be answered before a change that is earlier, but slower, becomes visible.
    session.flush()
    session.execute(select(func.pg_advisory_xact_lock(Lock.STAMP)))
    session.add_all(notes)
    session.flush()


def read_edits(session: Session, limit: int = 200) -> list[CatalogueEdit]:
    """Return the last `limit` lines of the audit list, the latest first."""
    order = CatalogueChange.id.desc()
    rows = session.scalars(select(CatalogueChange).order_by(order).limit(limit))
    return [
        CatalogueEdit(row.at, row.by, row.kind, row.key, row.reason, row.before, row.after)
        for row in rows
    ]
