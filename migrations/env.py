"""How Alembic reaches the database: a connection handed over by our own code, or DATABASE_URL."""

from alembic import context
from sqlalchemy import Connection, create_engine, func, select, text

from app.database import (  # noqa: F401 - they fill the metadata
    account_tables,
    fetch_tables,
    proposal_tables,
    sum_tables,
    tables,
)
from app.database.locks import Lock
from app.database.table_base import TableBase
from app.settings import Settings


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=TableBase.metadata,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        # Two starters at once take turns.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = '10min'"))
        connection.execute(select(func.pg_advisory_xact_lock(Lock.MIGRATION)))
        # Whoever waits for a table keeps all who come later waiting too.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    migrate(given)
else:
    url = Settings().database_url
    if url is None:
        raise SystemExit("Set DATABASE_URL, or use `modelshare migrate`.")
    with create_engine(url).connect() as opened:
        migrate(opened)
        opened.commit()
