"""Bodies that are refused before or while they are read, on a real server and raw sockets."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from app.web.route_policy import FORM_MAX_BYTES
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


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 40, "0x10"])
def test_a_length_that_is_no_number_is_the_clients_fault(client: TestClient, length: str) -> None:
    answer = client.post("/sign-in", headers={"Content-Length": length}, content=b"")
    assert answer.status_code == 413


def test_a_refusal_of_a_large_body_is_whole_before_the_rest_is_thrown_away(
    client: TestClient,
) -> None:
    """A proxy that is cut off amid the answer shows a 413 without words."""
    headers = {"Origin": "http://testserver", "Accept-Encoding": "gzip"}
    answer = client.post("/sign-in", headers=headers, content=bytes(70 * 1024))
    assert (answer.status_code, answer.headers["content-encoding"]) == (413, "gzip")
    assert int(answer.headers["content-length"]) > 100
    assert answer.headers["connection"] == "close"
