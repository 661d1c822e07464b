"""Passwords: stored as hashes, compared at one price, refused where too short."""

import unicodedata
from types import SimpleNamespace
from typing import Literal

import pytest
from sqlalchemy import text

from app.auth import passwords
from app.auth.accounts import add_maintainer
from app.auth.passwords import DUMMY_HASH, PASSWORD_MAX_LENGTH, hash_password, verify_password
from app.database.session import Database
from app.domain.errors import BadInputError
from tests.auth.builders import count
from tests.builders import PASSWORD


def test_a_password_shorter_than_twelve_characters_is_refused(db: Database) -> None:
    with pytest.raises(BadInputError, match="at least 12 characters"), db.writing() as session:
        add_maintainer(session, "ada", "eleven char")
    assert count(db, "maintainer") == 0


def test_only_an_argon2_hash_of_the_password_is_stored(ada: Database) -> None:
    with ada.engine.connect() as connection:
        stored = connection.scalar(text("SELECT password_hash FROM maintainer"))
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_an_accent_typed_on_another_keyboard_is_the_same_accent() -> None:
    assert verify_password("cafe\u0301 cafe\u0301 noir", hash_password("café café noir"))


def test_comparing_with_nobodys_password_costs_what_a_real_one_costs() -> None:
    def parameters(stored: str) -> list[str]:
        return stored.split("$")[1:4]

    real = hash_password(PASSWORD)
    assert parameters(DUMMY_HASH) == parameters(real)
    assert [*map(len, DUMMY_HASH.split("$"))] == [*map(len, real.split("$"))]


def test_no_password_matches_where_none_is_stored() -> None:
    assert not verify_password("", None)


def test_a_password_that_is_too_long_is_never_the_right_one() -> None:
    longest = "correct horse " * 71
    stored = hash_password(longest)
    assert verify_password(longest, stored)
    assert not verify_password(longest + "x" * PASSWORD_MAX_LENGTH, stored)


def test_of_a_long_password_only_a_short_part_is_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accents in the wrong order take time by the square of their number."""
    lengths = []

    def normalize(form: Literal["NFC"], text: str) -> str:
        lengths.append(len(text))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(passwords, "unicodedata", SimpleNamespace(normalize=normalize))
    assert not verify_password("\u0316\u0300" * 32_000, DUMMY_HASH)
    assert lengths == [PASSWORD_MAX_LENGTH]
