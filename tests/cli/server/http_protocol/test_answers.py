"""Answers in their order, and those that nobody takes."""

import contextlib
import socket
import struct
import threading
import time
from urllib.parse import urlsplit

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app.cli.server import http_protocol
from tests.cli.server.http_protocol.builders import (
    END,
    FIRST,
    EventLoop,
    answer_at,
    answer_to,
    serving,
    slow,
)
from tests.faults.service import Service


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


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ([FIRST + b"X: " + b"a" * 40_000 + b"\r\n\r\n"], 431),
        ([FIRST + b"X: " + b"a" * 20_000, *[b"a" * 20_000] * 20], 431),
        ([b"\x16\x03\x01 no HTTP\r\n\r\n"], 400),
        ([FIRST], 408),
    ],
    ids=["too large", "endless", "no HTTP", "too slow"],
)
def test_answers_before_a_refusal_are_sent_first(
    monkeypatch: pytest.MonkeyPatch, loop: EventLoop, bad: list[bytes], status: int
) -> None:
    if status == 408:
        monkeypatch.setattr(http_protocol, "HEADERS_TIMEOUT_S", 0.2)
    with serving(slow, loop) as port:
        answer = answer_at(("127.0.0.1", port), FIRST + b"\r\n" + bad[0], *bad[1:])
    first, second = answer.split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"200 ")
    assert b"done" in first
    assert second.startswith(b"%d " % status)


def test_nothing_behind_what_is_refused_is_answered(loop: EventLoop) -> None:
    with serving(slow, loop) as port:
        two = (FIRST + b"\r\n") * 2
        answer = answer_at(("127.0.0.1", port), two, b"no HTTP\r\n\r\n", two, two)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.split(b"HTTP/1.1 ")[-1].startswith(b"400 ")


def test_a_small_answer_that_nobody_takes_is_given_up(
    monkeypatch: pytest.MonkeyPatch, loop: EventLoop
) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_ANSWER_TIMEOUT_S", 0.5)
    with (
        serving(answering(60_000), loop, kernel_bytes=4096) as port,
        slow_reader(port) as connection,
    ):
        time.sleep(2)
        assert len(all_of(connection, every_s=0)) < 60_000


def test_who_reads_slowly_but_reads_is_not_cut_off(
    monkeypatch: pytest.MonkeyPatch, loop: EventLoop
) -> None:
    monkeypatch.setattr(http_protocol, "UNREAD_ANSWER_TIMEOUT_S", 1)
    with (
        serving(answering(300_000), loop, kernel_bytes=4096) as port,
        slow_reader(port) as connection,
    ):
        # Two seconds, and ten times as fast as must be: a busy machine reads more slowly.
        assert len(all_of(connection, every_s=0.025)) > 300_000


def answering(size_bytes: int) -> ASGIApp:
    """An application whose answers are so large, in one piece."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % size_bytes), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"a" * size_bytes})

    return answer


def slow_reader(port: int) -> socket.socket:
    """A connection that asked, and whose kernel takes little that nobody reads."""
    connection = socket.socket()
    connection.settimeout(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(FIRST + b"\r\n")
    return connection


def all_of(connection: socket.socket, every_s: float) -> bytes:
    """What comes until the other side closes, 4 KiB at a time."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(4096):
            received += part
            time.sleep(every_s)
    return received


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
