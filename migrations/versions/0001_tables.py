"""Sources, catalogue, uploads, snapshots and their observations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "developer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("homepage", sa.Text(), server_default="", nullable=False),
        sa.Column("huggingface_org", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_developer_country")),
        sa.CheckConstraint(
            "origin IN ('chinese', 'us', 'european', 'other', 'unknown')",
            name=op.f("ck_developer_origin"),
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9][a-z0-9._:/-]{0,199}$'", name=op.f("ck_developer_slug")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_developer")),
        sa.UniqueConstraint("slug", name=op.f("uq_developer_slug")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("headline", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("date", "title", name=op.f("uq_event_date_title")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("licence", sa.Text(), server_default="", nullable=False),
        sa.Column("citation", sa.Text(), server_default="", nullable=False),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9][a-z0-9._:/-]{0,199}$'",
            name=op.f("ck_source_slug"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("slug", name=op.f("uq_source_slug")),
    )
    op.create_table(
        "model",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("developer_id", sa.BigInteger(), nullable=False),
        sa.Column("openness", sa.Text(), nullable=False),
        sa.Column("release_month", sa.Date(), nullable=True),
        sa.Column("base_developer_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "openness IN ('open', 'closed', 'unknown')", name=op.f("ck_model_openness")
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9][a-z0-9._:/-]{0,199}$'",
            name=op.f("ck_model_slug"),
        ),
        sa.CheckConstraint(
            "extract(day FROM release_month) = 1", name=op.f("ck_model_release_month")
        ),
        sa.ForeignKeyConstraint(
            ["base_developer_id"], ["developer.id"], name=op.f("fk_model_base_developer_id")
        ),
        sa.ForeignKeyConstraint(
            ["developer_id"], ["developer.id"], name=op.f("fk_model_developer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
        sa.UniqueConstraint("slug", name=op.f("uq_model_slug")),
    )
    op.create_index(op.f("ix_model_developer_id"), "model", ["developer_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("openness", sa.Text(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "openness IN ('open', 'closed', 'unknown')", name=op.f("ck_upload_openness")
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name=op.f("ck_upload_published")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_upload_withdrawn")
        ),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_upload_sha256")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_upload_size")),
        sa.CheckConstraint(
            "withdrawn_at > published_at", name=op.f("ck_upload_withdrawn_after_published")
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR published_at IS NOT NULL",
            name=op.f("ck_upload_withdrawn_was_published"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_upload_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("published_at", name=op.f("uq_upload_published_at")),
    )
    op.create_index(op.f("ix_upload_sha256"), "upload", ["sha256"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.CheckConstraint("basis IN ('share', 'value')", name=op.f("ck_snapshot_basis")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_snapshot_month")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_snapshot_source_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_snapshot_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint(
            "upload_id", "source_id", "month", name=op.f("uq_snapshot_upload_id_source_id_month")
        ),
    )
    op.create_index("ix_snapshot_source_id_month", "snapshot", ["source_id", "month"], unique=False)
    op.create_table(
        "observation",
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("openness", sa.Text(), nullable=False),
        sa.Column("developer_id", sa.BigInteger(), nullable=True),
        sa.Column("model_id", sa.BigInteger(), nullable=True),
        sa.Column("share_pct", sa.Numeric(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "openness IN ('open', 'closed', 'unknown')", name=op.f("ck_observation_openness")
        ),
        sa.CheckConstraint(
            "origin IN ('chinese', 'us', 'european', 'other', 'unknown')",
            name=op.f("ck_observation_origin"),
        ),
        sa.CheckConstraint(
            "status IN ('final', 'provisional', 'estimated')", name=op.f("ck_observation_status")
        ),
        sa.CheckConstraint("value >= 0 AND value < 'Infinity'", name=op.f("ck_observation_value")),
        sa.CheckConstraint("length(note) <= 500", name=op.f("ck_observation_note")),
        sa.CheckConstraint("line > 0", name=op.f("ck_observation_line")),
        sa.CheckConstraint(
            "model_id IS NULL OR developer_id IS NOT NULL",
            name=op.f("ck_observation_model_has_developer"),
        ),
        sa.CheckConstraint("share_pct BETWEEN 0 AND 100", name=op.f("ck_observation_share_pct")),
        sa.ForeignKeyConstraint(
            ["developer_id"], ["developer.id"], name=op.f("fk_observation_developer_id")
        ),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_observation_model_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_observation_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "line", name=op.f("pk_observation")),
        sa.UniqueConstraint(
            "snapshot_id",
            "origin",
            "openness",
            "developer_id",
            "model_id",
            name="uq_observation_slice",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "uq_observation_model",
        "observation",
        ["snapshot_id", "model_id"],
        unique=True,
        postgresql_where=sa.text("model_id IS NOT NULL"),
    )


def downgrade() -> None:
    # Everything ever uploaded would go: only an empty house may be torn down.
    if op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT FROM upload)")):
        raise RuntimeError("There are uploads; dump the database and drop it by hand instead.")
    op.execute("DROP SCHEMA IF EXISTS set_aside CASCADE")
    op.drop_index(
        "uq_observation_model",
        table_name="observation",
        postgresql_where=sa.text("model_id IS NOT NULL"),
    )
    op.drop_table("observation")
    op.drop_index("ix_snapshot_source_id_month", table_name="snapshot")
    op.drop_table("snapshot")
    op.drop_index(op.f("ix_upload_sha256"), table_name="upload")
    op.drop_table("upload")
    op.drop_index(op.f("ix_model_developer_id"), table_name="model")
    op.drop_table("model")
    op.drop_table("source")
    op.drop_table("event")
    op.drop_table("developer")
