"""What is fetched: the record of fetches, and the publishers' answers beside their uploads.

Stepping back sets them aside in a schema of their own; stepping forth takes them up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ASIDE = "set_aside_0011"
FETCHES = (
    "id, fetcher, first_month, last_month, publish, stale_ok, reason, requested_at, requested_by,"
    " started_at, progress, ended_at, outcome, message, newest_day, next_at, upload_id"
)
ANSWERS = (
    "upload_id, number, fetcher, url, received_at, headers, sha256, size, content, licence,"
    " attribution"
)
TABLES = {"fetch_run": FETCHES, "publisher_answer": ANSWERS}


def upgrade() -> None:
    create_tables()
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        for table, columns in TABLES.items():
            # GENERATED ALWAYS ids are taken up as they were; answers have none of their own.
            own_ids = " OVERRIDING SYSTEM VALUE" if table == "fetch_run" else ""
            # Of uploads that are there: whoever tore the house down took the others with them.
            op.execute(f"""
                INSERT INTO {table} ({columns}){own_ids} SELECT {columns} FROM {ASIDE}.{table}
                WHERE upload_id IS NULL OR upload_id IN (SELECT id FROM upload)
            """)  # noqa: S608 - names of our own
        op.execute("""
            SELECT setval(pg_get_serial_sequence('fetch_run', 'id'), max(id)) FROM fetch_run
            HAVING max(id) IS NOT NULL
        """)
        op.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    op.execute("""
        CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON publisher_answer
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def create_tables() -> None:
    op.create_table(
        "fetch_run",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("fetcher", sa.Text, nullable=False),
        sa.Column("first_month", sa.Date),
        sa.Column("last_month", sa.Date),
        sa.Column("publish", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("stale_ok", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("progress", sa.Text, server_default="", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text),
        sa.Column("message", sa.Text, server_default="", nullable=False),
        sa.Column("newest_day", sa.Date),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("upload_id", sa.BigInteger),
        sa.CheckConstraint("extract(day FROM first_month) = 1", name="first_month"),
        sa.CheckConstraint("extract(day FROM last_month) = 1", name="last_month"),
        sa.CheckConstraint(
            "outcome IN ('published', 'waiting', 'unchanged', 'checked', 'failed')", name="outcome"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        sa.CheckConstraint("ended_at IS NULL OR started_at IS NOT NULL", name="ended_was_started"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
    )
    op.create_index("ix_fetch_run_fetcher_id", "fetch_run", ["fetcher", "id"])
    op.create_index(op.f("ix_fetch_run_upload_id"), "fetch_run", ["upload_id"])
    op.create_table(
        "publisher_answer",
        sa.Column("upload_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fetcher", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headers", sa.dialects.postgresql.JSONB, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("licence", sa.Text, server_default="", nullable=False),
        sa.Column("attribution", sa.Text, server_default="", nullable=False),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("length(sha256) = 32", name="sha256"),
        sa.CheckConstraint("size >= 0", name="size"),
        sa.CheckConstraint("url ~ '^https?://'", name="url"),
        sa.PrimaryKeyConstraint("upload_id", "number"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"]),
    )


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {ASIDE}.{table} AS SELECT {columns} FROM {table}")  # noqa: S608
        op.drop_table(table)
