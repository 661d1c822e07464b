"""Maintainers, their sign-ins and tokens, discarded uploads, and the catalogue's audit list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
    op.execute("""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON catalogue_change
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    op.drop_column("upload", "discarded_by")
    op.drop_column("upload", "discarded_at")
    op.drop_column("upload", "reclassified")
    op.drop_index(op.f("ix_sign_in_link_maintainer_id"), table_name="sign_in_link")
    op.drop_table("sign_in_link")
    op.drop_index(op.f("ix_sign_in_maintainer_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("access_token")
    op.drop_table("maintainer")
    op.drop_index("ix_failed_sign_in_name_at", table_name="failed_sign_in")
    op.drop_index("ix_failed_sign_in_address_at", table_name="failed_sign_in")
    op.drop_table("failed_sign_in")
    op.drop_index("ix_catalogue_change_kind_key", table_name="catalogue_change")
    op.drop_table("catalogue_change")
