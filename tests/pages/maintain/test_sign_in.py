"""`/sign-in`, `/sign-out` and `/account` as browsers and people meet them."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.cookies import Morsel, SimpleCookie

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from app.auth.accounts import add_maintainer, create_token
from app.auth.login_throttle import record_attempt
from app.auth.sessions import (
    create_first_link,
    create_link,
    find_session,
    sign_in_by_link,
    sign_in_by_password,
)
from app.database.locks import Lock
from app.database.session import Database
from app.main import create_app
from app.pages.maintain.sign_in import own_path_of
from tests.browser import WatchedPages
from tests.builders import PASSWORD, add_ada
from tests.databases import open_database
from tests.looking import too_wide
from tests.markup import attributes

ANOTHER = "another long password"


@pytest.fixture
def ada(db: Database) -> Database:
    """A database whose only maintainer is ada."""
    add_ada(db)
    return db


@contextmanager
def browsing(url: str, scheme: str = "http") -> Iterator[TestClient]:
    """A browser that has just opened the site."""
    site = f"{scheme}://testserver"
    with open_database(url) as db:
        yield TestClient(
            create_app(db), base_url=site, follow_redirects=False, headers={"Origin": site}
        )


@pytest.fixture
def site(empty_database_url: str, ada: Database) -> Iterator[TestClient]:
    """A browser that has just opened the site of ada, over http."""
    with browsing(empty_database_url) as site:
        yield site


def sign_in(site: TestClient, password: str = PASSWORD, **fields: str) -> Response:
    return site.post("/sign-in", data={"name": "ada", "password": password} | fields)


def link_of(db: Database, name: str) -> str:
    with db.writing() as session:
        return create_link(session, name)


def cookie(answer: Response, name: str) -> Morsel[str]:
    return SimpleCookie(answer.headers["set-cookie"])[name]


def test_the_form_leads_to_where_one_wanted_to_go(site: TestClient) -> None:
    redirect = site.get("/account")
    assert (redirect.status_code, redirect.headers["location"]) == (303, "/sign-in?next=%2Faccount")
    form = site.get(redirect.headers["location"])
    assert attributes(form.text, "input[name='next']", "value") == ["/account"]
    answer = sign_in(site, next="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Signed in as ada" in site.get("/account").text


def test_the_query_of_the_page_one_wanted_comes_back_whole(site: TestClient) -> None:
    location = site.get("/account?a=%26&b=/x%20y").headers["location"]
    form = site.get(location)
    assert attributes(form.text, "input[name='next']", "value") == ["/account?a=%26&b=/x%20y"]


def test_over_http_the_cookie_is_a_plain_one_scripts_and_other_sites_do_not_get(
    site: TestClient,
) -> None:
    cookie_text = cookie(sign_in(site), "session")
    assert (cookie_text["httponly"], cookie_text["secure"]) == (True, "")
    assert (cookie_text["samesite"], cookie_text["path"], cookie_text["domain"]) == ("lax", "/", "")
    assert cookie_text["max-age"] == str(12 * 3600)


def test_over_https_the_cookie_is_bound_to_host_and_https(
    empty_database_url: str, ada: Database
) -> None:
    with browsing(empty_database_url, "https") as site:
        cookie_text = cookie(sign_in(site), "__Host-session")
        assert (cookie_text["secure"], cookie_text["httponly"], cookie_text["samesite"]) == (
            True,
            True,
            "lax",
        )
        assert (cookie_text["path"], cookie_text["domain"]) == ("/", "")
        assert site.get("/account").status_code == 200
        site.cookies.clear()
        plain = {"Cookie": f"session={cookie_text.value}"}
        assert site.get("/account", headers=plain).status_code == 303


def test_signing_in_again_gives_a_new_id_and_ends_the_old_one(
    site: TestClient, ada: Database
) -> None:
    first = cookie(sign_in(site), "session").value
    second = cookie(sign_in(site), "session").value
    assert first != second
    assert find_session(ada, first) is None
    assert find_session(ada, second)


def test_an_id_someone_else_put_there_is_never_taken_over(site: TestClient, ada: Database) -> None:
    site.cookies.set("session", "planted")
    assert cookie(sign_in(site), "session").value != "planted"
    assert find_session(ada, "planted") is None


def test_signing_out_ends_it_here_and_in_the_database(site: TestClient, ada: Database) -> None:
    secret = cookie(sign_in(site), "session").value
    answer = site.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert cookie(answer, "session")["max-age"] == "0"
    assert find_session(ada, secret) is None
    assert site.post("/sign-out").status_code == 303
    assert site.get("/sign-out").headers["location"] == "/account"


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "wrong"},
        {"name": "nobody"},
        {"name": "a\0b"},
        {"name": ""},
        {"password": ""},
        {"name": "x" * 10_000},
        {"password": "x" * 10_000},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(site: TestClient, fields: dict[str, str]) -> None:
    answer = sign_in(site, **fields)
    assert answer.status_code == 401
    assert "Name and password do not belong together." in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    shown = {*attributes(answer.text, "[value]", "value")} - {""}
    assert fields.get("password") not in shown


def test_a_form_of_nonsense_is_refused_in_words(site: TestClient) -> None:
    files = {"name": ("x.bin", b"\0\xff"), "password": ("y.bin", b"\0")}
    assert site.post("/sign-in", files=files).status_code == 422
    boundary = "multipart/form-data; boundary=b"
    unbounded = {"Content-Type": "multipart/form-data"}
    broken = site.post("/sign-in", content=b"nonsense", headers=unbounded)
    assert broken.status_code == 400
    surrogate = (
        b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n\xed\xa0\x80\r\n--b--\r\n'
    )
    answer = site.post("/sign-in", content=surrogate, headers={"Content-Type": boundary})
    assert answer.status_code == 401
    charset = b"charset=unicode_escape"
    for field in (b"password", b"name", b"next", b"link"):
        escaped = (
            b'--b\r\nContent-Disposition: form-data; name="%s"\r\n'
            b"Content-Type: text/plain; %s\r\n\r\n\\ud800\r\n--b--\r\n" % (field, charset)
        )
        answer = site.post("/sign-in", content=escaped, headers={"Content-Type": boundary})
        assert answer.status_code in {401, 404}


def test_after_ten_wrong_passwords_even_the_right_one_waits(
    site: TestClient, ada: Database
) -> None:
    for _ in range(9):
        record_attempt(ada, "ada", "testclient")
    assert sign_in(site, "wrong").status_code == 401
    for password in ("wrong", PASSWORD):
        answer = sign_in(site, password)
        assert answer.status_code == 429
        assert 290 < int(answer.headers["retry-after"]) <= 300
        assert "Too many wrong passwords." in answer.text
        assert "set-cookie" not in answer.headers


def test_a_sign_in_that_cannot_take_its_turn_says_when_to_come_again(
    site: TestClient, ada: Database
) -> None:
    with ada.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(Lock.SIGN_IN)))
        answer = sign_in(site)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Too many are signing in" in answer.text
    assert "publishing" not in answer.text


def test_guesses_sent_at_once_to_two_servers_are_counted_together(
    empty_database_url: str, ada: Database
) -> None:
    for _ in range(6):
        record_attempt(ada, "ada", "testclient")
    with open_database(empty_database_url) as first, open_database(empty_database_url) as second:
        servers = [TestClient(create_app(db)) for db in (first, second)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda number: sign_in(servers[number % 2], "wrong"), range(16))
            )
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (4, 12)


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        " /uploads",
        "/uploads\r\nSet-Cookie: x=y",
        "/x\\..\\evil",
        "/\u2028",
        "/" + "x" * 3000,
        "",
    ],
)
def test_after_signing_in_one_never_leaves_for_another_site(
    site: TestClient, ada: Database, address: str
) -> None:
    assert own_path_of(address) == "/uploads/received"
    link = link_of(ada, "ada")  # signs in without computing a hash
    site.post("/sign-in", data={"link": link.partition("=")[2]})
    answer = site.get("/sign-in", params={"next": address})
    assert (answer.status_code, answer.headers["location"]) == (303, "/uploads/received")


@pytest.mark.parametrize("address", ["/", "/uploads/7?x=%2F#y", "/trends?by=model&top=5"])
def test_our_own_addresses_are_where_one_goes(address: str) -> None:
    assert own_path_of(address) == address


def test_a_preview_of_a_link_does_not_use_it_up(site: TestClient, ada: Database) -> None:
    link = link_of(ada, "ada")
    for _ in range(3):
        page = site.get(link)
        assert page.status_code == 200
        assert "Sign in as ada" in page.text
        assert "set-cookie" not in page.headers
        assert page.headers["cache-control"] == "no-store"
    answer = site.post("/sign-in", data={"link": link.partition("=")[2]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert site.get("/account").status_code == 200


def test_a_link_that_was_used_says_how_to_get_another(site: TestClient, ada: Database) -> None:
    link = link_of(ada, "ada")
    secret = link.partition("=")[2]
    site.post("/sign-in", data={"link": secret})
    for answer in (site.get(link), site.post("/sign-in", data={"link": secret})):
        assert answer.status_code == 404
        assert "This sign-in link can no longer be used" in answer.text
        assert "modelshare maintainer link NAME" in answer.text
        assert secret not in answer.text


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


def test_pages_for_one_person_are_stored_nowhere(site: TestClient) -> None:
    assert site.get("/sign-in").headers["cache-control"] == "no-store"
    sign_in(site)
    answer = site.get("/account")
    assert answer.headers["cache-control"] == "no-store"
    assert "Cookie" in answer.headers["vary"]


def test_the_account_needs_somebody_signed_in(site: TestClient) -> None:
    assert site.get("/account").status_code == 303
    assert site.post("/account", data={"new": ANOTHER, "again": ANOTHER}).status_code == 303


def test_no_log_holds_a_password_a_link_or_a_token(
    site: TestClient, ada: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with ada.writing() as session:
        token = create_token(session, "ada", "ci")
    link = link_of(ada, "ada")
    site.get(link)
    sign_in(site, "wrong horse battery")
    session_id = cookie(sign_in(site), "session").value
    site.post("/api/v1/uploads", headers={"Authorization": f"Bearer {token}"})
    # All but what the client of this test says.
    log_text = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("http"))
    for secret in (PASSWORD, "wrong horse", link.partition("=")[2], token, session_id):
        assert secret not in log_text


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
