"""The way to the database: sessions that read one consistent state, sessions that write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from app.database.watchdog import PROBE_TIMEOUT_S, SilenceWatch, WatchedConnection

# Milliseconds. A statement that takes longer than a reader waits helps nobody.
SERVER_OPTIONS: Final = (
    "-c statement_timeout=15000 -c lock_timeout=10000"
    " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


def _forget_read_only(connection: psycopg.Connection[Any] | None, _record: object) -> None:
    # SQLAlchemy leaves False, which begins transactions READ WRITE: a database that is set to
    # take no changes would take them.
    if connection is not None and not connection.closed:
        connection.read_only = None


class Database:
    """An engine with our time-outs; one for each process."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=3,
            # Logs of failures hold no values.
            hide_parameters=True,
            connect_args={
                "connect_timeout": PROBE_TIMEOUT_S,
                # Else a SQL_ASCII database, which is to be refused in words, answers in bytes.
                "client_encoding": "utf8",
                "options": SERVER_OPTIONS,
                "application_name": "modelshare",
            },
        )
        self.watch = SilenceWatch(self._ask)
        event.listen(self.engine, "do_connect", self._connect)
        event.listen(self.engine, "checkin", _forget_read_only)

    def _connect(
        self, _dialect: object, _record: object, arguments: Any, parameters: dict[str, Any]
    ) -> WatchedConnection:
        self.watch.check()
        try:
            connection = WatchedConnection.connect(*arguments, **parameters)
        except psycopg.errors.ConnectionTimeout:
            self.watch.suspect()
            raise
        connection.watch = self.watch
        return connection

    def _ask(self) -> None:
        """Connects, so that whoever answers shows it."""
        arguments, parameters = self.engine.dialect.create_connect_args(self.engine.url)
        psycopg.connect(*arguments, **parameters, connect_timeout=PROBE_TIMEOUT_S).close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that reads one state of the data: what comes meanwhile is not seen.

        So whatever was read of a vintage holds for as long as the session does.
        """
        with Session(self.engine, info={"vintages": {}}) as session:
            session.connection(
                execution_options={
                    "isolation_level": "REPEATABLE READ",
                    "postgresql_readonly": True,
                }
            )
            yield session

    @contextmanager
    def writing(self, *, timeout_s: int = 60) -> Iterator[Session]:
        """All of it or nothing; `timeout_s` limits each statement, wait for a lock and pause."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            for kind in ("statement", "lock", "idle_in_transaction_session"):
                session.execute(text(f"SET LOCAL {kind}_timeout = '{timeout_s:d}s'"))
            yield session

    def close(self) -> None:
        self.engine.dispose()
