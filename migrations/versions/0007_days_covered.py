"""The days of a month that a snapshot covers; NULL where its file said nothing: the whole month.

Stepping back sets them aside in a schema of their own; stepping forth takes them up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADDED = "first_day, last_day, days"
ASIDE = "set_aside_0007"
CHECKS = {
    "days_together": "num_nulls(first_day, last_day, days) IN (0, 3)",
    "days_in_month": (
        "date_trunc('month', first_day) = month AND date_trunc('month', last_day) = month"
    ),
    "days": "days BETWEEN 1 AND last_day - first_day + 1",
}


def upgrade() -> None:
    op.add_column("snapshot", sa.Column("first_day", sa.Date))
    op.add_column("snapshot", sa.Column("last_day", sa.Date))
    op.add_column("snapshot", sa.Column("days", sa.Integer))
    for name, condition in CHECKS.items():
        op.create_check_constraint(name, "snapshot", condition)
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        op.execute("ALTER TABLE snapshot DISABLE TRIGGER append_only")
        op.execute(f"""
            UPDATE snapshot SET ({ADDED}) = (kept.first_day, kept.last_day, kept.days)
            FROM {ASIDE}.snapshot AS kept WHERE kept.id = snapshot.id
        """)  # noqa: S608 - names of our own
        op.execute("ALTER TABLE snapshot ENABLE TRIGGER append_only")
        op.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    op.execute(f"""
        CREATE TABLE {ASIDE}.snapshot AS SELECT id, {ADDED} FROM snapshot WHERE days IS NOT NULL
    """)  # noqa: S608 - names of our own
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_snapshot_{name}"), "snapshot")
    for name in reversed(ADDED.split(", ")):
        op.drop_column("snapshot", name)
