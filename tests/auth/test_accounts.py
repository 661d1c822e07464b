"""Maintainers' names and the tokens of their programs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from app.auth.accounts import (
    MaintainerIdentity,
    add_maintainer,
    create_token,
    disable_maintainer,
    enable_maintainer,
    list_tokens,
    maintainer_of_token,
    record_use,
    revoke_token,
)
from app.auth.sessions import create_link, find_session, sign_in_by_link
from app.database.account_tables import AccessToken
from app.database.session import Database
from app.domain.errors import BadInputError, ConflictError, NotFoundError
from tests.auth.builders import age, outcome, sign_in
from tests.builders import PASSWORD


@pytest.mark.parametrize("name", ["", "Ada", "a b", "-a", "a" * 65, "ada\n", "é", "a\0"])
def test_a_name_that_cannot_be_one_is_refused(db: Database, name: str) -> None:
    with (
        pytest.raises(BadInputError, match="cannot be a maintainer's name"),
        db.writing() as session,
    ):
        add_maintainer(session, name, PASSWORD)


def test_a_name_is_given_once(ada: Database) -> None:
    with pytest.raises(ConflictError), ada.writing() as session:
        add_maintainer(session, "ada", PASSWORD)


def test_a_disabled_maintainer_is_out_at_once_and_stays_out(ada: Database) -> None:
    secret = sign_in(ada)
    with ada.writing() as session:
        token = create_token(session, "ada", "ci")
        link = create_link(session, "ada").partition("=")[2]
    with ada.writing() as session:
        disable_maintainer(session, "ada")
    assert find_session(ada, secret) is None
    assert maintainer_of_token(ada, token) is None
    assert outcome(ada) == "WrongPassword"
    with pytest.raises(NotFoundError):
        sign_in_by_link(ada, link)
    with ada.writing() as session:
        enable_maintainer(session, "ada")
    assert outcome(ada) == "in"
    assert find_session(ada, secret) is None
    assert maintainer_of_token(ada, token) is None


def test_a_token_speaks_for_its_maintainer_under_its_label(ada: Database) -> None:
    with ada.writing() as session:
        token = create_token(session, "ada", "monthly job")
    identity = maintainer_of_token(ada, token)
    assert identity == MaintainerIdentity("ada", "monthly job")
    assert identity.signature == "ada (token monthly job)"


def test_a_token_is_stored_as_a_digest(ada: Database) -> None:
    with ada.writing() as session:
        token = create_token(session, "ada", "ci")
    assert re.fullmatch(r"oms_[\w-]{43}", token)
    with ada.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM access_token")).one()
    assert token not in str(row)
    assert len(row.digest) == 32


def test_a_revoked_token_lets_nobody_in(ada: Database) -> None:
    with ada.writing() as session:
        token = create_token(session, "ada", "ci")
    with ada.writing() as session:
        revoke_token(session, "ada", "ci")
    assert maintainer_of_token(ada, token) is None


@pytest.mark.parametrize("label", ["", "  ", "a\nb", "x" * 81, "\0"])
def test_a_label_that_cannot_be_one_is_refused(ada: Database, label: str) -> None:
    with pytest.raises(BadInputError), ada.writing() as session:
        create_token(session, "ada", label)


def test_the_use_of_a_token_is_noted(ada: Database) -> None:
    with ada.writing() as session:
        token = create_token(session, "ada", "ci")
    with ada.reading() as session:
        assert list_tokens(session)[0].used is None
    maintainer_of_token(ada, token)
    with ada.reading() as session:
        assert list_tokens(session)[0].used


@pytest.mark.parametrize("nonsense", ["", "oms_", "x" * 100_000, "\udcff", "a\0b"])
def test_nonsense_is_nobodys_secret(ada: Database, nonsense: str) -> None:
    assert maintainer_of_token(ada, nonsense) is None
    assert find_session(ada, nonsense) is None


def test_a_database_that_is_only_read_still_lets_people_in(ada: Database) -> None:
    secret = sign_in(ada)
    with ada.writing() as session:
        token = create_token(session, "ada", "ci")
    age(ada, "sign_in", "seen_at", "5 minutes")
    with ada.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    ada.engine.dispose()
    assert find_session(ada, secret)
    assert maintainer_of_token(ada, token)


class Refusing:
    """A database that refuses every change with one error."""

    def __init__(self, error: psycopg.Error) -> None:
        self.error = error

    @contextmanager
    def writing(self) -> Iterator[None]:
        raise InternalError("UPDATE", {}, self.error)
        yield


def test_no_other_refusal_to_note_a_use_is_passed_over() -> None:
    read_only = cast("Database", Refusing(psycopg.errors.ReadOnlySqlTransaction()))
    record_use(read_only, AccessToken.used_at, 1)
    broken = cast("Database", Refusing(psycopg.errors.DataCorrupted()))
    with pytest.raises(InternalError):
        record_use(broken, AccessToken.used_at, 1)
