"""The way to the database: sessions that read one consistent state, sessions that write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.errors import Unavailable

# Milliseconds. A statement that takes longer than a reader waits helps nobody.
SERVER_OPTIONS: Final = (
    "-c statement_timeout=15000 -c lock_timeout=10000"
    " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


LOCK_NOT_AVAILABLE: Final = "55P03"
AGAIN: Final = "Nothing is lost. Please try again in a few seconds."


def explained(error: SQLAlchemyError) -> Unavailable:
    """Why the database gave no answer, in words for whoever asked."""
    match getattr(getattr(error, "orig", None), "sqlstate", None):
        case state if state == LOCK_NOT_AVAILABLE:
            return Unavailable("Someone else is publishing the same source", AGAIN)
        case "57014":
            return Unavailable("That took too long", "Ask for fewer months, or another grouping.")
    if isinstance(error, PoolTimeout):
        return Unavailable("Too many are asking at this moment", AGAIN)
    return Unavailable("The database cannot be reached", AGAIN)


class Db:
    """An engine with our time-outs; one for each process."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=3,
            connect_args={
                "connect_timeout": 3,
                "options": SERVER_OPTIONS,
                "application_name": "modelshare",
            },
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One state of the data, however many statements: what comes meanwhile is not seen."""
        with Session(self.engine) as session:
            session.connection(
                execution_options={
                    "isolation_level": "REPEATABLE READ",
                    "postgresql_readonly": True,
                }
            )
            yield session

    @contextmanager
    def writing(self, *, patience: int = 60) -> Iterator[Session]:
        """All of it or nothing. `patience`: seconds a statement, or work between two, may take."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            for kind in ("statement", "lock", "idle_in_transaction_session"):
                session.execute(text(f"SET LOCAL {kind}_timeout = '{patience:d}s'"))
            yield session

    def close(self) -> None:
        self.engine.dispose()
