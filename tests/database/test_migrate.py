"""The schema, step by step and on data."""

import io
from datetime import date

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from app.auth.accounts import add_maintainer, lock_maintainer
from app.auth.login_throttle import remember_network
from app.catalogue.proposal_decisions import dismiss_proposal
from app.catalogue.proposals import store_proposals
from app.database.migrate import alembic_config
from app.database.schema_version import check_server_version, schema_revisions
from app.database.session import Database
from app.database.table_base import TableBase
from app.domain.errors import UnavailableError
from app.domain.proposal import ModelProposal
from app.domain.sources.provenance import Provenance
from app.domain.vocabulary import Openness
from app.ingest.stored_files import store_upload
from app.ingest.withdraw import discard_upload
from tests.database.builders import alembic, step
from tests.databases import administering, drop_database, template_name
from tests.programs import modelshare


def schema(connection: Connection) -> str:
    """Everything named: columns, constraints, indexes and triggers."""
    parts = (
        """SELECT table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    )
    return "\n".join(
        sorted(str(tuple(row)) for part in parts for row in connection.execute(text(part)))
    )


def contents(connection: Connection) -> dict[str, list[str]]:
    return {
        name: sorted(connection.execute(text(f"SELECT md5(t::text) FROM {name} AS t")).scalars())
        for name in TableBase.metadata.tables
    }


def state(db: Database) -> tuple[str, dict[str, list[str]]]:
    with db.engine.connect() as connection:
        return schema(connection), contents(connection)


def test_the_models_say_what_the_migrations_build(db: Database) -> None:
    with alembic(db) as config:
        command.check(config)


def test_the_newest_revision_is_the_head_that_alembic_knows(db: Database) -> None:
    current, newest = schema_revisions(db)
    assert current == newest == ScriptDirectory.from_config(alembic_config()).get_current_head()
    with alembic(db) as config:
        command.downgrade(config, "base")
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert schema_revisions(db) == (None, newest)


def test_down_and_up_again_on_data_leaves_schema_and_data_the_same(filled_db: Database) -> None:
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        discarded = store_upload(
            session,
            io.BytesIO(b"month\n"),
            filename="a.csv",
            by="ada",
            source=None,
            openness=Openness.OPEN,
            provenance=Provenance("https://example.org/", date(2026, 10, 10)),
        )
        discard_upload(session, discarded, by="ada")
        remember_network(session, lock_maintainer(session, "ada").id, "192.0.2.1")
        cells, evidence = {"name": "One"}, {"name": "its page"}
        for model in ("a/one", "a/two"):
            proposal = ModelProposal(model, cells, {}, evidence, "https://example.org/")
            store_proposals(session, [proposal])
        dismiss_proposal(session, 1, by="ada")
    before = state(filled_db)
    step(filled_db, "downgrade", "0001")
    with filled_db.engine.connect() as connection:
        assert schema(connection) != before[0]
    step(filled_db, "upgrade", "head")
    assert state(filled_db) == before


def test_an_empty_house_can_be_torn_down_and_built_again(db: Database) -> None:
    before = state(db)
    step(db, "downgrade", "base")
    with db.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    step(db, "upgrade", "head")
    assert state(db) == before


def test_tables_with_uploads_are_not_dropped(filled_db: Database) -> None:
    before = state(filled_db)
    with pytest.raises(RuntimeError, match="There are uploads"):
        step(filled_db, "downgrade", "base")
    assert state(filled_db) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observation SET share_pct = 1",
        "DELETE FROM observation",
        "UPDATE origin_sum SET share_pct = 1",
        "DELETE FROM origin_sum",
        "UPDATE developer_sum SET share_pct = 1",
        "DELETE FROM developer_sum",
        "UPDATE snapshot SET month = '2020-01-01'",
        "DELETE FROM snapshot",
        "UPDATE upload SET content = ''",
        "UPDATE upload SET origin_url = 'https://example.org/'",
        "UPDATE upload SET retrieved_at = NULL",
        "UPDATE upload SET publisher_as_of = '2026-01-01'",
        "DELETE FROM upload",
        "UPDATE upload SET published_at = now()",
    ],
)
def test_nothing_published_can_be_changed_even_by_hand(filled_db: Database, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), filled_db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("'chinese', 'open', NULL, NULL, 100.1", "ck_observation_share_pct"),
        ("'chinese', 'open', NULL, NULL, -0.1", "ck_observation_share_pct"),
        ("'chinese', 'open', NULL, NULL, 'NaN'", "ck_observation_share_pct"),
        ("'martian', 'open', NULL, NULL, 1", "ck_observation_origin"),
        ("'chinese', 'ajar', NULL, NULL, 1", "ck_observation_openness"),
        ("'us', 'open', NULL, 1, 1", "ck_observation_model_has_developer"),
    ],
)
def test_a_slice_that_cannot_be_is_kept_out_by_name(
    filled_db: Database, columns: str, constraint: str
) -> None:
    insert = (
        "INSERT INTO observation (snapshot_id, line, origin, openness, developer_id, model_id,"
        f" share_pct, status) SELECT min(id), 99999, {columns}, 'final' FROM snapshot"
    )
    with pytest.raises(IntegrityError, match=constraint), filled_db.engine.begin() as connection:
        connection.execute(text(insert))


def test_no_slice_stands_twice_in_a_snapshot(filled_db: Database) -> None:
    copied = (
        "INSERT INTO observation SELECT snapshot_id, line + 100000, origin, openness,"
        " developer_id, model_id, share_pct, value, status, note FROM observation"
        " WHERE model_id IS NULL LIMIT 1"
    )
    with (
        pytest.raises(IntegrityError, match="uq_observation_slice"),
        filled_db.engine.begin() as connection,
    ):
        connection.execute(text(copied))


def test_an_upload_has_one_snapshot_for_a_source_and_month(filled_db: Database) -> None:
    copied = (
        "INSERT INTO snapshot (upload_id, source_id, month, basis)"
        " SELECT upload_id, source_id, month, basis FROM snapshot LIMIT 1"
    )
    with (
        pytest.raises(IntegrityError, match="uq_snapshot_upload_id_source_id_month"),
        filled_db.engine.begin() as connection,
    ):
        connection.execute(text(copied))


def test_a_revision_of_a_later_release_is_not_understood(db: Database) -> None:
    with pytest.raises(CommandError):
        step(db, "upgrade", "9999")


def test_a_database_that_cannot_hold_every_name_is_refused_in_words(database_server: URL) -> None:
    name = f"{template_name('ascii')}-database"
    with administering(database_server) as connection:
        made = f"""CREATE DATABASE "{name}" ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"""
        connection.execute(text(made))
    try:
        url = database_server.set(database=name).render_as_string(hide_password=False)
        done = modelshare(url, "migrate")
        db = Database(url)
        assert schema_revisions(db)[0] is None
        db.close()
    finally:
        drop_database(database_server, name)
    assert done.returncode == 1
    assert "encoded in SQL_ASCII; UTF8 is needed" in done.stderr
    assert "TEMPLATE template0" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_too_old_is_named() -> None:
    with pytest.raises(UnavailableError) as raised:
        check_server_version(140019, "UTF8")
    assert raised.value.title == "The database is PostgreSQL 14.19"
    check_server_version(150000, "UTF8")


def test_a_schema_that_is_in_use_is_left_alone_in_words(
    filled_db: Database, filled_database_url: str
) -> None:
    """Whoever waits for a table keeps all who come later waiting too."""
    step(filled_db, "downgrade", "0003")
    with filled_db.engine.begin() as reader:
        reader.exec_driver_sql("LOCK TABLE upload IN SHARE ROW EXCLUSIVE MODE")
        done = modelshare(filled_database_url, "migrate")
    assert done.returncode == 1
    assert "Somebody holds a table of it" in done.stderr
    assert schema_revisions(filled_db)[0] == "0003"
    assert modelshare(filled_database_url, "migrate").returncode == 0
    current, expected = schema_revisions(filled_db)
    assert current == expected
