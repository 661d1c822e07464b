"""Watches the version of a database, so that nothing is given once it is outdated."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.database.schema_version import read_name_and_revision
from app.database.session import Database
from app.web.entity_tags import current_labels

INTERVAL_S: Final = 0.25
"""Seconds between two looks at the database: what is published is visible after that."""
CONFIRMED_S: Final = 1.0
"""Seconds for which a look is believed; then nobody knows what the database holds."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What a database holds: of two that are in equal states, either may answer."""

    labels: frozenset[str]
    """Those that current answers have."""
    name_and_revision: tuple[str, ...] = ()
    """Which database it is, and the revision of its schema; of a replica, those of its primary."""


class VersionWatch:
    """A thread that reads what a database holds, on a connection of its own.

    With `compares` it also reads which database it is, by which a replica is told from others.
    """

    def __init__(self, db: Database, *, compares: bool = False) -> None:
        self._db = db
        self._compares = compares
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="version-watch", daemon=True)
        # In one tuple, so that a reader never sees the state of one look with another's moment.
        self._last_look: tuple[DatabaseState | None, float] = None, float("-inf")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def confirmed_state(self) -> DatabaseState | None:
        """Return what the database holds; None if it has not just said."""
        state, began = self._last_look
        return state if time.monotonic() - began < CONFIRMED_S else None

    def confirmed_labels(self) -> frozenset[str] | None:
        """Return the labels that current answers have; None if the database has not just said."""
        state = self.confirmed_state()
        return state.labels if state else None

    def _watch(self) -> None:
        while not self._stopped.is_set():
            # A database that is away is nothing new to say: whoever reads is answered 503.
            try:
                self._watch_one_connection()
            except (SQLAlchemyError, psycopg.Error) as error:
                log.debug("the version of the data is not known: %s", type(error).__name__)
            self._stopped.wait(INTERVAL_S)

    def _watch_one_connection(self) -> None:
        with self._db.watching() as session:
            while not self._stopped.is_set():
                # The moment before the question: what is published after it may be missing.
                began = time.monotonic()
                name = read_name_and_revision(session.connection()) if self._compares else ()
                self._last_look = DatabaseState(current_labels(session), name), began
                self._stopped.wait(INTERVAL_S)
