"""What was chosen about the table of a file, such as the sheet of a workbook.

Stepping back sets it aside in a schema of its own; stepping forth takes it up again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEPT = (
    "sha256, size, content, source_id, openness, received_at, received_by,"
    " origin_url, retrieved_at, publisher_as_of"
)
ASIDE = "set_aside_0015"


def upgrade() -> None:
    op.add_column(
        "upload",
        sa.Column(
            "table_choices", postgresql.JSONB, nullable=False, server_default=sa.text("'{}'")
        ),
    )
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        op.execute(f"""
            UPDATE upload SET table_choices = kept.table_choices
            FROM {ASIDE}.upload AS kept WHERE kept.id = upload.id
        """)  # noqa: S608 - names of our own
        op.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    keep(f"{KEPT}, table_choices")


def keep(columns: str) -> None:
    """Let the trigger refuse every change of these columns."""
    op.execute(f"""
        CREATE OR REPLACE TRIGGER append_only BEFORE DELETE OR UPDATE OF {columns}
        ON upload FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    op.execute(f"""
        CREATE TABLE {ASIDE}.upload AS
        SELECT id, table_choices FROM upload WHERE table_choices <> '{{}}'
    """)  # noqa: S608 - names of our own
    keep(KEPT)
    op.drop_column("upload", "table_choices")
