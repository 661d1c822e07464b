"""Companies above developers, aliases, and what models are built on and called on Hugging Face.

Stepping back sets them aside in a schema of their own; stepping forth takes them up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ASIDE = "set_aside_0010"
# What names an entry in the list of changes, as in 0005.
KEYS = {
    "company": ("companies", "NEW.slug"),
    "alias": ("aliases", "concat_ws(' ', NEW.entry_type, NEW.entry, NEW.alias, NEW.kind)"),
}
NAMED = ("company", "developer", "model")
# What belongs to entries that are there: whoever tore the house down took the others with them.
COMPANIES = "id, slug, name, country, parent, note"
ALIASES = "id, entry_type, entry, alias, kind, retired"
ENTRIES = " UNION ALL ".join(f"SELECT '{table}', slug FROM {table}" for table in NAMED)  # noqa: S608


def upgrade() -> None:
    create_tables()
    op.add_column("developer", sa.Column("company", sa.Text))
    op.add_column("model", sa.Column("base_model", sa.Text, nullable=False, server_default=""))
    op.add_column("model", sa.Column("hugging_face_id", sa.Text, nullable=False, server_default=""))
    if op.get_bind().scalar(sa.text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")):
        take_up()
    op.create_foreign_key(None, "developer", "company", ["company"], ["slug"])
    op.create_index(op.f("ix_developer_company"), "developer", ["company"])
    for table, (kind, key) in KEYS.items():
        op.execute(f"""
            CREATE FUNCTION require_note_of_{table}() RETURNS trigger LANGUAGE plpgsql
            SET search_path = pg_catalog, public, pg_temp AS $$
            BEGIN
                IF NOT EXISTS (
                    SELECT FROM catalogue_change
                    WHERE kind = '{kind}' AND key = {key} AND xmin = pg_current_xact_id()::xid
                ) THEN
                    RAISE EXCEPTION 'A change of the catalogue needs a line in its list of changes'
                        USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NULL;
            END $$
        """)
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER noted AFTER INSERT OR UPDATE ON {table}
            DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION require_note_of_{table}()
        """)


def create_tables() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("country", sa.Text),
        sa.Column("parent", sa.Text),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9._:/-]{0,199}$'", name="slug"),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        sa.CheckConstraint("parent <> slug", name="parent"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sa.ForeignKeyConstraint(
            ["parent"], ["company.slug"], deferrable=True, initially="DEFERRED"
        ),
    )
    op.create_table(
        "alias",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("entry_type", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("retired", sa.Boolean, server_default=sa.text("false"), nullable=False),
        *(sa.Column(name, sa.Text, slug_of(name)) for name in NAMED),
        sa.CheckConstraint("entry_type IN ('company', 'developer', 'model')", name="entry_type"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_type", "entry", "alias", "kind", name="uq_alias_entry"),
        *(sa.ForeignKeyConstraint([name], [f"{name}.slug"]) for name in NAMED),
    )


def slug_of(table: str) -> sa.Computed:
    return sa.Computed(
        f"CASE WHEN (entry_type = '{table}'::text) THEN entry ELSE NULL::text END", persisted=True
    )


def take_up() -> None:
    op.execute(f"""
        INSERT INTO company ({COMPANIES}) OVERRIDING SYSTEM VALUE
        SELECT {COMPANIES} FROM {ASIDE}.company
    """)  # noqa: S608 - names of our own
    op.execute(f"""
        INSERT INTO alias ({ALIASES}) OVERRIDING SYSTEM VALUE
        SELECT {ALIASES} FROM {ASIDE}.alias WHERE (entry_type, entry) IN ({ENTRIES})
    """)  # noqa: S608 - names of our own
    # The parents' foreign key waits for the end, and no table is altered with that to come.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in KEYS:
        op.execute(f"""
            SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}
            HAVING max(id) IS NOT NULL
        """)  # noqa: S608 - names of our own
    for table, columns in (("developer", "company"), ("model", "base_model, hugging_face_id")):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER noted")
        op.execute(f"""
            UPDATE {table} SET ({columns}) = (SELECT {columns} FROM {ASIDE}.{table} AS kept
                                              WHERE kept.slug = {table}.slug)
            WHERE slug IN (SELECT slug FROM {ASIDE}.{table})
        """)  # noqa: S608 - names of our own
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER noted")
    op.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def downgrade() -> None:
    op.execute(f"CREATE SCHEMA {ASIDE}")
    kept = {
        "company": f"SELECT {COMPANIES} FROM company",  # noqa: S608 - names of our own
        "alias": f"SELECT {ALIASES} FROM alias",  # noqa: S608
        "developer": "SELECT slug, company FROM developer WHERE company IS NOT NULL",
        "model": (
            "SELECT slug, base_model, hugging_face_id FROM model"
            " WHERE base_model <> '' OR hugging_face_id <> ''"
        ),
    }  # fmt: skip
    for table, rows in kept.items():
        op.execute(f"CREATE TABLE {ASIDE}.{table} AS {rows}")
    op.drop_column("model", "hugging_face_id")
    op.drop_column("model", "base_model")
    op.drop_column("developer", "company")
    for table in reversed(KEYS):
        op.drop_table(table)
        op.execute(f"DROP FUNCTION require_note_of_{table}()")
