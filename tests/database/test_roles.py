"""The role that serves: it can do all the application does, and nothing to what is published."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.auth.accounts import (
    add_maintainer,
    create_token,
    disable_maintainer,
    enable_maintainer,
    revoke_token,
)
from app.auth.sessions import (
    change_password,
    create_link,
    end_session,
    find_session,
    sign_in_by_link,
    sign_in_by_password,
)
from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE
from app.database import roles
from app.database.roles import may_change_published, prepare_role
from app.database.session import Database
from app.database.tables import Developer, TableBase
from app.domain.errors import UserError
from app.main import create_app
from tests.databases import open_database
from tests.programs import modelshare

FILE = b"month,origin,share_pct\n2026-10,chinese,30\n2026-10,us,60\n"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def serving_role(filled_db: Database) -> Iterator[str]:
    """A role as `modelshare migrate --app-role` makes it."""
    name = f"serving_{uuid4().hex[:8]}"
    prepare_role(filled_db, name, None)
    yield name
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")


@pytest.fixture
def serving_url(filled_database_url: str, serving_role: str) -> str:
    url = make_url(filled_database_url).set(username=serving_role)
    return url.render_as_string(hide_password=False)


@pytest.fixture
def serving_db(serving_url: str) -> Iterator[Database]:
    with open_database(serving_url) as db:
        yield db


@pytest.fixture
def serving_client(serving_url: str) -> Iterator[TestClient]:
    with TestClient(create_app(Database(serving_url)), follow_redirects=False) as client:
        yield client


def token_of(db: Database) -> dict[str, str]:
    with db.writing() as session:
        add_maintainer(session, "ada", PASSWORD)
        return {"Authorization": f"Bearer {create_token(session, 'ada', 'test')}"}


@pytest.mark.parametrize(
    "address",
    ["/", "/trends", "/trends.svg", "/sources", "/developers", "/uploads", "/api/v1/shares"],
)
def test_it_reads(serving_client: TestClient, address: str) -> None:
    assert serving_client.get(address).status_code == 200


def test_it_is_ready_without_owning_the_schema(serving_client: TestClient) -> None:
    assert serving_client.get("/readyz").status_code == 200


def test_it_takes_publishes_and_withdraws_a_file(
    serving_client: TestClient, serving_db: Database
) -> None:
    token = token_of(serving_db)
    sent = serving_client.post(
        "/api/v1/uploads?mode=publish&source=huggingface-study-2025",
        headers=token | {"Content-Type": "text/csv"},
        content=FILE,
    )
    assert sent.status_code == 201, sent.text
    withdrawn = serving_client.post(
        f"/api/v1/uploads/{sent.json()['id']}/withdraw",
        headers=token,
        json={"version": sent.json()["version"], "reason": "a test"},
    )
    assert withdrawn.status_code == 200, withdrawn.text


def test_it_corrects_the_catalogue_by_command(serving_url: str, tmp_path: Path) -> None:
    path = tmp_path / "developers.csv"
    for name in ("Newcomer", "Newcomer SA"):
        path.write_text(f"developer,name,country,origin\nnewcomer,{name},FR,european\n")
        done = modelshare(serving_url, "catalogue", "import", path, "--reason", "a test")
        assert done.returncode == 0, done.stderr


def test_it_signs_in_by_password_and_link_and_out_again(serving_db: Database) -> None:
    token_of(serving_db)
    with serving_db.writing() as session:
        link = create_link(session, "ada").partition("=")[2]
    by_link = sign_in_by_link(serving_db, link)
    by_password = sign_in_by_password(serving_db, "ada", PASSWORD, "192.0.2.1")
    new = change_password(serving_db, "ada", PASSWORD, PASSWORD[::-1], "192.0.2.1")
    assert find_session(serving_db, by_link) is None
    assert find_session(serving_db, by_password) is None
    end_session(serving_db, new)
    with serving_db.writing() as session:
        revoke_token(session, "ada", "test")
        disable_maintainer(session, "ada")
        enable_maintainer(session, "ada")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observation SET share_pct = 1",
        "DELETE FROM observation",
        "TRUNCATE observation",
        "UPDATE snapshot SET month = '2020-01-01'",
        "DELETE FROM snapshot",
        "UPDATE upload SET content = ''",
        "UPDATE upload SET received_by = 'somebody else'",
        "DELETE FROM upload",
        "UPDATE catalogue_change SET by = 'somebody else'",
        "DELETE FROM catalogue_change",
        "TRUNCATE catalogue_change",
        "DELETE FROM source",
        "DELETE FROM maintainer",
        "UPDATE maintainer SET name = 'somebody-else'",
        "UPDATE alembic_version SET version_num = '0001'",
        "ALTER TABLE observation DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON observation",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
        "CREATE TABLE mine ()",
        "CREATE ROLE another",
        "SET session_replication_role = replica",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY source TO PROGRAM 'cat'",
    ],
)
def test_it_is_refused_what_would_change_the_record(serving_db: Database, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text(statement))


ADDED_LINE = """
    INSERT INTO observation (snapshot_id, line, origin, openness, share_pct, status, note)
    SELECT min(id), 99999, 'european', 'open', 5, 'final', '' FROM snapshot
"""
ADDED_MONTH = """
    INSERT INTO snapshot (upload_id, source_id, month, basis)
    SELECT upload_id, source_id, '2024-01-01', 'share' FROM snapshot LIMIT 1
"""
WITHDRAWN = """
    UPDATE upload SET withdrawn_at = now() {when}, withdrawn_by = 'ada', withdrawn_reason = 'x'
    WHERE id = 4
"""
NOTED = """
    INSERT INTO catalogue_change (at, by, kind, key, reason, before, after) VALUES
    ({at}, 'ada', 'sources', 'openrouter-rankings', 'never happened', '{{"name": "x"}}', '{{}}')
"""
UPLOADED = """
    INSERT INTO upload (filename, sha256, size, content, openness, received_by, {moment})
    VALUES ('a.csv', '', 0, '', 'open', 'ada', now() {when})
"""
RECEIVED = UPLOADED.format(moment="received_at", when="- interval '1 hour'")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (ADDED_LINE, "nothing is added to it"),
        (RECEIVED, "moments of upload are given by the clock"),
        (ADDED_MONTH, "nothing is added to it"),
        (WITHDRAWN.format(when="- interval '1 minute'"), "moments of upload are given"),
        (WITHDRAWN.format(when="+ interval '1 hour'"), "moments of upload are given"),
        (NOTED.format(at="now() - interval '1 minute'"), "moments of catalogue_change are given"),
        (NOTED.format(at="now() + interval '1 hour'"), "moments of catalogue_change are given"),
        *(
            (f"UPDATE {change}", "needs a line in its list of changes")
            for change in (
                "source SET metric = 'forged'",
                "developer SET origin = 'us'",
                "model SET openness = 'open'",
                "event SET title = 'forged' WHERE id = 1",
            )
        ),
        *(
            (UPLOADED.format(moment=moment, when=when), "moments of upload are given by the clock")
            for moment in ("published_at", "withdrawn_at", "discarded_at")
            for when in ("", "+ interval '10 minutes'", "- interval '10 minutes'")
        ),
    ],
)
def test_it_cannot_write_another_past(serving_db: Database, statement: str, words: str) -> None:
    with pytest.raises(IntegrityError, match=words), serving_db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("table", ["source", "developer", "model"])
def test_it_cannot_give_an_entry_anothers_slug(serving_db: Database, table: str) -> None:
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text(f"UPDATE {table} SET slug = 'x' WHERE id = 1"))


UNPUBLISHED = """
    WITH kept AS (
        INSERT INTO upload (filename, sha256, size, content, openness, received_by)
        VALUES ('a.csv', sha256(''), 0, '', 'open', 'ada') RETURNING id
    )
    INSERT INTO snapshot (upload_id, source_id, month, basis)
    SELECT id, 1, '2024-01-01', 'share' FROM kept RETURNING upload_id
"""
MORE = """
    INSERT INTO observation (snapshot_id, line, origin, openness, share_pct, status, note)
    SELECT id, 2, 'chinese', 'open', 90, 'final', '' FROM snapshot WHERE upload_id = {id}
"""
PUBLISHED = """
    UPDATE upload SET published_at = {moment}, published_by = 'ada' WHERE id = {id}
"""


def test_a_transaction_held_open_dates_nothing_back(serving_db: Database) -> None:
    with serving_db.engine.connect() as connection:
        number = connection.execute(text(UNPUBLISHED)).scalar_one()
        connection.commit()
        connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT pg_sleep(0.1)"))
        ago = "transaction_timestamp() - interval '10 seconds'"
        with pytest.raises(IntegrityError, match="moments of upload are given by the clock"):
            connection.execute(text(PUBLISHED.format(moment=ago, id=number)))


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_nothing_is_added_by_who_does_not_see_the_publishing_yet(
    serving_db: Database, level: str
) -> None:
    with serving_db.engine.begin() as connection:
        number = connection.execute(text(UNPUBLISHED)).scalar_one()
    with serving_db.engine.execution_options(isolation_level=level).connect() as slow:
        slow.execute(text("SELECT count(*) FROM upload"))
        with serving_db.engine.begin() as fast:
            fast.execute(text(PUBLISHED.format(moment="clock_timestamp()", id=number)))
        with pytest.raises(DBAPIError, match=r"nothing is added to it|could not serialize"):
            slow.execute(text(MORE.format(id=number)))


def test_who_publishes_waits_for_lines_that_are_being_added(serving_db: Database) -> None:
    with serving_db.engine.begin() as connection:
        number = connection.execute(text(UNPUBLISHED)).scalar_one()
    with serving_db.engine.connect() as slow, serving_db.engine.connect() as fast:
        slow.execute(text(MORE.format(id=number)))
        fast.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            fast.execute(text(PUBLISHED.format(moment="clock_timestamp()", id=number)))


def test_the_line_of_another_correction_is_none_of_its_own(serving_db: Database) -> None:
    with serving_db.engine.connect() as slow:
        slow.execute(text("SELECT 1"))
        with serving_db.writing() as session:
            cells = {"developer": "cohere", "name": "Cohere", "origin": "other", "note": "honest"}
            entry_id = session.scalar(select(Developer.id).where(Developer.slug == "cohere"))
            edit_entry(session, DEVELOPER_TYPE, cells, by="ada", reason="a test", entry_id=entry_id)
        slow.execute(text("UPDATE developer SET name = 'EVIL' WHERE slug = 'cohere'"))
        with pytest.raises(IntegrityError, match="needs a line in its list of changes"):
            slow.commit()


def test_no_table_of_its_own_stands_in_for_ours(serving_db: Database) -> None:
    with (
        pytest.raises(DBAPIError, match="permission denied to create temporary tables"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text("CREATE TEMPORARY TABLE upload (id int, published_at timestamptz)"))


def test_even_the_owners_table_does_not(filled_db: Database) -> None:
    made = "CREATE TEMPORARY TABLE upload (id int, published_at date, discarded_at date)"
    with filled_db.engine.connect() as connection:
        connection.execute(text(made))
        with pytest.raises(IntegrityError, match="nothing is added to it"):
            connection.execute(text(ADDED_LINE))


def test_settings_that_it_gave_itself_are_gone_at_the_next_start(
    filled_db: Database, serving_db: Database, serving_role: str
) -> None:
    with serving_db.engine.begin() as connection:
        for place in ("", f'IN DATABASE "{connection.engine.url.database}"'):
            own = f"ALTER ROLE {serving_role} {place} SET default_transaction_read_only = on"
            connection.exec_driver_sql(own)
    prepare_role(filled_db, serving_role, None)
    with filled_db.engine.connect() as connection:
        left = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_db_role_setting WHERE setrole = %s::regrole", (serving_role,)
        ).scalar_one()
    assert left == 0


@pytest.mark.parametrize(
    "change",
    [
        "published_by = 'somebody else'",
        "reason = 'another reason'",
        "published_at = NULL, published_by = NULL",
    ],
)
def test_who_published_and_why_is_written_once(serving_db: Database, change: str) -> None:
    with (
        pytest.raises(DBAPIError, match="append-only"),
        serving_db.engine.begin() as connection,
    ):
        connection.execute(text(f"UPDATE upload SET {change} WHERE published_at IS NOT NULL"))


def test_every_table_has_its_rights_written_down() -> None:
    assert set(roles.RIGHTS) == {*TableBase.metadata.tables, "alembic_version"}


def test_a_second_time_changes_nothing(
    filled_database_url: str, filled_db: Database, serving_role: str
) -> None:
    granted = text(
        "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " ORDER BY relname"
    )
    with filled_db.engine.connect() as connection:
        before = connection.execute(granted).all()
    done = modelshare(filled_database_url, "migrate", "--app-role", serving_role)
    assert done.returncode == 0, done.stderr
    with filled_db.engine.connect() as connection:
        assert connection.execute(granted).all() == before


def test_the_owner_is_no_role_to_serve_with(filled_db: Database) -> None:
    owner = filled_db.engine.url.username or ""
    with pytest.raises(UserError, match="cannot give itself rights"):
        prepare_role(filled_db, owner, None)


def test_a_role_that_may_more_is_none_to_serve_with(filled_db: Database) -> None:
    name = f"maker_{uuid4().hex[:8]}"
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} CREATEDB")
    try:
        with pytest.raises(UserError, match="owns something, is a member of another role, or is"):
            prepare_role(filled_db, name, None)
    finally:
        with filled_db.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP ROLE {name}")


def test_its_password_is_never_in_a_statement(filled_db: Database, serving_role: str) -> None:
    prepare_role(filled_db, serving_role, PASSWORD)
    with filled_db.engine.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (serving_role,)
        ).scalar_one()
    assert stored.startswith("SCRAM-SHA-256$")


def test_on_an_older_schema_it_says_who_must_migrate(filled_db: Database, serving_url: str) -> None:
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER signed_once ON upload")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    done = modelshare(serving_url, "maintainer", "list")
    assert done.returncode == 1
    assert "run `modelshare migrate` as the schema's owner" in done.stderr
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        psycopg.connect(serving_url.replace("+psycopg", "")) as connection,
    ):
        connection.execute("UPDATE alembic_version SET version_num = '0004'")


def test_it_cannot_give_itself_rights(serving_url: str, serving_role: str) -> None:
    done = modelshare(serving_url, "migrate", "--app-role", serving_role)
    assert done.returncode == 1
    assert f"{serving_role} cannot give itself rights" in done.stderr


def test_the_owner_of_a_managed_database_may_lack_the_right_to_make_roles(
    filled_database_url: str, filled_db: Database
) -> None:
    owner, role = (f"{name}_{uuid4().hex[:8]}" for name in ("owner", "serving"))
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {owner} LOGIN")
        for table in roles.RIGHTS:
            connection.exec_driver_sql(f"ALTER TABLE {table} OWNER TO {owner}")
    try:
        url = make_url(filled_database_url).set(username=owner)
        done = modelshare(url.render_as_string(hide_password=False), "migrate", "--app-role", role)
    finally:
        with filled_db.engine.begin() as connection:
            connection.exec_driver_sql(f"REASSIGN OWNED BY {owner} TO current_user")
            connection.exec_driver_sql(f"DROP OWNED BY {owner}")
            connection.exec_driver_sql(f"DROP ROLE {owner}")
    assert done.returncode == 1
    assert f"may not make the role {role}" in done.stderr
    assert "CREATEROLE" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_password_it_is_said_that_none_was_given(
    filled_database_url: str, serving_role: str
) -> None:
    done = modelshare(filled_database_url, "migrate", "--app-role", serving_role)
    assert f"the password of {serving_role} was left as it is" in done.stderr


def test_only_who_could_do_more_is_told_of(filled_db: Database, serving_db: Database) -> None:
    assert [may_change_published(db) for db in (filled_db, serving_db)] == [True, False]


def test_who_waits_for_a_table_gives_up_in_words(
    filled_database_url: str, filled_db: Database, serving_role: str
) -> None:
    with filled_db.engine.begin() as reader:
        reader.exec_driver_sql("LOCK TABLE observation IN ACCESS EXCLUSIVE MODE")
        done = modelshare(filled_database_url, "migrate", "--app-role", serving_role)
    assert done.returncode == 1
    assert done.stderr.startswith("The database is busy with another change.")
