"""A server that is told to stop: what was asked is answered, and nothing else waited for."""

import socket
import threading
import time

import pytest
from starlette.types import Receive, Scope, Send

from app.cli.server import http_protocol
from tests.cli.server.http_protocol.builders import FIRST, EventLoop, read_until, running, slow

POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
GONE = threading.Event()
"""Set when `reading` was told that it gets no more of its body."""


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers when the whole body is there."""
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        GONE.set()
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def all_of(connection: socket.socket) -> bytes:
    """What comes until the other side closes; a reset is an error."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def test_a_body_that_is_not_whole_is_dropped_in_words(loop: EventLoop) -> None:
    GONE.clear()
    with running(reading, loop) as (server, port), connect(port) as connection:
        connection.sendall(POST + b"a" * 100)
        time.sleep(0.2)
        begun = time.monotonic()
        server.should_exit = True
        answer = read_until(connection, b"send it again.\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 5\r\n" in answer
        assert b"\r\nConnection: close\r\n" in answer
        assert GONE.wait(5)
        # Who has not read that yet, and still sends, is not reset.
        for _ in range(3):
            connection.sendall(b"a" * 1000)
            time.sleep(0.1)
        assert all_of(connection) == b""
        assert time.monotonic() - begun < 4


def test_the_last_answer_says_that_the_connection_is_closed(loop: EventLoop) -> None:
    with running(slow, loop) as (server, port), connect(port) as connection:
        connection.sendall(FIRST + b"\r\n")
        time.sleep(0.2)
        server.should_exit = True
        answer = all_of(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answer
    assert b"done" in answer


def test_a_request_that_was_on_its_way_is_answered(loop: EventLoop) -> None:
    with running(reading, loop) as (server, port), connect(port) as connection:
        connection.sendall(FIRST + b"\r\n")
        assert b"connection: close" not in read_until(connection, b"0\r\n\r\n")
        server.should_exit = True
        time.sleep(0.3)
        connection.sendall(FIRST + b"\r\n")
        answer = all_of(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answer


def test_who_asks_nothing_more_is_not_waited_for(loop: EventLoop) -> None:
    with running(reading, loop) as (server, port), connect(port) as connection:
        connection.sendall(FIRST + b"\r\n")
        read_until(connection, b"0\r\n\r\n")
        begun = time.monotonic()
        server.should_exit = True
        assert all_of(connection) == b""
    assert time.monotonic() - begun < 3


def test_headers_that_do_not_come_whole_are_refused(loop: EventLoop) -> None:
    with running(reading, loop) as (server, port), connect(port) as connection:
        connection.sendall(FIRST)
        time.sleep(0.2)
        server.should_exit = True
        assert all_of(connection).startswith(b"HTTP/1.1 503 ")


def test_who_waits_at_the_door_is_let_in(monkeypatch: pytest.MonkeyPatch, loop: EventLoop) -> None:
    # Longer than a request takes to come, on a machine that has much else to do.
    monkeypatch.setattr(http_protocol, "LAST_REQUEST_S", 5)
    stuck = threading.Event()

    async def blocking(scope: Scope, receive: Receive, send: Send) -> None:
        # The server accepts nobody meanwhile, and then stops at once.
        if scope["path"] == "/stuck":
            stuck.set()
            time.sleep(0.5)  # noqa: ASYNC251 - it is to block
        await reading(scope, receive, send)

    with running(blocking, loop) as (server, port):
        first = connect(port)
        first.sendall(b"GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
        assert stuck.wait(5)
        waiting = [connect(port) for _ in range(20)]
        server.should_exit = True
        for connection in (first, *waiting):
            with connection:
                if connection is not first:
                    connection.sendall(FIRST + b"\r\n")
                assert all_of(connection).startswith(b"HTTP/1.1 200 ")
