"""A load of readers who each ask again as soon as they are answered, and what it costs a server."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import cycle
from types import TracebackType
from typing import Final, cast
from urllib.parse import urlsplit

import uvloop

from tests.benchmarks.performance.processes import cpu_seconds

CONNECTIONS: Final = 16
ANSWER_TIMEOUT_S: Final = 30
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A GET of a path with its query, with further headers."""

    path: str
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200

    def request(self, host: str, visitor: str = "") -> bytes:
        """Return the bytes that ask it, as if for a visitor behind a proxy where one is named."""
        forwarded = (("X-Forwarded-For", visitor),) if visitor else ()
        accepting = (("Host", host), ("Accept", "*/*"), ("Accept-Encoding", "gzip, br"))
        lines = [f"{name}: {text}" for name, text in (*accepting, *self.headers, *forwarded)]
        return "\r\n".join([f"GET {self.path} HTTP/1.1", *lines, "", ""]).encode()


@dataclass(frozen=True, slots=True)
class Target:
    """A server's process, what it is asked in turn, and the process of its PostgreSQL, if any.

    All of the questions have answers of one status.
    """

    address: str
    pid: int
    questions: tuple[Question, ...] = ()
    database_pid: int | None = None

    def asked(self, *questions: Question) -> "Target":
        """Return the same server, asked something else."""
        return replace(self, questions=questions)

    def cpu_seconds(self) -> tuple[float, float]:
        """Return those of the server and of PostgreSQL until now."""
        database = self.database_pid
        return cpu_seconds(self.pid), cpu_seconds(database, children=True) if database else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Answers of some seconds, and the CPU seconds that the server and PostgreSQL took for them."""

    answers: int
    seconds: float
    cpu: float
    database_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of the server's CPU for one answer."""
        return 1000 * self.cpu / self.answers

    @property
    def database_cpu_ms(self) -> float:
        """Milliseconds of PostgreSQL's CPU for one answer."""
        return 1000 * self.database_cpu / self.answers

    @property
    def whole_cpu_ms(self) -> float:
        """Milliseconds of both for one answer."""
        return self.cpu_ms + self.database_cpu_ms

    @property
    def busy(self) -> float:
        """The share of the time for which the server's process computed."""
        return self.cpu / self.seconds


class Connection(asyncio.Protocol):
    """One reader: the next question is sent when the answer to the last has come whole."""

    def __init__(self, requests: Iterator[bytes], status: int, until: float) -> None:
        self.requests, self.until = requests, until
        self.expected = f"HTTP/1.1 {status} ".encode()
        self.answers = 0
        self.problem = ""
        self.whole = 0
        """Bytes of the answer that is coming, 0 while its head is not here."""
        self.received = bytearray()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # One of uvloop's, which is no subclass.
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.whole and (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.received[:end])
            length = _LENGTH.search(head)
            if not head.startswith(self.expected) or (length is None and b" 304 " not in head[:13]):
                self._fail(f"{head[:200]!r} came, {self.expected!r} with a length was expected")
                return
            body = int(length[1]) if length and b" 304 " not in head[:13] else 0
            self.whole = end + 4 + body
        if self.whole and len(self.received) >= self.whole:
            self.answers += 1
            self.received.clear()
            self.whole = 0
            if time.perf_counter() < self.until:
                self.transport.write(next(self.requests))
            else:
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.problem and time.perf_counter() < self.until:
            self.problem = f"the server closed the connection: {exc}"
        # Only here: of a loop that ends sooner, the transport would never be closed.
        self.ended.set_result(None)

    def _fail(self, words: str) -> None:
        self.problem = words
        self.transport.close()


class Load(AbstractContextManager["Load"]):
    """Connections of one process on one event loop, which uvloop makes cheap beside the server."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.runner.close()

    def measure(
        self,
        target: Target,
        seconds: float,
        connections: int = CONNECTIONS,
        visitor: Callable[[int], str] = lambda _: "",
    ) -> Sample:
        """Return what the server answers to so many readers in so many seconds.

        `visitor` names the address behind the proxy for a connection's number. Raises
        ConnectionError where another status comes.
        """
        server, database = target.cpu_seconds()
        answers, took = self.runner.run(ask(target, seconds, connections, visitor))
        server_after, database_after = target.cpu_seconds()
        return Sample(answers, took, server_after - server, database_after - database)


async def ask(
    target: Target, seconds: float, connections: int, visitor: Callable[[int], str]
) -> tuple[int, float]:
    """Return how many answers came, and in how many seconds."""
    place, loop = urlsplit(target.address), asyncio.get_running_loop()
    assert place.hostname is not None
    assert place.port is not None
    began = time.perf_counter()
    readers = []
    for number in range(connections):
        requests = [
            question.request(place.netloc, visitor(number)) for question in target.questions
        ]
        begin = number * len(requests) // connections
        turns = cycle(requests[begin:] + requests[:begin])
        reader = Connection(turns, target.questions[0].status, began + seconds)
        await loop.create_connection(lambda it=reader: it, place.hostname, place.port)  # type: ignore[misc]
        readers.append(reader)
    async with asyncio.timeout(seconds + ANSWER_TIMEOUT_S):
        await asyncio.gather(*(reader.ended for reader in readers))
    if problems := [reader.problem for reader in readers if reader.problem]:
        raise ConnectionError(problems[0])
    return sum(reader.answers for reader in readers), time.perf_counter() - began
