"""What is proposed for models of the catalogue, and what maintainers decided of it.

Stepping back sets it aside in a schema of its own; stepping forth takes it up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ASIDE = "set_aside_0012"
COLUMNS = (
    "id, model, cells, before, evidence, source_url, proposed_at, decided_at, decided_by, decision,"
    " confirmed"
)


def upgrade() -> None:
    create_table()
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        op.execute(f"""
            INSERT INTO model_proposal ({COLUMNS}) OVERRIDING SYSTEM VALUE
            SELECT {COLUMNS} FROM {ASIDE}.model_proposal
        """)  # noqa: S608 - names of our own
        op.execute("""
            SELECT setval(pg_get_serial_sequence('model_proposal', 'id'), max(id))
            FROM model_proposal HAVING max(id) IS NOT NULL
        """)
        op.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    op.execute("""
        CREATE TRIGGER append_only BEFORE DELETE ON model_proposal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER decided_once BEFORE UPDATE ON model_proposal FOR EACH ROW
        WHEN (OLD.decided_at IS NOT NULL) EXECUTE FUNCTION refuse_change()
    """)


def create_table() -> None:
    op.create_table(
        "model_proposal",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("cells", sa.dialects.postgresql.JSONB, nullable=False),
        sa.Column("before", sa.dialects.postgresql.JSONB, nullable=False),
        sa.Column("evidence", sa.dialects.postgresql.JSONB, nullable=False),
        sa.Column("source_url", sa.Text, nullable=False),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Text),
        sa.Column("decision", sa.Text),
        sa.Column("confirmed", sa.dialects.postgresql.JSONB),
        sa.CheckConstraint("model ~ '^[a-z0-9][a-z0-9._:/-]{0,199}$'", name="model"),
        sa.CheckConstraint("source_url ~ '^https?://'", name="source_url"),
        sa.CheckConstraint("decision IN ('confirmed', 'dismissed')", name="decision"),
        sa.CheckConstraint(
            "num_nulls(decided_at, decided_by, decision, confirmed) IN (0, 4)", name="decided"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_model_proposal_open",
        "model_proposal",
        ["model"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    op.execute(f"CREATE TABLE {ASIDE}.model_proposal AS SELECT {COLUMNS} FROM model_proposal")  # noqa: S608
    op.drop_table("model_proposal")
