"""Bodies that trickle in after their answer, or that cannot be read."""

import socket
import threading
import time

import pytest
from starlette.types import Receive, Scope, Send

from app.cli.server import http_protocol
from app.database.session import Database
from app.main import create_app
from tests.builders import UNREACHABLE_URL
from tests.cli.server.http_protocol.builders import FIRST, EventLoop, answer_at, read_until, serving


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


SENT = b"Host: x\r\nSec-Fetch-Site: same-origin\r\n"
PARTS = b"Content-Type: multipart/form-data; boundary=b\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"POST /uploads HTTP/1.1\r\n" + SENT + PARTS + b"Content-Length: 5000000\r\n\r\n",
        b"POST /uploads HTTP/1.1\r\n" + SENT + PARTS + b"Content-Length: 500000000\r\n\r\n",
        b"POST /uploads HTTP/1.1\r\n" + SENT + PARTS + b"Transfer-Encoding: chunked\r\n\r\n",
        b"POST /nowhere HTTP/1.1\r\n" + SENT + b"Content-Length: 50000\r\n\r\n",
        b"POST /nowhere HTTP/1.1\r\n" + SENT + b"Transfer-Encoding: chunked\r\n\r\n",
        b"PUT /account HTTP/1.1\r\n" + SENT + b"Content-Length: 50000\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + SENT + b"Content-Length: 50000\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + SENT + b"Transfer-Encoding: chunked\r\n\r\n",
        b"POST /static/style.css HTTP/1.1\r\n" + SENT + b"Content-Length: 50000\r\n\r\n",
    ],
    ids=lambda head: " ".join(str(head.decode()).split()[:2] + str(head.decode()).split()[-2:]),
)
def test_whatever_was_answered_early_a_body_that_trickles_in_is_cut(
    monkeypatch: pytest.MonkeyPatch, loop: EventLoop, head: bytes
) -> None:
    monkeypatch.setattr(http_protocol, "BODY_AFTER_ANSWER_TIMEOUT_S", 0.5)
    application = create_app(Database(UNREACHABLE_URL))
    with (
        serving(application, loop) as port,
        socket.create_connection(("127.0.0.1", port), timeout=0.1) as connection,
    ):
        connection.sendall(head)
        each = b"1\r\na\r\n" if b"chunked" in head else b"a"
        assert takes_bytes_until_closed(connection, each) < 4


def takes_bytes_until_closed(connection: socket.socket, each: bytes = b"a") -> float:
    """The seconds in which a byte now and then keeps it open, up to five."""
    begun = time.monotonic()
    while time.monotonic() - begun < 5:
        try:
            if not connection.recv(65536):
                break
        except TimeoutError:
            connection.sendall(each)
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
            # The head and the body of an answer may come in pieces.
            assert read_until(connection, b"no").startswith(b"HTTP/1.1 404 ")
            connection.sendall(b"a" * 60_000)
        while connection.recv(65536):
            pass


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
