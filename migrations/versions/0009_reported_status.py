"""A status for figures that a publisher reported in rounded words: `reported`.

Stepping back calls them estimated, as they were called before, and sets aside which they are;
stepping forth takes them up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ASIDE = "set_aside_0009"
BEFORE = ("final", "provisional", "estimated")


def upgrade() -> None:
    allow((*BEFORE, "reported"))
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        rename(
            "estimated",
            "reported",
            f"""
            FROM {ASIDE}.observation AS kept
            WHERE (kept.snapshot_id, kept.line) = (observation.snapshot_id, observation.line) AND
        """,
        )
        op.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def allow(statuses: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in statuses)
    op.drop_constraint(op.f("ck_observation_status"), "observation")
    op.create_check_constraint("status", "observation", f"status IN ({listed})")


def rename(old: str, new: str, which: str) -> None:
    op.execute("ALTER TABLE observation DISABLE TRIGGER append_only")
    op.execute(
        f"UPDATE observation SET status = '{new}' {which} observation.status = '{old}'"  # noqa: S608 - words of our own
    )
    op.execute("ALTER TABLE observation ENABLE TRIGGER append_only")


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    op.execute(f"""
        CREATE TABLE {ASIDE}.observation AS
        SELECT snapshot_id, line FROM observation WHERE status = 'reported'
    """)  # noqa: S608 - names of our own
    rename("reported", "estimated", "WHERE")
    allow(BEFORE)
