"""Wrong passwords: how many are let through, and how long one waits then."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import func, select

from app.auth.accounts import add_maintainer
from app.auth.login_throttle import FREE_ATTEMPTS_OF_NAME, network_of_address, record_attempt
from app.auth.sessions import change_password, create_link, sign_in_by_link
from app.database.account_tables import FailedSignIn
from app.database.locks import Lock
from app.database.session import Database
from app.domain.errors import TooOftenError, UnavailableError, WrongPasswordError
from tests.auth.builders import HOME, age, count, outcome, sign_in
from tests.builders import PASSWORD


def fail(db: Database, times: int, name: str = "ada", address: str = HOME) -> None:
    """As so many wrong passwords would."""
    for _ in range(times):
        record_attempt(db, name, address)


def fail_elsewhere(db: Database, times: int, name: str = "ada") -> None:
    """Record wrong passwords of one name, each from another network."""
    networks = [f"198.51.{number // 250}.{number % 250}" for number in range(times)]
    with db.writing() as session:
        session.add_all(FailedSignIn(name=name, address=network) for network in networks)


def test_the_eleventh_attempt_is_refused_even_with_the_right_password(ada: Database) -> None:
    fail(ada, 9)
    assert outcome(ada, password="wrong") == "WrongPassword"
    with pytest.raises(TooOftenError) as refused:
        sign_in(ada)
    assert 290 < refused.value.seconds <= 300
    assert refused.value.detail == "Please try again in 5 minutes."


def test_ten_wrong_passwords_from_elsewhere_do_not_lock_the_owner_out(ada: Database) -> None:
    fail(ada, 10, address="198.51.100.1")
    assert outcome(ada, address="198.51.100.1") == "TooOften"
    assert outcome(ada) == "in"


def test_one_who_guesses_from_many_addresses_is_slowed_all_the_same(ada: Database) -> None:
    fail_elsewhere(ada, FREE_ATTEMPTS_OF_NAME - 1)
    assert outcome(ada, password="wrong", address="203.0.113.8") == "WrongPassword"
    assert outcome(ada, password="wrong", address="203.0.113.9") == "TooOften"
    assert outcome(ada, name="grace", password="wrong", address="203.0.113.9") == "WrongPassword"


@pytest.mark.parametrize("by_link", [False, True], ids=["by password", "by link"])
def test_the_owner_passes_from_where_she_signed_in_before(ada: Database, by_link: bool) -> None:
    if by_link:
        with ada.writing() as session:
            link = create_link(session, "ada").partition("=")[2]
        sign_in_by_link(ada, link, HOME)
    else:
        sign_in(ada)
    fail_elsewhere(ada, FREE_ATTEMPTS_OF_NAME)
    assert outcome(ada) == "in"
    assert outcome(ada, address="203.0.113.9") == "TooOften"
    # Nor do the mistakes of others in her office lock her out, but her own do.
    fail(ada, 10, name="grace")
    assert outcome(ada) == "in"
    fail(ada, 10)
    assert outcome(ada) == "TooOften"


def test_a_network_is_known_for_one_name_and_for_ninety_days(ada: Database) -> None:
    with ada.writing() as session:
        add_maintainer(session, "grace")
    sign_in(ada)
    fail_elsewhere(ada, FREE_ATTEMPTS_OF_NAME, name="grace")
    assert outcome(ada, name="grace", password="wrong") == "TooOften"
    fail_elsewhere(ada, FREE_ATTEMPTS_OF_NAME)
    age(ada, "known_network", "seen_at", "90 days")
    assert outcome(ada) == "TooOften"
    age(ada, "failed_sign_in", "at", "5 minutes")
    sign_in(ada, address="203.0.113.9")
    assert count(ada, "known_network") == 1


def test_one_address_may_not_try_many_names(ada: Database) -> None:
    for number in range(9):
        fail(ada, 1, name=f"name{number}")
    assert outcome(ada, name="name10", password="wrong") == "WrongPassword"
    assert outcome(ada) == "TooOften"
    assert outcome(ada, address="203.0.113.9") == "in"


def test_an_unknown_name_is_refused_as_a_known_one_is(ada: Database) -> None:
    fail_elsewhere(ada, FREE_ATTEMPTS_OF_NAME - 1, name="nobody")
    assert outcome(ada, name="nobody", address="203.0.113.8") == "WrongPassword"
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
    def guess(_: int) -> str:
        while True:
            # A busy machine may ask to come again, which is no guess.
            with suppress(UnavailableError):
                return outcome(ada, password="wrong")

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(guess, range(30)))
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


def test_a_new_password_needs_the_old_one_and_guesses_of_it_are_counted(ada: Database) -> None:
    fail(ada, 9)
    with pytest.raises(WrongPasswordError):
        change_password(ada, "ada", "wrong", "another long password", HOME)
    with pytest.raises(TooOftenError):
        change_password(ada, "ada", PASSWORD, "another long password", HOME)
