"""`/account`: setting and changing the password of whoever is signed in."""

import pytest
from fastapi.testclient import TestClient

from app.auth.accounts import add_maintainer
from app.auth.sessions import find_session, sign_in_by_password
from app.database.session import Database
from tests.builders import PASSWORD
from tests.markup import attributes
from tests.pages.maintain.sign_in.visitors import ANOTHER, cookie, link_of, sign_in


def test_whoever_came_by_link_can_set_a_password_without_an_old_one(
    site: TestClient, ada: Database
) -> None:
    with ada.writing() as session:
        add_maintainer(session, "grace")
    site.post("/sign-in", data={"link": link_of(ada, "grace").partition("=")[2]})
    page = site.get("/account")
    assert "Set a password" in page.text
    assert "old" not in attributes(page.text, "[name]", "name")
    answer = site.post("/account", data={"new": ANOTHER, "again": ANOTHER})
    assert answer.headers["location"] == "/account?changed"
    assert "The password is set." in site.get("/account?changed").text
    assert sign_in_by_password(ada, "grace", ANOTHER, "192.0.2.1")


def test_changing_the_password_keeps_this_browser_and_ends_all_others(
    site: TestClient, ada: Database
) -> None:
    other = sign_in_by_password(ada, "ada", PASSWORD, "192.0.2.1")
    here = cookie(sign_in(site), "session").value
    answer = site.post("/account", data={"old": PASSWORD, "new": ANOTHER, "again": ANOTHER})
    assert answer.status_code == 303
    assert find_session(ada, other) is None
    assert find_session(ada, here) is None
    assert site.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        (("wrong", ANOTHER, ANOTHER), 401, "The present password is not the right one"),
        ((PASSWORD, "short", "short"), 422, "at least 12 characters"),
        ((PASSWORD, ANOTHER, ANOTHER + "x"), 422, "typed in two ways"),
        ((PASSWORD, "x" * 1001, "x" * 1001), 422, "at most 1000"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(
    site: TestClient, ada: Database, typed: tuple[str, str, str], status: int, words: str
) -> None:
    here = cookie(sign_in(site), "session").value
    answer = site.post("/account", data=dict(zip(("old", "new", "again"), typed, strict=True)))
    assert answer.status_code == status
    assert words in answer.text
    assert find_session(ada, here)


def test_the_account_needs_somebody_signed_in(site: TestClient) -> None:
    assert site.get("/account").status_code == 303
    assert site.post("/account", data={"new": ANOTHER, "again": ANOTHER}).status_code == 303
