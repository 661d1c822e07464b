"""Maintainers, their sign-ins and tokens, discarded uploads, and the catalogue's audit list.

Stepping back sets all of it aside in a schema of its own; stepping forth takes it up again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "catalogue_change",
    "failed_sign_in",
    "maintainer",
    "access_token",
    "sign_in",
    "sign_in_link",
)
# The columns of upload that came with them.
ASIDE = """
    CREATE TABLE set_aside.upload AS
    SELECT id, reclassified, discarded_at, discarded_by FROM public.upload
    WHERE reclassified OR discarded_at IS NOT NULL
"""
BACK = """
    UPDATE public.upload SET reclassified = kept.reclassified,
        discarded_at = kept.discarded_at, discarded_by = kept.discarded_by
    FROM set_aside.upload AS kept WHERE kept.id = upload.id
"""


def upgrade() -> None:
    kept = op.get_bind().scalar(sa.text("SELECT to_regnamespace('set_aside') IS NOT NULL"))
    extend_uploads()
    if kept:
        for table in TABLES:
            op.execute(f"ALTER TABLE set_aside.{table} SET SCHEMA public")
        op.execute(BACK)
        op.execute("DROP SCHEMA set_aside CASCADE")
    else:
        create_tables()
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON catalogue_change
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def create_tables() -> None:
    op.create_table(
        "catalogue_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_change")),
    )
    op.create_index(
        "ix_catalogue_change_kind_key", "catalogue_change", ["kind", "key"], unique=False
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index(
        "ix_failed_sign_in_address_at", "failed_sign_in", ["address", "at"], unique=False
    )
    op.create_index("ix_failed_sign_in_name_at", "failed_sign_in", ["name", "at"], unique=False)
    op.create_table(
        "maintainer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'", name=op.f("ck_maintainer_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintainer")),
        sa.UniqueConstraint("name", name=op.f("uq_maintainer_name")),
    )
    op.create_table(
        "access_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("maintainer_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["maintainer_id"], ["maintainer.id"], name=op.f("fk_access_token_maintainer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_token_digest")),
        sa.UniqueConstraint(
            "maintainer_id", "label", name=op.f("uq_access_token_maintainer_id_label")
        ),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("maintainer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["maintainer_id"], ["maintainer.id"], name=op.f("fk_sign_in_maintainer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_digest")),
    )
    op.create_index(op.f("ix_sign_in_maintainer_id"), "sign_in", ["maintainer_id"], unique=False)
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("maintainer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["maintainer_id"], ["maintainer.id"], name=op.f("fk_sign_in_link_maintainer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_link_digest")),
    )
    op.create_index(
        op.f("ix_sign_in_link_maintainer_id"), "sign_in_link", ["maintainer_id"], unique=False
    )


def extend_uploads() -> None:
    op.add_column(
        "upload",
        sa.Column("reclassified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("upload", sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("upload", sa.Column("discarded_by", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_upload_discarded"), "upload", "(discarded_at IS NULL) = (discarded_by IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_upload_discarded_was_not_published"),
        "upload",
        "discarded_at IS NULL OR published_at IS NULL",
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only ON catalogue_change")
    op.execute("CREATE SCHEMA set_aside")
    op.execute(ASIDE)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} SET SCHEMA set_aside")
    for column in ("discarded_by", "discarded_at", "reclassified"):
        op.drop_column("upload", column)
