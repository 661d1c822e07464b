"""Where a file comes from stands with it: the publisher's address and dates, for ever.

Stepping back sets them aside in a schema of their own; stepping forth takes them up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = "sha256, size, content, source_id, openness, received_at, received_by"
ADDED = "origin_url, retrieved_at, publisher_as_of"
ASIDE = "set_aside_0006"
CHECKS = {
    "origin_url": "origin_url = '' OR origin_url ~ '^https?://'",
    "publisher_as_of": "publisher_as_of <= retrieved_at",
}


def upgrade() -> None:
    op.add_column("upload", sa.Column("origin_url", sa.Text, nullable=False, server_default=""))
    op.add_column("upload", sa.Column("retrieved_at", sa.Date))
    op.add_column("upload", sa.Column("publisher_as_of", sa.Date))
    for name, condition in CHECKS.items():
        op.create_check_constraint(name, "upload", condition)
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        op.execute(f"""
            UPDATE upload SET ({ADDED}) = (kept.origin_url, kept.retrieved_at, kept.publisher_as_of)
            FROM {ASIDE}.upload AS kept WHERE kept.id = upload.id
        """)  # noqa: S608 - names of our own
        op.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    keep(f"{KEPT}, {ADDED}")


def keep(columns: str) -> None:
    """Let the trigger refuse every change of these columns."""
    op.execute(f"""
        CREATE OR REPLACE TRIGGER append_only BEFORE DELETE OR UPDATE OF {columns}
        ON upload FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    op.execute(f"""
        CREATE TABLE {ASIDE}.upload AS SELECT id, {ADDED} FROM upload
        WHERE origin_url <> '' OR num_nonnulls(retrieved_at, publisher_as_of) > 0
    """)  # noqa: S608 - names of our own
    keep(KEPT)
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_upload_{name}"), "upload")
    for name in reversed(ADDED.split(", ")):
        op.drop_column("upload", name)
