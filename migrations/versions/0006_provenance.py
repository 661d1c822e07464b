"""Where a file comes from stands with it: the publisher's address and dates, for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = "sha256, size, content, source_id, openness, received_at, received_by"
ADDED = "origin_url, retrieved_at, publisher_as_of"
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
    keep(f"{KEPT}, {ADDED}")


def keep(columns: str) -> None:
    """Let the trigger refuse every change of these columns."""
    op.execute(f"""
        CREATE OR REPLACE TRIGGER append_only BEFORE DELETE OR UPDATE OF {columns}
        ON upload FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    keep(KEPT)
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_upload_{name}"), "upload")
    for name in reversed(ADDED.split(", ")):
        op.drop_column("upload", name)
