"""Maintainers, sign-ins, links and tokens in the database, and the commands that manage them."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Literal, cast

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import InternalError

from app.auth import passwords
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
    set_password,
)
from app.auth.login_throttle import network_of_address, record_attempt
from app.auth.passwords import DUMMY_HASH, PASSWORD_MAX_LENGTH, hash_password, verify_password
from app.auth.sessions import (
    change_password,
    create_first_link,
    create_link,
    end_session,
    find_session,
    name_of_link,
    sign_in_by_link,
    sign_in_by_password,
)
from app.cli.accounts import NO_ADDRESS_HINT
from app.database.account_tables import AccessToken
from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from app.database.locks import Lock
from app.database.migrate import schema_revisions
from app.database.session import Database
from app.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    TooOftenError,
    UnavailableError,
    WrongPasswordError,
)
from tests.builders import PASSWORD, add_ada
from tests.databases import open_database
from tests.programs import Program

HOME = "192.0.2.1"


@pytest.fixture
def ada(db: Database) -> Database:
    """A database whose only maintainer is ada."""
    add_ada(db)
    return db


def age(db: Database, table: str, column: str, interval: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = {column} - interval '{interval}'"))


def count(db: Database, table: str) -> int:
    with db.engine.connect() as connection:
        rows: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        return rows


def sign_in(db: Database, name: str = "ada", password: str = PASSWORD, address: str = HOME) -> str:
    return sign_in_by_password(db, name, password, address)


def outcome(db: Database, **credentials: str) -> str:
    try:
        sign_in(db, **credentials)
    except (WrongPasswordError, TooOftenError) as refused:
        return refused.problem_type
    return "in"


def fail(db: Database, times: int, name: str = "ada", address: str = HOME) -> None:
    """As so many wrong passwords would."""
    for _ in range(times):
        record_attempt(db, name, address)


# --- passwords


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


# --- signing in


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


def test_old_sign_ins_are_cleared_away(ada: Database) -> None:
    sign_in(ada)
    age(ada, "sign_in", "started_at", "13 hours")
    sign_in(ada)
    assert count(ada, "sign_in") == 1


# --- wrong passwords


def test_the_eleventh_attempt_is_refused_even_with_the_right_password(ada: Database) -> None:
    for number in range(9):
        fail(ada, 1, address=f"198.51.100.{number}")
    assert outcome(ada, password="wrong", address="198.51.100.10") == "WrongPassword"
    with pytest.raises(TooOftenError) as refused:
        sign_in(ada, address="203.0.113.9")
    assert 290 < refused.value.seconds <= 300
    assert refused.value.detail == "Please try again in 5 minutes."


def test_one_address_may_not_try_many_names(ada: Database) -> None:
    for number in range(9):
        fail(ada, 1, name=f"name{number}")
    assert outcome(ada, name="name10", password="wrong") == "WrongPassword"
    assert outcome(ada) == "TooOften"
    assert outcome(ada, address="203.0.113.9") == "in"


def test_an_unknown_name_is_refused_after_ten_as_a_known_one_is(ada: Database) -> None:
    for number in range(9):
        fail(ada, 1, name="nobody", address=f"198.51.100.{number}")
    assert outcome(ada, name="nobody", address="198.51.100.10") == "WrongPassword"
    assert outcome(ada, name="nobody", address="203.0.113.9") == "TooOften"


def test_after_five_minutes_it_may_be_tried_again_and_old_attempts_are_gone(ada: Database) -> None:
    fail(ada, 10)
    age(ada, "failed_sign_in", "at", "4 minutes")
    with pytest.raises(TooOftenError) as refused:
        sign_in(ada)
    assert 30 < refused.value.seconds <= 60
    age(ada, "failed_sign_in", "at", "1 minute")
    assert outcome(ada, password="wrong") == "WrongPassword"
    assert count(ada, "failed_sign_in") == 1
    assert outcome(ada) == "in"


def test_right_passwords_do_not_count(ada: Database) -> None:
    fail(ada, 9)
    for _ in range(2):
        assert outcome(ada) == "in"
    age(ada, "failed_sign_in", "at", "5 minutes")
    assert outcome(ada) == "in"
    assert count(ada, "failed_sign_in") == 0


def test_being_refused_does_not_make_the_wait_longer(ada: Database) -> None:
    fail(ada, 10)
    for _ in range(5):
        assert outcome(ada, password="wrong") == "TooOften"
    assert count(ada, "failed_sign_in") == 10


@contextmanager
def held(db: Database, lock: Lock) -> Iterator[None]:
    with db.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(lock)))
        yield


@pytest.mark.parametrize("lock", [lock for lock in Lock if lock is not Lock.SIGN_IN])
def test_no_other_business_keeps_people_from_signing_in(ada: Database, lock: Lock) -> None:
    with held(ada, lock):
        assert outcome(ada) == "in"


def test_whoever_waits_too_long_for_the_turn_is_asked_to_come_again(ada: Database) -> None:
    with held(ada, Lock.SIGN_IN), pytest.raises(UnavailableError, match="signing in"):
        sign_in(ada)
    assert outcome(ada) == "in"


def test_of_many_guesses_at_once_ten_get_through(ada: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: outcome(ada, password="wrong"), range(30)))
    assert outcomes.count("WrongPassword") == 10
    assert outcomes.count("TooOften") == 20


@pytest.mark.parametrize(
    ("address", "other", "same"),
    [
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("testclient", "testclient", True),
    ],
)
def test_a_network_of_ipv6_counts_as_one_address(address: str, other: str, same: bool) -> None:
    assert (network_of_address(address) == network_of_address(other)) is same


# --- links


def test_a_link_signs_in_once(ada: Database) -> None:
    with ada.writing() as session:
        link = create_link(session, "ada").partition("=")[2]
    with ada.reading() as session:
        assert name_of_link(session, link) == "ada"
    assert find_session(ada, sign_in_by_link(ada, link)) == MaintainerIdentity("ada")
    with pytest.raises(NotFoundError, match="can no longer be used"):
        sign_in_by_link(ada, link)


def test_of_many_who_use_a_link_at_once_one_gets_in(ada: Database) -> None:
    with ada.writing() as session:
        link = create_link(session, "ada").partition("=")[2]

    def try_it(_: int) -> bool:
        try:
            sign_in_by_link(ada, link)
        except NotFoundError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, range(16))) == 1


def test_a_link_is_valid_for_a_day(ada: Database) -> None:
    with ada.writing() as session:
        link = create_link(session, "ada").partition("=")[2]
    age(ada, "sign_in_link", "created_at", "24 hours")
    with pytest.raises(NotFoundError):
        sign_in_by_link(ada, link)


def test_only_where_there_is_no_maintainer_a_first_one_is_made(db: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: create_first_link(db), range(4)))
    assert all(made)
    assert count(db, "maintainer") == 1


def test_a_first_link_is_offered_until_someone_has_a_password(db: Database) -> None:
    first, second = create_first_link(db), create_first_link(db)
    assert first != second
    with db.writing() as session:
        set_password(session, "admin", PASSWORD)
    assert create_first_link(db) is None


def test_a_new_password_needs_the_old_one_and_guesses_of_it_are_counted(ada: Database) -> None:
    fail(ada, 9)
    with pytest.raises(WrongPasswordError):
        change_password(ada, "ada", "wrong", "another long password", HOME)
    with pytest.raises(TooOftenError):
        change_password(ada, "ada", PASSWORD, "another long password", HOME)


def test_a_password_too_short_changes_nothing(ada: Database) -> None:
    secret = sign_in(ada)
    with pytest.raises(BadInputError):
        change_password(ada, "ada", PASSWORD, "short", HOME)
    assert find_session(ada, secret)
    assert outcome(ada) == "in"


# --- tokens


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


# --- commands


def modelshare(
    url: str, *arguments: str, typed: str | bytes = ""
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        env=os.environ | {"DATABASE_URL": url, "COLUMNS": "400"},
        input=typed.encode() if isinstance(typed, str) else typed,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def test_a_maintainer_is_added_by_command_and_can_sign_in(
    empty_database_url: str, db: Database
) -> None:
    command = ("maintainer", "add", "ada", "--password-stdin")
    done = modelshare(empty_database_url, *command, typed=f"{PASSWORD}\n")
    assert (done.returncode, done.stdout) == (0, "")
    assert outcome(db) == "in"
    listed = modelshare(empty_database_url, "maintainer", "list").stdout.splitlines()
    assert [line.split() for line in listed][1][::2] == ["ada", "active"]


def test_without_a_terminal_the_password_must_come_from_standard_input(
    empty_database_url: str, db: Database
) -> None:
    done = modelshare(empty_database_url, "maintainer", "add", "ada")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "There is no terminal to ask for the password.",
        "Pass it in with --password-stdin, or ask for a link with --link.",
    ]
    again = modelshare(empty_database_url, "maintainer", "password", "ada")
    assert "modelshare maintainer link ada" in again.stderr
    assert count(db, "maintainer") == 0


def test_a_terminal_is_asked_twice_and_shows_nothing(empty_database_url: str, db: Database) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.environ["DATABASE_URL"] = empty_database_url
        os.execv(sys.executable, [sys.executable, "-m", "app.cli.main", "maintainer", "add", "ada"])
    shown = b""
    for prompt in (b"Password: ", b"Once more: "):
        while not shown.endswith(prompt):
            shown += os.read(terminal, 100)
        os.write(terminal, PASSWORD.encode() + b"\n")
    while b"Added ada." not in shown:
        shown += os.read(terminal, 100)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    assert PASSWORD.encode() not in shown
    assert outcome(db) == "in"


def test_a_password_that_is_not_utf8_is_refused(empty_database_url: str) -> None:
    command = ("maintainer", "add", "ada", "--password-stdin")
    done = modelshare(empty_database_url, *command, typed=b"\xff" * 20)
    assert done.returncode == 1
    assert done.stderr == "The password on standard input is not UTF-8.\n"


def test_passwords_and_disabling_by_command(empty_database_url: str, ada: Database) -> None:
    secret = sign_in(ada)
    command = ("maintainer", "password", "ada", "--password-stdin")
    assert modelshare(empty_database_url, *command, typed="another long password").returncode == 0
    assert find_session(ada, secret) is None
    assert modelshare(empty_database_url, "maintainer", "disable", "ada").returncode == 0
    assert "disabled 2" in modelshare(empty_database_url, "maintainer", "list").stdout
    assert modelshare(empty_database_url, "maintainer", "enable", "ada").returncode == 0
    assert outcome(ada, password="another long password") == "in"


def test_a_token_is_printed_alone_and_once(empty_database_url: str, ada: Database) -> None:
    made = modelshare(empty_database_url, "token", "create", "ada", "ci")
    token = made.stdout.removesuffix("\n")
    assert maintainer_of_token(ada, token) == MaintainerIdentity("ada", "ci")
    assert token not in made.stderr
    listed = modelshare(empty_database_url, "token", "list")
    assert "ada   ci" in listed.stdout
    assert token not in listed.stdout
    again = modelshare(empty_database_url, "token", "create", "ada", "ci")
    assert (again.returncode, again.stdout) == (1, "")
    assert modelshare(empty_database_url, "token", "revoke", "ada", "ci").returncode == 0
    assert maintainer_of_token(ada, token) is None


def test_a_link_is_printed_whole_where_the_site_is_named(
    empty_database_url: str, ada: Database
) -> None:
    site = "https://shares.example/"
    done = modelshare(empty_database_url, "maintainer", "link", "ada", "--base-url", site)
    link = re.fullmatch(r"https://shares\.example/sign-in\?link=([\w-]{43})\n", done.stdout)
    assert link
    assert sign_in_by_link(ada, link[1])


def test_where_no_site_is_known_the_path_of_the_link_is_printed(
    empty_database_url: str, ada: Database
) -> None:
    done = modelshare(empty_database_url, "maintainer", "link", "ada")
    link = re.fullmatch(r"/sign-in\?link=([\w-]{43})\n", done.stdout)
    assert link
    assert sign_in_by_link(ada, link[1])
    assert done.stderr == f"{NO_ADDRESS_HINT}\n"


def test_a_maintainer_can_be_added_with_a_link_in_place_of_a_password(
    empty_database_url: str, db: Database
) -> None:
    command = ("maintainer", "add", "grace", "--link", "--base-url", "https://shares.example")
    done = modelshare(empty_database_url, *command)
    site, _, secret = done.stdout.strip().partition("/sign-in?link=")
    assert site == "https://shares.example"
    assert sign_in_by_link(db, secret)


def test_links_lead_to_the_server_that_runs_on_the_data_directory(tmp_path: Path) -> None:
    where = ("--data-dir", tmp_path / "var")
    server = Program("serve", "--port", "0", "--empty", *where)
    try:
        address = server.address()
        for command in (("link", "admin"), ("add", "ada", "--link")):
            program = Program("maintainer", *command, *where)
            program.finish()
            assert f"{address}/sign-in?link=" in program.output
    finally:
        server.stop(signal.SIGKILL)
    program = Program("maintainer", "link", "admin", *where)
    program.finish()
    assert "http://127" not in program.output
    assert NO_ADDRESS_HINT in program.output
    wait_until_stopped(tmp_path / "var")


@pytest.mark.parametrize(
    "arguments",
    [
        ("maintainer", "password", "nobody", "--password-stdin"),
        ("maintainer", "disable", "nobody"),
        ("maintainer", "link", "nobody"),
        ("token", "revoke", "nobody", "ci"),
    ],
)
def test_an_unknown_maintainer_is_one_clear_message(
    empty_database_url: str, arguments: tuple[str, ...]
) -> None:
    done = modelshare(empty_database_url, *arguments, typed=PASSWORD)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "There is no maintainer “nobody”.",
        "`modelshare maintainer list` names them.",
    ]


# --- the first start


def read_on(program: Program, words: str) -> str:
    while words not in program.output:
        line = program.terminal.readline()
        assert line, program.output
        program.output += line
    return program.output.splitlines()[-1]


def said_at_start(program: Program) -> str:
    """All it says when it has had a moment to say more than where it is."""
    try:
        program.address()
        time.sleep(0.2)
    finally:
        program.stop(signal.SIGTERM)
    return program.output


def test_every_start_prints_a_link_that_signs_in_until_there_is_a_password(tmp_path: Path) -> None:
    serve = ("serve", "--port", "0", "--empty", "--data-dir", tmp_path / "var")
    first = Program(*serve)
    try:
        line = read_on(first, "sign-in?link=")
    finally:
        first.stop(signal.SIGTERM)
    assert re.fullmatch(r"To upload, .* http://127\.0\.0\.1:\d+/sign-in\?link=[\w-]{43}", line)
    second = Program(*serve)
    try:
        again = read_on(second, "sign-in?link=")
    finally:
        second.stop(signal.SIGTERM)
    with run_embedded_postgres(tmp_path / "var") as url, open_database(url) as db:
        for link in (line.partition("link=")[2], again.partition("link=")[2]):
            assert find_session(db, sign_in_by_link(db, link)) == MaintainerIdentity("admin")
        with db.writing() as session:
            set_password(session, "admin", PASSWORD)
    assert "link" not in said_at_start(Program(*serve))
    wait_until_stopped(tmp_path / "var")


def test_with_a_database_url_no_maintainer_is_made(empty_database_url: str, db: Database) -> None:
    program = Program("serve", "--port", "0", DATABASE_URL=empty_database_url)
    assert "link" not in said_at_start(program)
    assert count(db, "maintainer") == 0
    assert schema_revisions(db)[0]
