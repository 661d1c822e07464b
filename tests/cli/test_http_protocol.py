"""Headers that are too large, too many, too slow or none at all, on raw sockets."""

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.cli import http_protocol
from app.cli.http_protocol import Connection
from tests.faults.service import Service

EventLoop = Literal["auto", "asyncio", "uvloop"]


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
    assert place.hostname
    assert place.port
    return answer_at((place.hostname, place.port), *parts, timeout_s=timeout_s)


def answer_at(place: tuple[str, int], *parts: bytes, timeout_s: float = 30) -> bytes:
    """All that comes until the other side closes."""
    received = b""
    with socket.create_connection(place, timeout=timeout_s) as connection:
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
    with serving(slow) as port:
        yield port


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    await asyncio.sleep(1)
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


@contextmanager
def serving(app: ASGIApp, loop: EventLoop = "auto", kernel_bytes: int = 0) -> Iterator[int]:
    """The port of a server of `app` in this process; its kernel keeps so much unread."""
    listening = socket.create_server(("127.0.0.1", 0))
    if kernel_bytes:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, kernel_bytes)
    config = uvicorn.Config(
        app, http=Connection, loop=loop, lifespan="off", log_level="error", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=[[listening]])
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listening.getsockname()[1]
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


@pytest.fixture(params=["uvloop", "asyncio"])
def loop(request: pytest.FixtureRequest) -> EventLoop:
    """Either transport that the protocol may have to do with."""
    name: EventLoop = request.param
    return name


async def hasty(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers without a look at the body."""
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"no"})


GONE = threading.Event()
"""Set when `reading` was told that its client is gone."""
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"


def test_a_body_that_trickles_in_after_its_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch, loop: EventLoop
) -> None:
    monkeypatch.setattr(http_protocol, "BODY_AFTER_ANSWER_TIMEOUT_S", 0.5)
    with (
        serving(hasty, loop) as port,
        socket.create_connection(("127.0.0.1", port), timeout=0.1) as connection,
    ):
        connection.sendall(POST + b"Content-Length: 60000\r\n\r\n")
        assert takes_bytes_until_closed(connection) < 3


def takes_bytes_until_closed(connection: socket.socket) -> float:
    """The seconds in which a byte now and then keeps it open, up to five."""
    begun = time.monotonic()
    while time.monotonic() - begun < 5:
        try:
            if not connection.recv(65536):
                break
        except TimeoutError:
            connection.sendall(b"a")
        except ConnectionError:
            break
    return time.monotonic() - begun


def test_who_sends_the_rest_of_an_answered_body_may_go_on_but_not_stay(
    monkeypatch: pytest.MonkeyPatch, loop: EventLoop
) -> None:
    monkeypatch.setattr(http_protocol, "HEADERS_TIMEOUT_S", 0.5)
    with (
        serving(hasty, loop) as port,
        socket.create_connection(("127.0.0.1", port), timeout=5) as connection,
    ):
        for _ in range(2):
            connection.sendall(POST + b"Content-Length: 60000\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 404 ")
            connection.sendall(b"a" * 60_000)
        while connection.recv(65536):
            pass


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


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers when the whole body is there."""
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.request":
        await hasty(scope, receive, send)
    else:
        GONE.set()


@pytest.mark.parametrize(
    ("body", "status"),
    [([b"no chunk\r\n"], 400), ([b"1\r\na\r\n0\r\nX: ", *[b"a" * 65_536] * 20], 431)],
    ids=["no chunk", "an endless trailer"],
)
@pytest.mark.parametrize("before", [b"", FIRST + b"\r\n"], ids=["alone", "behind another"])
def test_a_body_that_cannot_be_read_is_refused_in_place_of_its_answer(
    loop: EventLoop, before: bytes, body: list[bytes], status: int
) -> None:
    GONE.clear()
    with serving(reading, loop) as port:
        head = before + POST + b"Transfer-Encoding: chunked\r\n\r\n"
        answer = answer_at(("127.0.0.1", port), head + body[0], *body[1:], timeout_s=5)
        # Behind another, the application has not been called yet.
        assert before or GONE.wait(5)
    codes = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    expected = [404, status] if before else [status]
    # Who sends on may be told nothing any more: the connection is reset.
    assert codes == expected or (len(body) > 1 and codes == expected[: len(codes)])


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
    monkeypatch.setattr(http_protocol, "UNREAD_ANSWER_TIMEOUT_S", 0.5)
    with (
        serving(answering(300_000), loop, kernel_bytes=4096) as port,
        slow_reader(port) as connection,
    ):
        assert len(all_of(connection, every_s=0.05)) > 300_000


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
