"""The revision a database's schema is at, told without Alembic, and whether it is served."""

from functools import cache
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.database.embedded.binaries import OLDEST_SUPPORTED_VERSION
from app.database.errors import INSUFFICIENT_PRIVILEGE, LOCK_NOT_AVAILABLE, sql_state
from app.database.session import Database
from app.domain.errors import UnavailableError
from app.paths import PROJECT

_HINTS: Final = {
    INSUFFICIENT_PRIVILEGE: (
        "This role may not change it: run `modelshare migrate` as the schema's owner."
    ),
    LOCK_NOT_AVAILABLE: (
        "Somebody holds a table of it for more than five seconds. Nothing was changed; start this"
        " again. pg_stat_activity tells who it is."
    ),
}


def upgrade_if_needed(db: Database) -> None:
    """Upgrade the schema unless this release works on it as it is.

    Raise UnavailableError if the server is too old or not in UTF-8, if the role may not change the
    schema, or if others hold one of its tables.
    """
    check_server(db)
    # The revision is looked at before the lock is asked for: the role that serves may not change
    # the schema, and need not where there is nothing to do.
    current, expected = schema_revisions(db)
    if is_schema_served(current, expected):
        return
    # Alembic takes 9 MiB, and nearly every start finds the schema up to date.
    from app.database.migrate import upgrade_schema  # noqa: PLC0415

    title = f"The schema is at revision {current}; this release needs {expected}"
    try:
        upgrade_schema(db)
    except DBAPIError as error:
        if (hint := _HINTS.get(sql_state(error) or "")) is None:
            raise
        raise UnavailableError(title, hint) from None


def is_schema_served(current: str | None, expected: str) -> bool:
    """Return whether this release works on a schema: on its own, or on that of a later release."""
    # Revisions are numbers of four digits, which compare as text. A migration takes nothing away
    # that the release before it reads, so that an upgrade need not stop every server at once.
    return current is not None and current >= expected


def check_server(db: Database) -> None:
    """Raise UnavailableError if the server is too old or its encoding cannot hold every name."""
    with db.engine.connect() as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0)
        encoding = str(connection.scalar(text("SHOW server_encoding")))
    check_server_version(version, encoding)


def check_server_version(version: int, encoding: str) -> None:
    """Raise UnavailableError for a version, as PostgreSQL counts (150018 is 15.18), or encoding."""
    if version < OLDEST_SUPPORTED_VERSION * 10_000:
        title = f"The database is PostgreSQL {version // 10_000}.{version % 10_000}"
        raise UnavailableError(title, f"PostgreSQL {OLDEST_SUPPORTED_VERSION} or newer is needed.")
    if encoding != "UTF8":
        hint = "Make another: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        raise UnavailableError(f"The database is encoded in {encoding}; UTF8 is needed", hint)


def schema_revisions(db: Database) -> tuple[str | None, str]:
    """Return the revision the database is at, None if it is empty, and that of this release."""
    with db.engine.connect() as connection:
        return _current_revision(connection), _newest_revision()


def read_name_and_revision(connection: Connection) -> tuple[str, ...]:
    """Return which database it is, and its revision; a streaming replica says the same of both."""
    # The identifier is that of the cluster that initdb made, and of all copies of it.
    name = "SELECT system_identifier || '/' || current_database() FROM pg_control_system()"
    return str(connection.scalar(text(name))), str(_current_revision(connection))


def _current_revision(connection: Connection) -> str | None:
    # Asked for by its name first: a statement on a table that is missing would be an error.
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@cache
def _newest_revision() -> str:
    """Return the revision that the last file of `migrations/versions` makes, the head."""
    # Files are named by their revision, and each comes after the one before: a test holds that
    # Alembic, which reads all of them, says the same.
    return max(
        path.name.partition("_")[0]
        for path in (PROJECT / "migrations" / "versions").glob("[0-9]*_*.py")
    )
