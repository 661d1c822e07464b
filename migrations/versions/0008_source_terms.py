"""The terms of a source as data: window, statistic, what it reports on, and how often it comes.

Stepping back sets them aside in a schema of their own, with what the audit list says of them;
stepping forth takes them up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ADDED = ("window", "statistic", "reports_on", "cadence", "publishes_after_days")
ASIDE = "set_aside_0008"
CHECKS = {
    "window": ("\"window\" IN ('month', 'week', 'day', 'trailing-30-days', 'trailing-12-months')"),
    "statistic": "statistic IN ('sum', 'mean', 'low', 'high', 'point')",
    "cadence": "cadence IN ('once', 'monthly', 'quarterly', 'yearly', 'irregular')",
    "reports_on": "reports_on <> slug",
    "publishes_after_days": "publishes_after_days BETWEEN 0 AND 366",
}
# What was always true of the sources that come with the product, where they are the same still:
# until now only their texts and file notes said so. By slug, for the column slug and those above.
BUNDLED = {
    "openrouter-rankings": "'month', 'sum', NULL, 'monthly', 3",
    "state-of-ai-study": "'week', 'point', 'openrouter-rankings', 'once', NULL",
    "huggingface-study-2025": "'trailing-12-months', 'sum', NULL, 'once', NULL",
    "huggingface-spring-2026": "'trailing-12-months', 'sum', NULL, 'once', NULL",
    "vercel-ai-gateway": "'month', 'sum', NULL, 'once', NULL",
}
QUOTED = ", ".join(f'"{name}"' for name in ADDED)
NAMED = ", ".join(f"'{name}'" for name in ADDED)


def upgrade() -> None:
    op.add_column("source", sa.Column("window", sa.Text, nullable=False, server_default="month"))
    op.add_column("source", sa.Column("statistic", sa.Text, nullable=False, server_default="sum"))
    op.add_column("source", sa.Column("reports_on", sa.Text))
    op.add_column("source", sa.Column("cadence", sa.Text))
    op.add_column("source", sa.Column("publishes_after_days", sa.Integer))
    for name, condition in CHECKS.items():
        op.create_check_constraint(name, "source", condition)
    op.create_foreign_key(
        None, "source", "source", ["reports_on"], ["slug"], deferrable=True, initially="DEFERRED"
    )
    # These columns are new, and what they say held before: so no line of the audit list, by which
    # a past vintage would be told that it was otherwise then.
    op.execute("ALTER TABLE source DISABLE TRIGGER USER")
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        take_up()
    else:
        describe_bundled()
    # The deferred check of reports_on would else hinder ALTER TABLE.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute("ALTER TABLE source ENABLE TRIGGER USER")


def describe_bundled() -> None:
    for slug, values in BUNDLED.items():
        op.execute(f"""
            UPDATE source SET ({QUOTED}) = ROW ({values}) WHERE slug = '{slug}'
            AND ('{slug}' <> 'state-of-ai-study'
                 OR EXISTS (SELECT FROM source WHERE slug = 'openrouter-rankings'))
        """)  # noqa: S608 - names of our own


def take_up() -> None:
    values = ", ".join(f'kept."{name}"' for name in ADDED)
    op.execute(f"""
        UPDATE source SET ({QUOTED}) = ({values})
        FROM {ASIDE}.source AS kept WHERE kept.id = source.id
    """)  # noqa: S608 - names of our own
    op.execute("ALTER TABLE catalogue_change DISABLE TRIGGER USER")
    op.execute(f"""
        UPDATE catalogue_change SET before = kept.before, after = kept.after
        FROM {ASIDE}.catalogue_change AS kept WHERE kept.id = catalogue_change.id
    """)  # noqa: S608 - names of our own
    op.execute("ALTER TABLE catalogue_change ENABLE TRIGGER USER")
    op.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    op.execute(f"CREATE TABLE {ASIDE}.source AS SELECT id, {QUOTED} FROM source")  # noqa: S608 - names of our own
    # The program before this one knows no such cells, and would fail over them.
    told = f"kind = 'sources' AND (before ?| ARRAY[{NAMED}] OR after ?| ARRAY[{NAMED}])"
    op.execute(f"""
        CREATE TABLE {ASIDE}.catalogue_change AS
        SELECT id, before, after FROM catalogue_change WHERE {told}
    """)  # noqa: S608 - names of our own
    op.execute("ALTER TABLE catalogue_change DISABLE TRIGGER USER")
    op.execute(f"""
        UPDATE catalogue_change
        SET before = before - ARRAY[{NAMED}], after = after - ARRAY[{NAMED}] WHERE {told}
    """)  # noqa: S608 - names of our own
    op.execute("ALTER TABLE catalogue_change ENABLE TRIGGER USER")
    op.drop_constraint(op.f("fk_source_reports_on"), "source")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_source_{name}"), "source")
    for name in reversed(ADDED):
        op.drop_column("source", name)
