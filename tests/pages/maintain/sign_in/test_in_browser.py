"""Signing in and out in a browser."""

import pytest

from app.auth.accounts import add_maintainer
from app.auth.sessions import create_first_link, sign_in_by_link
from app.database.session import Database
from tests.browser import WatchedPages
from tests.builders import PASSWORD
from tests.looking import too_wide
from tests.pages.maintain.sign_in.visitors import link_of


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_a_maintainer_signs_in_by_link_sets_a_password_and_comes_back_with_it(
    watched: WatchedPages, empty_server: str, db: Database, javascript: bool
) -> None:
    path = create_first_link(db)
    assert path
    page = watched.open(empty_server, java_script_enabled=javascript)
    page.goto(path)
    page.get_by_role("button", name="Sign in as admin").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Signed in as admin"
    assert "link" not in page.url
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    assert "The password is set." in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Sign out").click()
    assert page.url.removeprefix(empty_server) == "/"

    page.goto("/account")
    page.get_by_label("Name").fill("Admin")
    page.get_by_label("Password").fill("not the password")
    with page.expect_event("console"):
        page.get_by_role("button", name="Sign in").click()
    watched.excuse("401")
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Name").input_value() == "admin"
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Signed in as admin"


@pytest.mark.browser
@pytest.mark.parametrize("name", ["maximiliane.h", "w" * 64])
def test_a_long_name_leaves_the_header_one_row_and_the_page_as_wide_as_the_screen(
    watched: WatchedPages, empty_server: str, db: Database, name: str
) -> None:
    with db.writing() as session:
        add_maintainer(session, name)
    secret = sign_in_by_link(db, link_of(db, name).partition("=")[2])
    page = watched.open(empty_server, viewport={"width": 1280, "height": 900})
    page.goto("/uploads")
    header = page.locator("header.site")
    one_row = header.bounding_box()
    page.context.add_cookies([{"name": "session", "value": secret, "url": empty_server}])
    signed_in = ["/uploads/received", "/uploads/new", "/catalogue"]
    for address in signed_in:
        page.goto(address)
        assert page.get_by_role("link", name=name).get_attribute("title") == name
        assert header.bounding_box() == one_row
        button = page.get_by_role("button", name="Sign out").bounding_box()
        assert button
        assert button["width"] > 50
    assert too_wide(page, signed_in) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert too_wide(page, [*signed_in, "/account"]) == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_these_pages(
    watched: WatchedPages, empty_server: str, db: Database, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to load

    path = create_first_link(db)
    assert path
    page = watched.open(empty_server, color_scheme=scheme, bypass_csp=True)
    for address in ("/sign-in", path):
        page.goto(address)
        assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Sign in as admin").click()
    assert Axe().run(page).response["violations"] == []
