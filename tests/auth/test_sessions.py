"""Sign-ins: who gets one, how long it lasts, and what ends it."""

from datetime import datetime

import pytest
from sqlalchemy import text

from app.auth import passwords
from app.auth.accounts import MaintainerIdentity, add_maintainer, disable_maintainer, set_password
from app.auth.sessions import (
    change_password,
    create_link,
    end_session,
    find_session,
    sign_in_by_link,
)
from app.database.session import Database
from app.domain.errors import BadInputError, NotFoundError, WrongPasswordError
from tests.auth.builders import HOME, age, count, outcome, sign_in
from tests.builders import PASSWORD


def test_the_right_password_signs_in(ada: Database) -> None:
    assert find_session(ada, sign_in(ada)) == MaintainerIdentity("ada")


def test_the_database_holds_no_secret_that_would_let_its_reader_in(ada: Database) -> None:
    secret = sign_in(ada)
    with ada.engine.connect() as connection:
        stored = connection.scalar(text("SELECT digest FROM sign_in"))
    assert len(stored) == 32
    assert find_session(ada, stored.hex()) is None
    assert secret.encode() not in stored


def test_every_sign_in_has_an_id_of_256_bits_of_its_own(ada: Database) -> None:
    first, second = sign_in(ada), sign_in(ada)
    assert first != second
    assert len(first) >= 43  # characters of six bits


def test_unknown_disabled_and_passwordless_names_get_the_same_answer(ada: Database) -> None:
    with ada.writing() as session:
        add_maintainer(session, "gone", PASSWORD)
        disable_maintainer(session, "gone")
        add_maintainer(session, "linked")
    messages = set()
    for name in ("ada", "gone", "linked", "nobody", "a\0", "\ud800", "x" * 5000):
        with pytest.raises(WrongPasswordError) as refused:
            sign_in(ada, name, "wrong" if name == "ada" else PASSWORD)
        messages.add((refused.value.title, refused.value.detail))
    assert len(messages) == 1


def test_unknown_names_take_as_long_as_known_ones(
    ada: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in computations of the hash, which is where the time goes."""
    computed = []
    verify = passwords.HASHER.verify

    def counted_verify(stored: str, password: str) -> bool:
        computed.append(stored)
        return verify(stored, password)

    monkeypatch.setattr(passwords.HASHER, "verify", counted_verify)
    for name in ("ada", "nobody", "no name"):
        assert outcome(ada, name=name, password="wrong") == "WrongPassword"
    assert len(computed) == 3


def test_a_sign_in_ends_after_twelve_hours_however_busy(ada: Database) -> None:
    secret = sign_in(ada)
    age(ada, "sign_in", "started_at", "11 hours 59 minutes")
    assert find_session(ada, secret)
    age(ada, "sign_in", "started_at", "2 minutes")
    assert find_session(ada, secret) is None


def test_a_sign_in_ends_after_two_idle_hours(ada: Database) -> None:
    secret = sign_in(ada)
    age(ada, "sign_in", "seen_at", "1 hour 59 minutes")
    assert find_session(ada, secret)
    age(ada, "sign_in", "seen_at", "1 hour 59 minutes")
    assert find_session(ada, secret), "being seen began the two hours again"
    age(ada, "sign_in", "seen_at", "2 hours 1 minute")
    assert find_session(ada, secret) is None


def test_being_seen_is_written_once_a_minute_at_most(ada: Database) -> None:
    def seen() -> datetime:
        with ada.engine.connect() as connection:
            moment = connection.scalar(text("SELECT seen_at FROM sign_in"))
        assert isinstance(moment, datetime)
        return moment

    secret = sign_in(ada)
    first = seen()
    find_session(ada, secret)
    assert seen() == first
    age(ada, "sign_in", "seen_at", "61 seconds")
    find_session(ada, secret)
    assert seen() > first


def test_signing_out_ends_this_sign_in_only(ada: Database) -> None:
    here, there = sign_in(ada), sign_in(ada)
    end_session(ada, here)
    assert find_session(ada, here) is None
    assert find_session(ada, there)


def test_a_new_password_ends_every_sign_in_and_link(ada: Database) -> None:
    secret = sign_in(ada)
    with ada.writing() as session:
        link = create_link(session, "ada").partition("=")[2]
    with ada.writing() as session:
        set_password(session, "ada", "another long password")
    assert find_session(ada, secret) is None
    with pytest.raises(NotFoundError):
        sign_in_by_link(ada, link)
    assert outcome(ada) == "WrongPassword"
    assert outcome(ada, password="another long password") == "in"


def test_old_sign_ins_are_cleared_away(ada: Database) -> None:
    sign_in(ada)
    age(ada, "sign_in", "started_at", "13 hours")
    sign_in(ada)
    assert count(ada, "sign_in") == 1


def test_a_password_too_short_changes_nothing(ada: Database) -> None:
    secret = sign_in(ada)
    with pytest.raises(BadInputError):
        change_password(ada, "ada", PASSWORD, "short", HOME)
    assert find_session(ada, secret)
    assert outcome(ada) == "in"
