"""The rights of the role that serves: it owns nothing, and cannot change what is published."""

import re
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import Connection, func, select

from app.database.locks import Lock
from app.database.session import Database
from app.domain.errors import BadInputError, UserError, excerpt


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights on one table beside reading it: INSERT, UPDATE of some columns, DELETE."""

    adds: bool = True
    changes: tuple[str, ...] = ()
    deletes: bool = False


# The columns of an upload that are written after it was received. Triggers see to it that each is
# written once, and at no other moment than now.
_OUTCOME: Final = (
    *("published_at", "published_by", "reason"),
    *("withdrawn_at", "withdrawn_by", "withdrawn_reason"),
    *("discarded_at", "discarded_by"),
)
_FETCH: Final = (
    *("started_at", "progress", "ended_at", "outcome", "message", "newest_day", "next_at"),
    "upload_id",
)
_PROPOSAL: Final = (
    *("cells", "before", "evidence", "source_url", "proposed_at"),
    *("decided_at", "decided_by", "decision", "confirmed"),
)
_SOURCE: Final = (
    *("name", "publisher", "metric", "population", "url", "licence", "citation", "method"),
)
_COMPANY: Final = ("name", "country", "parent", "note")
_DEVELOPER: Final = (
    *("name", "country", "origin", "homepage", "huggingface_org", "note", "company"),
)
_MODEL: Final = (
    *("name", "developer_id", "openness", "release_month", "base_developer_id", "note"),
    *("base_model", "hugging_face_id"),
)
# PostgreSQL cuts off names longer than 63 bytes, and gives a meaning of its own to the reserved.
ROLE: Final = re.compile("[a-z_][a-z0-9_]{0,62}", re.ASCII)
RESERVED: Final = frozenset("public none current_role current_user session_user user".split())
ALL: Final = ("*",)
# Every table is listed: one that a migration adds is out of the role's reach until it stands here.
RIGHTS: Final = {
    "alembic_version": Rights(adds=False),
    # Published figures and the list of who changed what are added to, never changed.
    "snapshot": Rights(),
    "observation": Rights(),
    "origin_sum": Rights(),
    "developer_sum": Rights(),
    "catalogue_change": Rights(),
    "upload": Rights(changes=_OUTCOME),
    # The slug never changes: it is what files and links name.
    "source": Rights(changes=_SOURCE),
    "company": Rights(changes=_COMPANY),
    "developer": Rights(changes=_DEVELOPER),
    "model": Rights(changes=_MODEL),
    "alias": Rights(changes=("retired",)),
    "event": Rights(changes=ALL),
    "publisher_answer": Rights(),
    "fetch_run": Rights(changes=_FETCH),
    # A trigger sees to it that nothing of one is changed once it is decided.
    "model_proposal": Rights(changes=_PROPOSAL),
    "maintainer": Rights(changes=("password_hash", "disabled_at")),
    "access_token": Rights(changes=("used_at", "revoked_at")),
    "sign_in": Rights(changes=("seen_at",), deletes=True),
    "sign_in_link": Rights(changes=("used_at",), deletes=True),
    "failed_sign_in": Rights(deletes=True),
    "known_network": Rights(changes=("seen_at",), deletes=True),
}


def prepare_role(db: Database, role: str, password: str | None) -> None:
    """Create the role if need be, and have it hold exactly RIGHTS; None leaves its password.

    Raise BadInputError for a name that no role can have, UserError for a role that owns something
    or is privileged, and if the connected role may not create or grant.
    """
    if not ROLE.fullmatch(role) or role in RESERVED or role.startswith("pg_"):
        hint = "Small letters, digits and _, at most 63, such as modelshare_app."
        raise BadInputError(f"“{excerpt(role)}” cannot be the name of a role", hint)
    with db.engine.begin() as connection:
        # PostgreSQL lets one of two that grant at once fail: "tuple concurrently updated".
        connection.execute(select(func.pg_advisory_xact_lock(Lock.ROLE)))
        # A GRANT or REVOKE needs a moment alone with each table, and while it waits for that,
        # everyone who comes later waits behind it.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        _refuse_itself(connection, role)
        try:
            _make(connection, role, password)
        except psycopg.errors.InsufficientPrivilege:
            hint = "It needs CREATEROLE. Or make the role by hand, and leave APP_PASSWORD unset."
            title = f"The schema's owner may not make the role {role}, or set its password"
            raise UserError(title, hint) from None
        _refuse_powerful(connection, role)
        database = str(connection.exec_driver_sql("SELECT current_database()").scalar_one())
        for statement in _statements(role, database):
            _run(connection, statement)


def _make(connection: Connection, role: str, password: str | None) -> None:
    role_exists = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"
    if not connection.exec_driver_sql(role_exists, (role,)).scalar_one():
        _run(connection, sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    if password is not None:
        # The password is hashed by the client, so that no log of statements ever holds it.
        secret = _driver(connection).pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        )
        _run(
            connection,
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(secret.decode())
            ),
        )


def _refuse_itself(connection: Connection, role: str) -> None:
    if connection.exec_driver_sql("SELECT current_user").scalar_one() == role:
        title = f"{role} cannot give itself rights, nor change the schema"
        raise UserError(title, "Connect as the schema's owner.")


def is_powerful_role(connection: Connection, role: str) -> bool:
    """Return whether a role owns something, is a member of another role, or is privileged."""
    # An owner can drop triggers and grant itself what was revoked, a member has the rights of the
    # other role: either could rewrite what is published.
    powerful = """
        SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication
            OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)
            OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)
            OR EXISTS (SELECT FROM pg_database WHERE datdba = pg_roles.oid)
        FROM pg_roles WHERE rolname = %s
    """
    return bool(connection.exec_driver_sql(powerful, (role,)).scalar_one())


def may_change_published(db: Database) -> bool:
    """Return whether the connected role could do more than serve: it owns or is privileged."""
    with db.engine.connect() as connection:
        return is_powerful_role(
            connection, connection.exec_driver_sql("SELECT current_user").scalar_one()
        )


def _refuse_powerful(connection: Connection, role: str) -> None:
    if is_powerful_role(connection, role):
        title = f"The role {role} owns something, is a member of another role, or is privileged"
        raise UserError(title, "Name a role that does nothing but serve; it is made where need be.")


def _statements(role: str, database: str) -> list[sql.Composed]:
    who = sql.Identifier(role)
    place = sql.Identifier(database)
    # First everything is taken away, then RIGHTS are given: a right that an earlier release gave
    # goes with it. TEMPORARY goes because a temporary table could stand in for one of ours.
    statements = [
        # This ends settings that the role gave itself, such as to be read-only.
        sql.SQL("ALTER ROLE {} RESET ALL").format(who),
        sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL").format(who, place),
        sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC, {}").format(place, who),
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(who),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {}").format(who),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(who),
    ]
    for table, rights in RIGHTS.items():
        granted = sql.SQL(", ").join(_granted(rights))
        name = sql.Identifier(table)
        statements.append(sql.SQL("GRANT {} ON {} TO {}").format(granted, name, who))
    return statements


def _granted(rights: Rights) -> list[sql.Composable]:
    granted: list[sql.Composable] = [sql.SQL("SELECT")]
    if rights.adds:
        granted.append(sql.SQL("INSERT"))
    if rights.changes == ALL:
        granted.append(sql.SQL("UPDATE"))
    elif rights.changes:
        columns = sql.SQL(", ").join(map(sql.Identifier, rights.changes))
        granted.append(sql.SQL("UPDATE ({})").format(columns))
    if rights.deletes:
        granted.append(sql.SQL("DELETE"))
    return granted


def _run(connection: Connection, statement: sql.Composed) -> None:
    # Past SQLAlchemy, which knows no psycopg.sql: DDL takes no parameters, so names and the
    # password are quoted into the statement.
    with _driver(connection).cursor() as cursor:
        cursor.execute(statement)


def _driver(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the only driver we use
    return driver
