"""The sums of each snapshot's lines, by origin and by developer, and those of what stands already.

And an index by which the last change of the catalogue is found.

Stepping back drops them: they are computed from the lines when stepping forth.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CHECKS = {
    "origin": "origin IN ('chinese', 'us', 'european', 'other', 'unknown')",
    "openness": "openness IN ('open', 'closed', 'unknown')",
    "status": "status IN ('final', 'provisional', 'estimated', 'reported')",
    "lines": "lines > 0",
    "share_pct": "share_pct >= 0 AND share_pct < 'Infinity'",
}
KEYS = {
    "origin_sum": "snapshot_id, origin, openness, status",
    "developer_sum": "snapshot_id, origin, openness, developer_id, status",
}


def upgrade() -> None:
    create_table(
        "origin_sum", sa.PrimaryKeyConstraint("snapshot_id", *"origin openness status".split())
    )
    create_table(
        "developer_sum",
        sa.Column("developer_id", sa.BigInteger),
        sa.ForeignKeyConstraint(["developer_id"], ["developer.id"]),
        sa.UniqueConstraint(
            *KEYS["developer_sum"].split(", "),
            name="uq_developer_sum",
            postgresql_nulls_not_distinct=True,
        ),
    )
    for table, keys in KEYS.items():
        # MIN and MAX are equal if all lines have the same note.
        op.execute(f"""
            INSERT INTO {table} ({keys}, lines, share_pct, note)
            SELECT {keys}, count(*), sum(share_pct),
                CASE WHEN min(note) = max(note) THEN min(note) END
            FROM observation GROUP BY {keys}
        """)  # noqa: S608 - names of our own
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
        # The function reads nothing but the snapshots of what was added.
        op.execute(f"""
            CREATE TRIGGER before_publishing AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_observation()
        """)
    require_sums()
    op.create_index("ix_catalogue_change_at", "catalogue_change", ["at"])


def create_table(name: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("snapshot_id", sa.BigInteger, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("openness", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("share_pct", sa.Numeric, nullable=False),
        sa.Column("note", sa.Text),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"]),
        *(sa.CheckConstraint(condition, name=check) for check, condition in CHECKS.items()),
        *more,
    )


def require_sums() -> None:
    """Let nothing be published whose sums are not those of its lines.

    A release before this one, still running beside it, would publish figures that nobody sees.
    """
    sums = " OR ".join(
        f"""(stored.line_count, stored.share_pct) <> (
            SELECT coalesce(sum(lines), 0), coalesce(sum(share_pct), 0)
            FROM {table} WHERE snapshot_id = snapshot.id
        )"""  # noqa: S608 - names of our own
        for table in KEYS
    )
    op.execute(f"""
        CREATE FUNCTION require_sums() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, public, pg_temp AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM snapshot CROSS JOIN LATERAL (
                    SELECT count(*) AS line_count, coalesce(sum(share_pct), 0) AS share_pct
                    FROM observation WHERE snapshot_id = snapshot.id
                ) AS stored
                WHERE upload_id = NEW.id AND ({sums})
            ) THEN
                RAISE EXCEPTION 'What is published needs the sums of its lines'
                    USING ERRCODE = 'restrict_violation',
                    HINT = 'Publish it with the release that the schema is of.';
            END IF;
            RETURN NEW;
        END $$
    """)  # noqa: S608 - names of our own
    op.execute("""
        CREATE TRIGGER summed BEFORE UPDATE ON upload FOR EACH ROW
        WHEN (OLD.published_at IS NULL AND NEW.published_at IS NOT NULL)
        EXECUTE FUNCTION require_sums()
    """)


def downgrade() -> None:
    op.drop_index("ix_catalogue_change_at", "catalogue_change")
    op.execute("DROP TRIGGER summed ON upload")
    op.execute("DROP FUNCTION require_sums()")
    for table in KEYS:
        op.drop_table(table)
