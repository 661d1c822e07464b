"""Requests on raw sockets, and servers of small applications in this process."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.cli.server.draining import DrainingServer
from app.cli.server.http_protocol import Connection
from tests.faults.service import Service

EventLoop = Literal["auto", "asyncio", "uvloop"]


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


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """What comes, up to `end` or to where the other side closes."""
    received = b""
    while not received.endswith(end) and (part := connection.recv(65536)):
        received += part
    return received


FIRST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
END = b"Connection: close\r\n\r\n"


@contextmanager
def serving(app: ASGIApp, loop: EventLoop = "auto", kernel_bytes: int = 0) -> Iterator[int]:
    """The port of a server of `app` in this process; its kernel keeps so much unread."""
    with running(app, loop, kernel_bytes) as (_, port):
        yield port


@contextmanager
def running(
    app: ASGIApp, loop: EventLoop = "auto", kernel_bytes: int = 0
) -> Iterator[tuple[DrainingServer, int]]:
    """A server of `app` in this process, to be stopped by its `should_exit`, and its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    if kernel_bytes:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, kernel_bytes)
    config = uvicorn.Config(
        app, http=Connection, loop=loop, lifespan="off", log_level="error", ws="none"
    )
    server = DrainingServer(config)
    thread = threading.Thread(target=server.run, args=[[listening]])
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server, port
    finally:
        server.should_exit = True
        thread.join()


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    await asyncio.sleep(1)
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})
