"""Sessions: those that read one consistent state of the data, and those that write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from app.database.watchdog import PROBE_TIMEOUT_S, SilenceWatch, WatchedConnection

# Time-outs in milliseconds: a statement that takes longer than a reader waits helps nobody, and the
# wait for a lock comes on top of that for a turn or a connection: 5 seconds together. UTC is the
# time zone of all days and months, whatever the server's own.
SERVER_OPTIONS: Final = (
    "-c statement_timeout=15000 -c lock_timeout=2000"
    " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


def _forget_read_only(connection: psycopg.Connection[Any] | None, _record: object) -> None:
    # SQLAlchemy leaves False, which begins transactions READ WRITE: a database that is set to
    # take no changes (default_transaction_read_only) would take them.
    if connection is not None and not connection.closed:
        connection.read_only = None


class KeptReads:
    """What sessions of this process have read of current data, at the last version they saw."""

    def __init__(self) -> None:
        self._version_and_reads: tuple[str, dict[tuple[Any, ...], Any]] = ("", {})

    def at(self, version: str) -> dict[tuple[Any, ...], Any]:
        """Return the results of reads by function and arguments; those of another version go."""
        # Version and results are replaced together: threads never see those of one under the other.
        held = self._version_and_reads
        if held[0] != version:
            held = self._version_and_reads = (version, {})
        return held[1]


class Database:
    """The connection pool of a process, with our time-outs, and the sessions drawn from it."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(
            url,
            # A connection that died while it was idle is replaced before it is used.
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            # Seconds. With all connections taken a quick refusal is better than a queue.
            pool_timeout=3,
            # So the logs of failures hold no values of statements.
            hide_parameters=True,
            connect_args={
                "connect_timeout": PROBE_TIMEOUT_S,
                # Without it a SQL_ASCII database answers in bytes, and could not be refused in
                # words.
                "client_encoding": "utf8",
                "options": SERVER_OPTIONS,
                "application_name": "modelshare",
            },
        )
        self.watch = SilenceWatch(self._ask)
        self.kept = KeptReads()
        event.listen(self.engine, "do_connect", self._connect)
        event.listen(self.engine, "checkin", _forget_read_only)

    def _connect(
        self, _dialect: object, _record: object, arguments: Any, parameters: dict[str, Any]
    ) -> WatchedConnection:
        """Connect in SQLAlchemy's place, with the class whose statements end in a silence."""
        self.watch.check()
        try:
            connection = WatchedConnection.connect(*arguments, **parameters)
        except psycopg.errors.ConnectionTimeout:
            self.watch.suspect()
            raise
        connection.watch = self.watch
        return connection

    def _ask(self) -> None:
        """Connect and hang up: a server that refuses answers too, only silence is a failure."""
        arguments, parameters = self.engine.dialect.create_connect_args(self.engine.url)
        psycopg.connect(*arguments, **parameters, connect_timeout=PROBE_TIMEOUT_S).close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a read-only session that sees one state of the data, that of its first statement.

        Vintages read through it are kept for as long as it lives: see `vintages.vintage_at`.
        `session.close()` gives its connection back before; it cannot read any more then.
        """
        kept = {"vintages": {}, "kept": self.kept}
        # Once it is closed it stays closed: a later read would see another state of the data.
        with Session(self.engine, info=kept, close_resets_only=False) as session:
            # The options are those of the first transaction only: after a commit or rollback the
            # session would see other data, while its vintages still held the old.
            session.connection(
                execution_options={
                    "isolation_level": "REPEATABLE READ",
                    "postgresql_readonly": True,
                }
            )
            yield session

    @contextmanager
    def watching(self) -> Iterator[Session]:
        """Yield a session without transactions: each statement sees the data as it is then.

        Its connection is beside the pool's, for whoever holds it as long as the process lives.
        """
        with self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            with Session(connection) as session:
                yield session

    @contextmanager
    def writing(self, *, timeout_s: int = 60) -> Iterator[Session]:
        """Yield a session that is committed at the end, or rolled back by an error.

        `timeout_s`: how many seconds a statement, a wait for a lock, or work between two statements
        may take.
        """
        # READ COMMITTED, PostgreSQL's default: each statement sees what others have committed,
        # so that what is read once a lock is held is up to date.
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            for kind in ("statement", "lock", "idle_in_transaction_session"):
                session.execute(text(f"SET LOCAL {kind}_timeout = '{timeout_s:d}s'"))
            yield session

    def close(self) -> None:
        self.engine.dispose()
