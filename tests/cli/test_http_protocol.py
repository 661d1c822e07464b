"""Headers that are too large, too many, too slow or none at all, on raw sockets."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.cli import http_protocol
from app.cli.http_protocol import Connection
from tests.faults.service import Service


@pytest.fixture(scope="module")
def served(
    read_only_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("wire") / "log"
    running = Service(read_only_database_url, log, WEB_CONCURRENCY="1")
    yield running
    running.stop()


def answer_to(served: Service, *parts: bytes, timeout_s: float = 30) -> bytes:
    """All that comes until the other side closes."""
    place = urlsplit(served.address)
    received = b""
    with socket.create_connection((place.hostname, place.port), timeout=timeout_s) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            while part := connection.recv(65536):
                received += part
        except ConnectionError:
            pass  # it did not care to read all of it
    return received


FIRST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
END = b"Connection: close\r\n\r\n"


def test_usual_headers_are_taken(served: Service) -> None:
    large = b"X-Large: " + b"a" * 16_000 + b"\r\n"
    assert answer_to(served, FIRST, large, END).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "sent",
    [
        [FIRST, b"X-Large: " + b"a" * 65_536 + b"\r\n", END],
        [FIRST, b"".join(b"X-%d: 1\r\n" % number for number in range(10_000)), END],
        [FIRST, b"X-Endless: ", *[b"a" * 65_536] * 200],
        [b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n", END],
    ],
    ids=["64 KiB", "10,000 headers", "one endless", "a long address"],
)
def test_too_large_ones_are_refused_at_once(served: Service, sent: list[bytes]) -> None:
    answer = answer_to(served, *sent)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    if answer:
        assert b"Content-Security-Policy: default-src 'none'" in answer
    assert answer_to(served, FIRST, END).startswith(b"HTTP/1.1 200 ")


def test_a_connection_can_be_used_again_and_again(served: Service) -> None:
    answer = answer_to(served, *[FIRST + b"X: " + b"a" * 8000 + b"\r\n\r\n"] * 20, FIRST, END)
    assert answer.count(b"HTTP/1.1 200 ") == 21


def test_a_body_is_not_taken_for_headers(served: Service) -> None:
    head = b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n"
    answer = answer_to(served, head + END + b"a" * 60_000)
    assert answer.startswith(b"HTTP/1.1 404 ")


def test_what_is_no_http_is_told_so(served: Service) -> None:
    answer = answer_to(served, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"nosniff" in answer


@contextmanager
def slowly_served(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose answers take longer than headers may; its port."""
    monkeypatch.setattr(http_protocol, "HEADERS_TIMEOUT_S", 0.2)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await asyncio.sleep(1)
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    with serving(slow) as port:
        yield port


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """The port of a server of `app` in this process."""
    config = uvicorn.Config(app, port=0, http=Connection, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("body", [b"", b"a" * 200_000], ids=["a read", "an upload"])
def test_an_answer_may_take_longer_than_headers(
    monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    with slowly_served(monkeypatch) as port:
        method = "POST" if body else "GET"
        address = f"http://127.0.0.1:{port}/"
        answer = httpx2.request(method, address, content=body or None, timeout=30)
        assert answer.status_code == 200


def test_a_request_that_begins_behind_another_and_never_ends_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        slowly_served(monkeypatch) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHo")
        while connection.recv(65536):
            pass


@pytest.mark.parametrize("begun", [b"", FIRST, b"\r\n"])
def test_headers_that_do_not_come_are_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    with (
        slowly_served(monkeypatch) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(begun)
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_an_answer_that_nobody_takes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_ANSWER_TIMEOUT_S", 0.5)
    ended = threading.Event()

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            body = {"type": "http.response.body", "body": b"a" * 1_000_000, "more_body": True}
            await send(body)
        ended.set()

    with (
        serving(large) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(FIRST + b"\r\n")
        assert ended.wait(20)


def test_who_goes_away_amid_many_requests_is_no_fault(served: Service) -> None:
    place = urlsplit(served.address)
    gone = struct.pack("ii", 1, 0)
    for _ in range(5):
        connection = socket.create_connection((place.hostname, place.port))
        connection.sendall(b"GET /embed/trends HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        time.sleep(0.3)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
        connection.close()
    assert answer_to(served, FIRST, END).startswith(b"HTTP/1.1 200 ")
    assert [line for line in served.lines() if line["level"] == "error"] == []
