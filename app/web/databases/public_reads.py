"""Reads of the public: a replica answers them for as long as it holds what the primary holds."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.database.errors import RETRY_HINT, SERIALIZATION_FAILURE, sql_state
from app.database.session import Database
from app.domain.errors import UnavailableError
from app.web.databases.version_watch import VersionWatch
from app.web.middleware.metrics import note_replica_read

log = logging.getLogger(__name__)


class Replica:
    """A streaming replica, and the two watches that tell whether it is as new as the primary."""

    def __init__(self, db: Database, of_primary: VersionWatch) -> None:
        self.db = db
        self._of_primary = of_primary
        self._of_replica = VersionWatch(db, compares=True)

    def start(self) -> None:
        self._of_replica.start()

    def stop(self) -> None:
        self._of_replica.stop()
        self.db.close()

    def is_current(self) -> bool:
        """Return whether both databases have just said that they hold the same."""
        state = self._of_primary.confirmed_state()
        return state is not None and state == self._of_replica.confirmed_state()


@contextmanager
def read_publicly(request: Request) -> Iterator[Session]:
    """Yield a read-only session of the replica, or of the primary for all that must be newest.

    A request that says who it is reads from the primary: whoever has just published sees it. So do
    all while the replica lags, is away, or is another database than it should be.
    """
    primary: Database = request.app.state.db
    replica: Replica | None = request.app.state.replica
    if replica is None or is_personal(request) or not replica.is_current():
        with primary.reading() as session:
            yield session
        return
    with ExitStack() as closing:
        try:
            session = closing.enter_context(replica.db.reading())
        except DBAPIError as error:
            # It went since it was last looked at.
            log.warning("The replica does not answer: %s", type(error).__name__)
            session = closing.enter_context(primary.reading())
        else:
            note_replica_read()
        try:
            yield session
        except DBAPIError as error:
            # What the primary removes a replica has to remove too, under whoever reads it.
            if sql_state(error) == SERIALIZATION_FAILURE:
                raise UnavailableError("The data has just changed", RETRY_HINT) from error
            raise


def is_personal(request: Request) -> bool:
    """Return whether a request says who asks."""
    return "cookie" in request.headers or "authorization" in request.headers
