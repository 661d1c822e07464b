"""How often a wrong password may be tried: counted in the database, for all processes together."""

import math
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.database.account_tables import FailedSignIn
from app.database.errors import LOCK_NOT_AVAILABLE, RETRY_HINT
from app.database.locks import Lock
from app.database.session import Database
from app.domain.errors import TooOftenError, UnavailableError

ATTEMPT_WINDOW: Final = timedelta(minutes=5)
FREE_ATTEMPTS: Final = 10
WAIT_MAX_S: Final = "2s"
"""For the turn: whoever waits holds a connection that readers need."""


def record_attempt(db: Database, name: str, address: str) -> int:
    """Counts an attempt as failed before it is made, so that those made at once are counted too.

    Gives what `clear_attempt` takes. Raises TooOftenError for account or address, UnavailableError
    where too many sign in at once.
    """
    network = network_of_address(address)
    with db.writing() as session:
        _lock_attempts(session)
        if wait := _seconds_to_wait(session, name, network):
            minutes = math.ceil(wait / 60)
            again = "a minute" if minutes == 1 else f"{minutes} minutes"
            raise TooOftenError("Too many wrong passwords", f"Please try again in {again}.", wait)
        session.execute(delete(FailedSignIn).where(FailedSignIn.at <= _window_start()))
        attempt = FailedSignIn(name=name, address=network)
        session.add(attempt)
        session.flush()
        return attempt.id


def _lock_attempts(session: Session) -> None:
    session.execute(text(f"SET LOCAL lock_timeout = '{WAIT_MAX_S}'"))
    try:
        session.execute(select(func.pg_advisory_xact_lock(Lock.SIGN_IN)))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise UnavailableError("Too many are signing in at this moment", RETRY_HINT) from None


def clear_attempt(session: Session, attempt: int) -> None:
    """The password was right: the attempt does not count."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))


def network_of_address(address: str) -> str:
    """Whoever has one IPv6 address has the 2^64 beside it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or parsed.packed[:8].hex(":", 2))


def _window_start() -> ColumnElement[datetime]:
    return func.clock_timestamp() - ATTEMPT_WINDOW


def _seconds_to_wait(session: Session, name: str, network: str) -> int:
    """Until the tenth latest wrong password of the account, or of the address, is old; or 0."""
    tenths = [
        select(FailedSignIn.at)
        .where(belongs, FailedSignIn.at > _window_start())
        .order_by(FailedSignIn.at.desc())
        .offset(FREE_ATTEMPTS - 1)
        .limit(1)
        .scalar_subquery()
        for belongs in (FailedSignIn.name == name, FailedSignIn.address == network)
    ]
    left = func.greatest(*tenths) + ATTEMPT_WINDOW - func.clock_timestamp()
    seconds = session.scalar(select(func.extract("epoch", left)))
    return 0 if seconds is None else max(1, math.ceil(seconds))
