"""What is refused before a body is read, on a real server and raw sockets."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from app.auth.accounts import add_maintainer, create_token
from app.auth.sessions import create_link, sign_in_by_link
from app.database.session import Database
from app.main import create_app
from app.web.route_policy import FORM_MAX_BYTES
from tests.builders import UNREACHABLE_URL
from tests.databases import serve_database
from tests.markup import words_for_people

MIB = 1 << 20
ANONYMOUS = "Sec-Fetch-Site: same-origin\r\n"


@pytest.fixture(scope="module")
def address(database_server: object, read_only_database_url: str) -> Iterator[str]:
    with serve_database(read_only_database_url) as address:
        yield address


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    host, port = urlsplit(address).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        yield connection


def ask(connection: socket.socket, method: str, path: str, headers: str) -> None:
    host, port = connection.getpeername()
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{headers}\r\n"
    connection.sendall(head.encode())


def answer_of(connection: socket.socket) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the one answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        assert part, received
        received += part
    head, _, body = received.decode().partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    headers = {name.lower(): text for name, text in (line.split(": ", 1) for line in lines)}
    while len(body.encode()) < int(headers.get("content-length", 0)):
        body += connection.recv(65536).decode()
    return int(status.split()[1]), headers, body


def send_until_refused(connection: socket.socket, size: int, *, chunked: bool) -> int:
    """Sends zeros for as long as the other side takes them; gives how many went out."""
    block, sent = bytes(65536), 0
    framed = b"10000\r\n" + block + b"\r\n" if chunked else block
    while sent < size:
        try:
            connection.sendall(framed)
        except (ConnectionError, TimeoutError):
            break
        sent += len(block)
    return sent


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize(
    ("path", "status"),
    [("/uploads", 303), ("/uploads/7/publish", 303), ("/api/v1/uploads?mode=publish", 401)],
)
def test_an_anonymous_endless_upload_is_answered_at_once_and_cut_off(
    address: str, path: str, status: int
) -> None:
    with connected(address) as connection:
        began = time.monotonic()
        ask(connection, "POST", path, ANONYMOUS + "Transfer-Encoding: chunked\r\n")
        status_answered, headers, _ = answer_of(connection)
        assert time.monotonic() - began < 5  # seconds; it would wait for ever for the body
        assert status_answered == status
        assert headers["connection"] == "close"
        assert send_until_refused(connection, 300 * MIB, chunked=True) < 20 * MIB
        assert is_closed(connection)


@pytest.mark.parametrize("path", ["/uploads", "/api/v1/uploads", "/nowhere", "/", "/sign-in"])
def test_300_mib_are_refused_by_their_announced_length(address: str, path: str) -> None:
    with connected(address) as connection:
        ask(connection, "POST", path, ANONYMOUS + f"Content-Length: {300 * MIB}\r\n")
        status, headers, body = answer_of(connection)
        assert status == 413
        assert "too large" in words_for_people(headers["content-type"], body)
        assert headers["connection"] == "close"
        assert send_until_refused(connection, 300 * MIB, chunked=False) < 20 * MIB


def test_whoever_sends_without_reading_is_cut_off_too(address: str) -> None:
    with connected(address) as connection:
        ask(connection, "POST", "/uploads", ANONYMOUS + "Transfer-Encoding: chunked\r\n")
        assert send_until_refused(connection, 300 * MIB, chunked=True) < 20 * MIB


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/nowhere", 404), ("DELETE", "/", 405), ("PUT", "/static/style.css", 405)],
)
def test_no_body_is_read_at_an_address_that_takes_none(
    address: str, method: str, path: str, status: int
) -> None:
    with connected(address) as connection:
        ask(connection, method, path, ANONYMOUS + "Transfer-Encoding: chunked\r\n")
        status_answered, headers, _ = answer_of(connection)
        assert status_answered == status
        assert headers["connection"] == "close"
        assert send_until_refused(connection, 300 * MIB, chunked=True) < 20 * MIB


def test_a_reader_who_sends_an_endless_body_gets_the_page_and_is_cut_off(address: str) -> None:
    with connected(address) as connection:
        ask(connection, "GET", "/healthz", "Transfer-Encoding: chunked\r\n")
        status, headers, _ = answer_of(connection)
        assert (status, headers["connection"]) == (200, "close")


def test_a_small_body_unread_leaves_the_connection_open(address: str) -> None:
    with connected(address) as connection:
        for _ in range(2):
            ask(connection, "POST", "/uploads", ANONYMOUS + "Content-Length: 4\r\n")
            connection.sendall(b"a=bc")
            status, headers, _ = answer_of(connection)
            assert status == 303
            assert "connection" not in headers


def test_a_client_that_waits_to_be_told_never_sends_a_byte(address: str) -> None:
    with connected(address) as connection:
        length = f"Content-Length: {300 * MIB}\r\nExpect: 100-continue\r\n"
        ask(connection, "POST", "/uploads", ANONYMOUS + length)
        assert answer_of(connection)[0] == 413


def test_a_chunked_body_is_cut_where_the_limit_is(address: str) -> None:
    with connected(address) as connection:
        form = "Content-Type: application/x-www-form-urlencoded\r\n"
        ask(connection, "POST", "/sign-in", ANONYMOUS + form + "Transfer-Encoding: chunked\r\n")
        send_until_refused(connection, 2 * FORM_MAX_BYTES, chunked=True)
        status, headers, body = answer_of(connection)
        assert (status, headers["connection"]) == (413, "close")
        assert "at most 64 KiB" in words_for_people(headers["content-type"], body)


@pytest.mark.parametrize(
    "header",
    ["Content-Encoding: gzip", "Content-Encoding: br, gzip", "Transfer-Encoding: gzip, chunked"],
)
@pytest.mark.parametrize("path", ["/sign-in", "/uploads", "/api/v1/uploads"])
def test_compressed_bodies_are_not_taken(address: str, path: str, header: str) -> None:
    length = "" if "Transfer" in header else "Content-Length: 10\r\n"
    with connected(address) as connection:
        ask(connection, "POST", path, f"{ANONYMOUS}{header}\r\n{length}")
        status, headers, body = answer_of(connection)
    assert status == 415
    assert headers["accept-encoding"] == "identity"
    shown = words_for_people(headers["content-type"], body)
    assert "Compressed requests are not taken" in shown


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:81"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer oms_x"},
        {"Cookie": "session=x"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/uploads", "/api/v1/uploads", "/no"])
def test_another_site_may_not_write_here(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, headers=headers)
    assert answer.status_code == 403
    shown = words_for_people(answer.headers["content-type"], answer.text)
    assert "does not come from a page of this site" in shown
    is_api = path.startswith("/api/")
    assert answer.headers["content-type"].startswith("application/problem" if is_api else "text/h")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Origin": "http://testserver", "Cookie": "session=x"},
    ],
)
def test_our_own_pages_may(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/uploads", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Fuploads%2Freceived",
    )


def test_a_program_without_a_token_is_told_how_to_come_by_one(client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer oms_nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = client.post("/api/v1/uploads", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert "modelshare token create" in answer.json()["detail"]


@pytest.fixture
def ada(db: Database) -> Database:
    with db.writing() as session:
        add_maintainer(session, "ada")
    return db


def test_a_cookie_does_not_open_the_api_nor_a_token_the_pages(
    ada: Database, empty_client: TestClient
) -> None:
    with ada.writing() as session:
        link = create_link(session, "ada").partition("=")[2]
        token = create_token(session, "ada", "ci")
    secret = sign_in_by_link(ada, link)
    ours = {"Origin": "http://testserver"}
    cookie = empty_client.post("/api/v1/uploads", headers=ours | {"Cookie": f"session={secret}"})
    bearer = empty_client.post("/account", headers=ours | {"Authorization": f"Bearer {token}"})
    assert (cookie.status_code, bearer.status_code) == (401, 303)


def test_the_way_back_after_a_form_is_the_page_it_stood_on(client: TestClient) -> None:
    def sent_to(referer: str) -> str:
        headers = {"Origin": "http://testserver", "Referer": referer}
        return client.post("/uploads/3/publish", headers=headers).headers["location"]

    assert sent_to("http://testserver/uploads/3?x=1") == "/sign-in?next=%2Fuploads%2F3%3Fx%3D1"
    for stranger in ("http://evil.example/x", "http://[", "", "nonsense"):
        assert sent_to(stranger) == "/sign-in?next=%2Fuploads%2Freceived"


def test_without_a_database_an_upload_is_asked_to_come_back() -> None:
    lost = TestClient(create_app(Database(UNREACHABLE_URL)), follow_redirects=False)
    answer = lost.post("/api/v1/uploads", headers={"Authorization": "Bearer oms_x"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert lost.post("/uploads").status_code == 303  # nobody to be looked up
    assert lost.get("/sign-in").status_code == 200


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 40, "0x10"])
def test_a_length_that_is_no_number_is_the_clients_fault(client: TestClient, length: str) -> None:
    answer = client.post("/sign-in", headers={"Content-Length": length}, content=b"")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/trends", "/trends.svg", "/trends.csv", "/embed/trends", "/sources", "/developers"),
        *("/methods", "/docs", "/api", "/api/v1/shares", "/api/v1/sources", "/openapi.json"),
        *(
            "/uploads",
            "/uploads/3",
            "/uploads/3/file",
            "/feed.atom",
            "/models/deepseek/deepseek-r2.5",
        ),
        *("/healthz", "/static/style.css", "/nowhere"),
    ],
)
def test_public_answers_look_at_no_cookie(client: TestClient, path: str) -> None:
    plain = client.get(path)
    with_cookie = client.get(path, headers={"Cookie": "session=x; __Host-session=y"})
    assert "set-cookie" not in with_cookie.headers
    assert "cookie" not in with_cookie.headers.get("vary", "").lower()
    assert re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "", plain.text) == re.sub(
        r"\d{4}-\d\d-\d\dT[\d:.]+", "", with_cookie.text
    )


def test_a_refusal_of_a_large_body_is_whole_before_the_rest_is_thrown_away(
    client: TestClient,
) -> None:
    """A proxy that is cut off amid the answer shows a 413 without words."""
    headers = {"Origin": "http://testserver", "Accept-Encoding": "gzip"}
    answer = client.post("/sign-in", headers=headers, content=bytes(70 * 1024))
    assert (answer.status_code, answer.headers["content-encoding"]) == (413, "gzip")
    assert int(answer.headers["content-length"]) > 100
    assert answer.headers["connection"] == "close"
