"""The keys of published lines are looked up once for all that is copied, not line by line.

Three foreign keys cost more than all else that the database does for a line. What they kept true
needs no more than this: lines are only ever added, and what they name is never removed.
"""

from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

# A temporary table must not stand in for one of ours.
PLACE = "SET search_path = pg_catalog, public, pg_temp"
NAMED = {"snapshot": "snapshot_id", "developer": "developer_id", "model": "model_id"}


def upgrade() -> None:
    for column in NAMED.values():
        op.drop_constraint(f"fk_observation_{column}", "observation", type_="foreignkey")
    checks = "\n".join(
        f"""
        SELECT min({column}) INTO unknown FROM (SELECT DISTINCT {column} FROM added) AS named
        WHERE NOT EXISTS (SELECT FROM {table} WHERE id = {column}) AND {column} IS NOT NULL;
        IF unknown IS NOT NULL THEN
            RAISE EXCEPTION 'There is no {table} %', unknown
                USING ERRCODE = 'foreign_key_violation';
        END IF;
        """  # noqa: S608 - names of our own
        for table, column in NAMED.items()
    )
    op.execute(f"""
        CREATE FUNCTION require_named_entries() RETURNS trigger LANGUAGE plpgsql {PLACE} AS $$
        DECLARE unknown bigint;
        BEGIN
            {checks}
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER named_entries AFTER INSERT ON observation
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION require_named_entries()
    """)
    op.execute(f"""
        CREATE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql {PLACE} AS $$
        BEGIN
            RAISE EXCEPTION 'No % is removed or renumbered: lines may name it', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$
    """)
    for table in NAMED:
        op.execute(f"""
            CREATE TRIGGER named_by_lines BEFORE DELETE OR TRUNCATE OR UPDATE OF id ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal()
        """)


def downgrade() -> None:
    for table in NAMED:
        op.execute(f"DROP TRIGGER named_by_lines ON {table}")
    op.execute("DROP FUNCTION refuse_removal()")
    op.execute("DROP TRIGGER named_entries ON observation")
    op.execute("DROP FUNCTION require_named_entries()")
    for table, column in NAMED.items():
        op.create_foreign_key(f"fk_observation_{column}", "observation", table, [column], ["id"])
