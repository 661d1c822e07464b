"""The networks from which maintainers signed in, where guesses from elsewhere do not count.

Stepping back sets them aside in a schema of its own; stepping forth takes them up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ASIDE = "set_aside_0014"
COLUMNS = "id, maintainer_id, network, seen_at"


def upgrade() -> None:
    op.create_table(
        "known_network",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("maintainer_id", sa.BigInteger, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["maintainer_id"], ["maintainer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("maintainer_id", "network"),
    )
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        op.execute(f"""
            INSERT INTO known_network ({COLUMNS}) OVERRIDING SYSTEM VALUE
            SELECT {COLUMNS} FROM {ASIDE}.known_network
        """)  # noqa: S608 - names of our own
        op.execute("""
            SELECT setval(pg_get_serial_sequence('known_network', 'id'), max(id))
            FROM known_network HAVING max(id) IS NOT NULL
        """)
        op.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    op.execute(f"CREATE TABLE {ASIDE}.known_network AS SELECT {COLUMNS} FROM known_network")  # noqa: S608
    op.drop_table("known_network")
