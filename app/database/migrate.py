"""The upgrade of the schema by Alembic."""

from alembic import command
from alembic.config import Config

from app.database.session import Database
from app.paths import PROJECT


def alembic_config() -> Config:
    return Config(toml_file=PROJECT / "pyproject.toml")


def upgrade_schema(db: Database, revision: str = "head") -> None:
    """Upgrade the schema to a revision. Of two that start at once the second waits."""
    # The connection is handed to migrations/env.py, which takes Lock.MIGRATION in the same
    # transaction: of a migration that fails nothing is left.
    with db.engine.begin() as connection:
        settings = alembic_config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
