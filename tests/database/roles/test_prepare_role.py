"""`modelshare migrate --app-role`: a role made ready to serve, and roles that cannot be."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url, text

from app.database import roles
from app.database.roles import may_change_published, prepare_role
from app.database.session import Database
from app.database.table_base import TableBase
from app.domain.errors import UserError
from tests.database.roles.builders import PASSWORD
from tests.programs import modelshare


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
