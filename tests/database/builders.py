"""Migrations stepped up and down, and what stands in a table."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from app.database.migrate import alembic_config
from app.database.session import Database


@contextmanager
def alembic(db: Database) -> Iterator[Config]:
    with db.engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        yield config


def step(db: Database, direction: str, revision: str) -> None:
    with alembic(db) as config:
        getattr(command, direction)(config, revision)


def read(db: Database, statement: str) -> set[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(statement))}
