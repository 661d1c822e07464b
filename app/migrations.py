"""Brings the schema up to date, and tells which revision it is at."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.db import Db

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def config() -> Config:
    return Config(toml_file=PROJECT)


def upgrade(db: Db, revision: str = "head") -> None:
    """Two that start at once take turns; the second finds nothing to do."""
    with db.engine.begin() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def revisions(db: Db) -> tuple[str | None, str | None]:
    """The revision the database is at, and the one this release was written for."""
    with db.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(config()).get_current_head()
