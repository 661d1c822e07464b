"""Headers that are too large, too many, too slow or none at all."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from app.cli.server import http_protocol
from tests.cli.server.http_protocol.builders import END, FIRST, answer_to, serving, slow
from tests.faults.service import Service


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
    with serving(slow) as port:
        yield port


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
