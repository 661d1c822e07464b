"""Brings the schema up to date, and tells which revision it is at."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ProgrammingError

from app.db import Db
from app.errors import Unavailable

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
_INSUFFICIENT_PRIVILEGE: Final = "42501"


def config() -> Config:
    return Config(toml_file=PROJECT)


def upgrade(db: Db, revision: str = "head") -> None:
    """Two that start at once take turns; the second finds nothing to do."""
    with db.engine.begin() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def bring_up(db: Db) -> None:
    """Upgrades unless there is nothing to do. Raises Unavailable for a role that may not."""
    found, expected = revisions(db)
    if found == expected:
        return
    try:
        upgrade(db)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
            raise
        title = f"The schema is at revision {found}; this release needs {expected}"
        hint = "This role may not change it: run `modelshare migrate` as the schema's owner."
        raise Unavailable(title, hint) from None


def revisions(db: Db) -> tuple[str | None, str | None]:
    """The revision the database is at, and the one this release was written for."""
    with db.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(config()).get_current_head()
