"""A bare uvicorn application in a process of its own: it sends bytes that were answered before."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from urllib.parse import urlsplit

import uvicorn
from starlette.types import Receive, Scope, Send

from tests.benchmarks.performance.load import Question, Target

LEFT_OUT = frozenset({"date", "connection"})
"""Headers that uvicorn writes itself."""


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """An answer as it came over the line: status, headers, body as it was packed."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def fetch_bytes(address: str, question: Question) -> StoredBytes:
    """Return the answer to a question. Raises ConnectionError for another status."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.netloc, timeout=60)
    accepting = {"Accept": "*/*", "Accept-Encoding": "gzip, br"}
    connection.request("GET", question.path, headers=accepting | dict(question.headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != question.status:
        raise ConnectionError(f"{question.path}: {answer.status} {body[:200]!r}")
    headers = ((name.lower(), text) for name, text in answer.getheaders())
    kept = ((name.encode(), text.encode()) for name, text in headers if name not in LEFT_OUT)
    return StoredBytes(answer.status, tuple(kept), body)


@contextmanager
def run_bare_server(*answers: StoredBytes, paths: tuple[str, ...] = ()) -> Iterator[Target]:
    """Run a server that sends these answers at these paths; without paths one, at any."""
    by_path = dict(zip(paths or [""], answers, strict=True))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        process = get_context("spawn").Process(target=send_bytes, args=(listening, by_path))
        process.start()
        assert process.pid is not None
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            # Who comes before it listens waits in the socket's queue.
            path, answer = next(iter(by_path.items()))
            fetch_bytes(address, Question(path or "/", status=answer.status))
            yield Target(address, process.pid)
        finally:
            process.terminate()
            process.join()


def send_bytes(listening: socket.socket, by_path: dict[str, StoredBytes]) -> None:
    messages = {
        path: (
            {"type": "http.response.start", "status": it.status, "headers": it.headers},
            {"type": "http.response.body", "body": it.body},
        )
        for path, it in by_path.items()
    }
    of_any_path = messages.get("")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        start, body = of_any_path or messages[scope["path"]]
        await send(start)
        await send(body)

    config = uvicorn.Config(
        application,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    uvicorn.Server(config).run([listening])
