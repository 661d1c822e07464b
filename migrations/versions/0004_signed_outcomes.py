"""Who published, withdrew or discarded an upload, and why, is written once, as the moment is."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The moment, and what is written with it.
OUTCOMES = {
    "published_at": ("published_by", "reason"),
    "withdrawn_at": ("withdrawn_by", "withdrawn_reason"),
    "discarded_at": ("discarded_by",),
}


def upgrade() -> None:
    changed = " OR ".join(
        f"OLD.{moment} IS NOT NULL AND (OLD.{moment}, {columns('OLD', others)})"
        f" IS DISTINCT FROM (NEW.{moment}, {columns('NEW', others)})"
        for moment, others in OUTCOMES.items()
    )
    op.execute(f"""
        CREATE TRIGGER signed_once BEFORE UPDATE ON upload FOR EACH ROW
        WHEN ({changed}) EXECUTE FUNCTION refuse_change()
    """)


def columns(row: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{name}" for name in names)


def downgrade() -> None:
    op.execute("DROP TRIGGER signed_once ON upload")
