"""`/sign-in`, `/sign-out` and `/account` as browsers and people meet them."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.auth.accounts import create_token
from app.auth.login_throttle import record_attempt
from app.auth.sessions import find_session
from app.database.locks import Lock
from app.database.session import Database
from app.main import create_app
from app.pages.maintain.sign_in import own_path_of
from tests.builders import PASSWORD
from tests.databases import open_database
from tests.markup import attributes
from tests.pages.maintain.sign_in.visitors import browsing, cookie, link_of, sign_in


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
    application: FastAPI, empty_database_url: str, ada: Database
) -> None:
    with browsing(application, empty_database_url, "https") as site:
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


def test_pages_for_one_person_are_stored_nowhere(site: TestClient) -> None:
    assert site.get("/sign-in").headers["cache-control"] == "no-store"
    sign_in(site)
    answer = site.get("/account")
    assert answer.headers["cache-control"] == "no-store"
    assert "Cookie" in answer.headers["vary"]


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
