"""A moment is the database's: nothing is published, withdrawn or corrected in the past.

Nor is anything added to what is published, or the catalogue changed without a line in its list.
Else whoever takes over the application could write another past than readers were shown.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A temporary table must not stand in for one of ours.
PLACE = "SET search_path = pg_catalog, public, pg_temp"
# Not since the transaction began: one may be held open for hours.
NOW = "BETWEEN clock_timestamp() - interval '10 seconds' AND clock_timestamp()"
MOMENTS = ("published_at", "withdrawn_at", "discarded_at")
# What names an entry in the list of changes.
KEYS = {
    "source": "NEW.slug",
    "developer": "NEW.slug",
    "model": "NEW.slug",
    "event": "to_char(NEW.date, 'YYYY-MM-DD') || ' ' || NEW.title",
}
# The upload that each added row belongs to.
ADDED = {
    "snapshot": "added",
    "observation": "(SELECT DISTINCT snapshot_id FROM added) new JOIN snapshot ON id = snapshot_id",
}


def upgrade() -> None:
    refusing("refuse_moment", "The moments of % are given by the clock", "Leave them out.")
    op.execute(f"""
        CREATE TRIGGER outcome_comes_later BEFORE INSERT ON upload FOR EACH ROW
        WHEN ({" OR ".join(f"NEW.{moment} IS NOT NULL" for moment in MOMENTS)}
              OR NEW.received_at NOT {NOW})
        EXECUTE FUNCTION refuse_moment()
    """)
    other = " OR ".join(
        f"NEW.{moment} IS DISTINCT FROM OLD.{moment} AND NEW.{moment} NOT {NOW}"
        for moment in MOMENTS
    )
    op.execute(f"""
        CREATE TRIGGER outcome_is_now BEFORE UPDATE ON upload FOR EACH ROW
        WHEN ({other}) EXECUTE FUNCTION refuse_moment()
    """)
    op.execute(f"""
        CREATE TRIGGER change_is_now BEFORE INSERT ON catalogue_change FOR EACH ROW
        WHEN (NEW.at NOT {NOW}) EXECUTE FUNCTION refuse_moment()
    """)
    for table, rows in ADDED.items():
        function(
            f"refuse_late_{table}",
            f"""
            -- Who publishes it waits for us, or we see that it is published.
            PERFORM FROM upload WHERE id IN (SELECT upload_id FROM {rows}) FOR SHARE;
            IF EXISTS (
                SELECT FROM {rows} JOIN upload ON upload.id = upload_id
                WHERE published_at IS NOT NULL OR discarded_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'What is published is append-only: nothing is added to it'
                    USING ERRCODE = 'restrict_violation', HINT = 'Publish a new upload instead.';
            END IF;
            RETURN NULL;
            """,  # noqa: S608 - names of our own
        )
        op.execute(f"""
            CREATE TRIGGER before_publishing AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_{table}()
        """)
    for table, key in KEYS.items():
        function(
            f"require_note_of_{table}",
            f"""
            IF NOT EXISTS (
                SELECT FROM catalogue_change
                WHERE kind = '{table}s' AND key = {key} AND xmin = pg_current_xact_id()::xid
            ) THEN
                RAISE EXCEPTION 'A change of the catalogue needs a line in its list of changes'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NULL;
            """,
        )
        # At the end of the transaction: the list is written last.
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER noted AFTER INSERT OR UPDATE ON {table}
            DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION require_note_of_{table}()
        """)


def function(name: str, body: str) -> None:
    op.execute(f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {PLACE} AS $$
        BEGIN
            {body}
        END $$
    """)


def refusing(name: str, words: str, hint: str) -> None:
    function(
        name,
        f"""
        RAISE EXCEPTION '{words}', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', HINT = '{hint}';
        """,
    )


def downgrade() -> None:
    for table in KEYS:
        op.execute(f"DROP TRIGGER noted ON {table}")
        op.execute(f"DROP FUNCTION require_note_of_{table}()")
    for table in ADDED:
        op.execute(f"DROP TRIGGER before_publishing ON {table}")
        op.execute(f"DROP FUNCTION refuse_late_{table}()")
    op.execute("DROP TRIGGER change_is_now ON catalogue_change")
    op.execute("DROP TRIGGER outcome_is_now ON upload")
    op.execute("DROP TRIGGER outcome_comes_later ON upload")
    op.execute("DROP FUNCTION refuse_moment()")
