"""The wait of `serve` for a PostgreSQL that is not up yet."""

import logging
import time
from typing import Final

from psycopg import pq
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, make_url

from app.cli.console import console
from app.database.watchdog import PROBE_TIMEOUT_S
from app.domain.errors import UnavailableError
from app.settings import Settings

PROBE_INTERVAL_S: Final = 0.5
_WORDS: Final = {
    pq.Ping.NO_RESPONSE: "does not answer",
    pq.Ping.REJECT: "takes no connections yet",
}
"""What waiting may mend. A server that refuses a password or has no such database answers."""

log = logging.getLogger(__name__)


def wait_for_database(settings: Settings) -> None:
    """Return when the PostgreSQL of DATABASE_URL answers, whatever it says; at once without one.

    Raises UnavailableError when it does not in `settings.database_wait` seconds.
    """
    if settings.database_url is None:
        return
    place, most = database_place(settings.database_url), settings.database_wait
    begun, is_told = time.monotonic(), False
    while (problem := _WORDS.get(ping_database(settings.database_url))) is not None:
        if time.monotonic() - begun >= most:
            waited = f" within {most} s" if most else ""
            hint = "Start it, or correct DATABASE_URL. DATABASE_WAIT says how long to wait for it."
            raise UnavailableError(f"The database {place} {problem}{waited}", hint)
        if not is_told:
            is_told = True
            say(settings, f"The database {place} {problem}; waiting for it, {most} s at most")
        time.sleep(PROBE_INTERVAL_S)
    if is_told:
        say(settings, f"The database answers after {time.monotonic() - begun:.0f} s")


def ping_database(url: str) -> pq.Ping:
    """Return how the server of an SQLAlchemy URL takes to a connection."""
    # libpq's own probe: unlike the words of a refused connection, its answer is the same in every
    # language, and a server whose password is wrong counts as up.
    engine = create_engine(url)
    _, parameters = engine.dialect.create_connect_args(engine.url)
    # SQLAlchemy adds parameters that are psycopg's own.
    names = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    place = {name: parameters[name] for name in names & parameters.keys()}
    place["connect_timeout"] = PROBE_TIMEOUT_S
    return pq.Ping(pq.PGconn.ping(make_conninfo(**place).encode()))


def say(settings: Settings, words: str) -> None:
    """Log words that are no failure, or print them where text logs have only failures."""
    if settings.log_format == "json":
        log.warning(words)
    else:
        console.print(f"{words}.")


def database_place(url: str) -> str:
    """Return whose database a URL names and where, without its password."""
    parsed = make_url(url)
    port = f":{parsed.port}" if parsed.port else ""
    host = parsed.host or str(parsed.query.get("host", ""))
    return f"{parsed.username or ''}@{host}{port}/{parsed.database or ''}"
