"""Watches the version of the data, so that a kept answer is never given once it is outdated."""

import logging
import threading
import time
from typing import Final

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.database.session import Database
from app.web.entity_tags import current_labels

INTERVAL_S: Final = 0.25
"""Seconds between two looks at the database: what is published is visible after that."""
CONFIRMED_S: Final = 1.0
"""Seconds for which a look is believed; then nobody knows what the database holds."""

log = logging.getLogger(__name__)


class VersionWatch:
    """A thread that reads the labels of current answers, on a connection of its own."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="version-watch", daemon=True)
        # In one tuple, so that a reader never sees the labels of one look with another's moment.
        self._last_look: tuple[frozenset[str], float] = frozenset(), float("-inf")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def confirmed_labels(self) -> frozenset[str] | None:
        """Return the labels that current answers have; None if the database has not just said."""
        labels, began = self._last_look
        return labels if time.monotonic() - began < CONFIRMED_S else None

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
                self._last_look = current_labels(session), began
                self._stopped.wait(INTERVAL_S)
