"""The limit on wrong passwords, counted in the database for all processes together."""

import math
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.database.account_tables import FailedSignIn
from app.database.errors import LOCK_NOT_AVAILABLE, RETRY_HINT, sql_state
from app.database.locks import Lock
from app.database.session import Database
from app.domain.errors import TooOftenError, UnavailableError

ATTEMPT_WINDOW: Final = timedelta(minutes=5)
FREE_ATTEMPTS: Final = 10
"""Failed attempts within the window, of one name or from one network, after which to wait."""
WAIT_MAX_S: Final = "2s"
"""How long an attempt waits for its turn: while it waits it holds a connection readers need."""


def record_attempt(db: Database, name: str, address: str) -> int:
    """Count an attempt as failed, before the password is looked at, and return its id.

    `address` is the browser's IP address. Raise TooOftenError if the name or the network had too
    many wrong passwords, UnavailableError if too many sign in at the same moment.
    """
    # Counted beforehand and in a transaction of its own, under one lock: attempts made at once
    # could else all pass before the first of them had failed. `clear_attempt` takes it back.
    network = network_of_address(address)
    with db.writing() as session:
        _lock_attempts(session)
        if wait := _seconds_to_wait(session, name, network):
            minutes = math.ceil(wait / 60)
            again = "a minute" if minutes == 1 else f"{minutes} minutes"
            raise TooOftenError("Too many wrong passwords", f"Please try again in {again}.", wait)
        # Nothing else cleans up the table: each attempt removes what is too old to count.
        session.execute(delete(FailedSignIn).where(FailedSignIn.at <= _window_start()))
        attempt = FailedSignIn(name=name, address=network)
        session.add(attempt)
        session.flush()
        return attempt.id


def _lock_attempts(session: Session) -> None:
    # lock_timeout holds for advisory locks too.
    session.execute(text(f"SET LOCAL lock_timeout = '{WAIT_MAX_S}'"))
    try:
        session.execute(select(func.pg_advisory_xact_lock(Lock.SIGN_IN)))
    except OperationalError as error:
        if sql_state(error) != LOCK_NOT_AVAILABLE:
            raise
        raise UnavailableError("Too many are signing in at this moment", RETRY_HINT) from None


def clear_attempt(session: Session, attempt: int) -> None:
    """Remove an attempt from the count: its password was right."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))


def network_of_address(address: str) -> str:
    """Return the network by which attempts are counted: an IPv4 address, or the /64 of an IPv6.

    What is no address is returned as it is.
    """
    # Whoever has one IPv6 address has the 2^64 of its network, and could try from each of them.
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
    """Return the seconds until the tenth latest wrong password of name or network is old, or 0."""
    # The name is counted beside the network, so that many addresses together cannot try one
    # account; the network beside the name, so that one address cannot try many.
    tenths = [
        select(FailedSignIn.at)
        .where(belongs, FailedSignIn.at > _window_start())
        .order_by(FailedSignIn.at.desc())
        .offset(FREE_ATTEMPTS - 1)
        .limit(1)
        .scalar_subquery()
        for belongs in (FailedSignIn.name == name, FailedSignIn.address == network)
    ]
    # With less than ten attempts a subquery is NULL, over which GREATEST passes; with neither it is
    # NULL itself.
    left = func.greatest(*tenths) + ATTEMPT_WINDOW - func.clock_timestamp()
    seconds = session.scalar(select(func.extract("epoch", left)))
    return 0 if seconds is None else max(1, math.ceil(seconds))
