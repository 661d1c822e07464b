"""The limit on wrong passwords, counted in the database for all processes together."""

import math
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.database.account_tables import FailedSignIn, KnownNetwork, Maintainer
from app.database.errors import LOCK_NOT_AVAILABLE, RETRY_HINT, sql_state
from app.database.locks import Lock
from app.database.session import Database
from app.domain.errors import TooOftenError, UnavailableError

ATTEMPT_WINDOW: Final = timedelta(minutes=5)
FREE_ATTEMPTS: Final = 10
"""Failed attempts within the window, of one name from one network, after which to wait.

As many of one network for whatever names, where it is not known for the name.
"""
FREE_ATTEMPTS_OF_NAME: Final = 100
"""Failed attempts within the window, of one name from everywhere, after which to wait.

Whoever comes from a network that is known for the name does not wait for these.
"""
NETWORK_KNOWN_FOR: Final = timedelta(days=90)
"""How long a network from which a maintainer signed in is known."""
WAIT_MAX_S: Final = "2s"
"""How long an attempt waits for its turn: while it waits it holds a connection readers need."""


def record_attempt(db: Database, name: str, address: str) -> int:
    """Count an attempt as failed, before the password is looked at, and return its id.

    `address` is the browser's IP address. Raise TooOftenError if there were too many wrong
    passwords, UnavailableError if too many sign in at the same moment.
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


def remember_network(session: Session, maintainer_id: int, address: str) -> None:
    """Note that a maintainer signed in from the network of `address`; forget what is too old."""
    session.execute(delete(KnownNetwork).where(KnownNetwork.seen_at <= _known_since()))
    values = {"maintainer_id": maintainer_id, "network": network_of_address(address)}
    seen = insert(KnownNetwork).values(**values)
    session.execute(
        seen.on_conflict_do_update(
            index_elements=["maintainer_id", "network"], set_={"seen_at": func.clock_timestamp()}
        )
    )


def _known_since() -> ColumnElement[datetime]:
    return func.clock_timestamp() - NETWORK_KNOWN_FOR


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
    """Return the seconds until so few wrong passwords are left that another is free, or 0."""
    of_name, of_network = FailedSignIn.name == name, FailedSignIn.address == network
    # By name and network together: strangers who guess elsewhere do not lock the owner out.
    limits = [(and_(of_name, of_network), FREE_ATTEMPTS)]
    # The network beside the name, so that one address cannot try many names; the name beside the
    # network, so that many addresses together cannot try one account for ever.
    if not _is_known(session, name, network):
        limits += [(of_network, FREE_ATTEMPTS), (of_name, FREE_ATTEMPTS_OF_NAME)]
    latest = [
        select(FailedSignIn.at)
        .where(belongs, FailedSignIn.at > _window_start())
        .order_by(FailedSignIn.at.desc())
        .offset(free - 1)
        .limit(1)
        .scalar_subquery()
        for belongs, free in limits
    ]
    # With fewer attempts a subquery is NULL, over which GREATEST passes; with none it is NULL
    # itself.
    left = func.greatest(*latest) + ATTEMPT_WINDOW - func.clock_timestamp()
    seconds = session.scalar(select(func.extract("epoch", left)))
    return 0 if seconds is None else max(1, math.ceil(seconds))


def _is_known(session: Session, name: str, network: str) -> bool:
    """Return whether the maintainer signed in from this network within NETWORK_KNOWN_FOR."""
    known = exists().where(
        KnownNetwork.maintainer_id == Maintainer.id,
        Maintainer.name == name,
        KnownNetwork.network == network,
        KnownNetwork.seen_at > _known_since(),
    )
    return bool(session.scalar(select(known)))
