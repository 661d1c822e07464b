"""What only the owner of the tables can do, and only a test may: write past the triggers."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database.session import Database

TABLES = ("source", "developer", "model", "event", "upload", "catalogue_change")


@contextmanager
def rewriting(db: Database) -> Iterator[Session]:
    with db.writing() as session:
        for table in TABLES:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield session
        session.flush()
        for table in TABLES:
            session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
