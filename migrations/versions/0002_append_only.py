"""Nothing published is ever changed: snapshots, observations and files are append-only."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', HINT = 'Publish a new snapshot instead.';
        END $$
    """)
    for table in ("snapshot", "observation"):
        op.execute(f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)
    op.execute("""
        CREATE TRIGGER append_only
        BEFORE DELETE OR UPDATE OF
            sha256, size, content, source_id, openness, received_at, received_by
        ON upload FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER published_once BEFORE UPDATE ON upload FOR EACH ROW
        WHEN (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at
              OR OLD.withdrawn_at IS NOT NULL
                 AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
        EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER published_once ON upload")
    for table in ("upload", "observation", "snapshot"):
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
