"""Brings the schema up to date, and tells which revision it is at."""

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
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


def alembic_config() -> Config:
    return Config(toml_file=PROJECT / "pyproject.toml")


def upgrade_schema(db: Database, revision: str = "head") -> None:
    """Two that start at once take turns; the second finds nothing to do."""
    with db.engine.begin() as connection:
        settings = alembic_config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def upgrade_if_needed(db: Database) -> None:
    """Upgrades unless there is nothing to do.

    Raises UnavailableError for a server that does not fit, for a role that may not, and where
    others hold a table.
    """
    check_server(db)
    current, expected = schema_revisions(db)
    if is_schema_served(current, expected):
        return
    title = f"The schema is at revision {current}; this release needs {expected}"
    try:
        upgrade_schema(db)
    except DBAPIError as error:
        if (hint := _HINTS.get(sql_state(error) or "")) is None:
            raise
        raise UnavailableError(title, hint) from None


def is_schema_served(current: str | None, expected: str) -> bool:
    """Whether this release works on a schema: its own, or that of a later release.

    Revisions are numbered, and a migration takes nothing away that the release before reads.
    """
    return current is not None and current >= expected


def check_server(db: Database) -> None:
    """Raises UnavailableError where the server is too old or cannot hold every name."""
    with db.engine.connect() as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0)
        encoding = str(connection.scalar(text("SHOW server_encoding")))
    check_server_version(version, encoding)


def check_server_version(version: int, encoding: str) -> None:
    """`version` as PostgreSQL counts it: 150018 is 15.18. Raises UnavailableError."""
    if version < OLDEST_SUPPORTED_VERSION * 10_000:
        title = f"The database is PostgreSQL {version // 10_000}.{version % 10_000}"
        raise UnavailableError(title, f"PostgreSQL {OLDEST_SUPPORTED_VERSION} or newer is needed.")
    if encoding != "UTF8":
        hint = "Make another: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        raise UnavailableError(f"The database is encoded in {encoding}; UTF8 is needed", hint)


def schema_revisions(db: Database) -> tuple[str | None, str]:
    """The revision the database is at, and the one this release was written for."""
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None  # noqa: S101 - we ship migrations
    return current, head
