"""Links that sign in once, the first maintainer's among them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.auth.accounts import MaintainerIdentity, set_password
from app.auth.sessions import (
    create_first_link,
    create_link,
    find_session,
    name_of_link,
    sign_in_by_link,
)
from app.database.session import Database
from app.domain.errors import NotFoundError
from tests.auth.builders import age, count
from tests.builders import PASSWORD


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
