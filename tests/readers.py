"""Readers that ask a server without a pause, and tell what became of each question."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.waiting import running

PATHS = ("/healthz", "/api/v1/shares", "/api/v1/sources", "/readyz")


@dataclass(frozen=True)
class Outcome:
    """One question: how many seconds it took, and its status or the name of what broke it."""

    seconds: float
    result: int | str


class Readers:
    """So many readers of each kind: on one connection for long, and on a new one each time."""

    def __init__(self, address: str, each: int = 2, *, retries_refused: bool = False) -> None:
        self.place = urlsplit(address).netloc
        self.retries_refused = retries_refused
        self.outcomes: list[Outcome] = []
        self.stopped = threading.Event()
        self.kinds = [self._ask_on_one_connection, self._ask_on_new_connections] * each

    def _ask_on_one_connection(self) -> None:
        # It opens another by itself when an answer said that it was the last.
        connection = http.client.HTTPConnection(self.place, timeout=30)
        while not self.stopped.is_set():
            self._ask(connection, {})
        connection.close()

    def _ask_on_new_connections(self) -> None:
        while not self.stopped.is_set():
            connection = http.client.HTTPConnection(self.place, timeout=30)
            self._ask(connection, {"Connection": "close"})
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection, headers: dict[str, str]) -> None:
        path = PATHS[len(self.outcomes) % len(PATHS)]
        begun = time.monotonic()
        result: int | str
        while True:
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                result = answer.status
            except ConnectionRefusedError as error:
                connection.close()
                # So a proxy does: it knows that nothing of its request has arrived.
                if self.retries_refused and not self.stopped.wait(0.05):
                    continue
                result = type(error).__name__
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                result = type(error).__name__
            break
        self.outcomes.append(Outcome(time.monotonic() - begun, result))

    def wait_for(self, more: int) -> None:
        """Return when so many more questions were answered or broken off."""
        goal, deadline = len(self.outcomes) + more, time.monotonic() + 60
        while len(self.outcomes) < goal:
            assert time.monotonic() < deadline, len(self.outcomes)
            time.sleep(0.01)

    def failures(self) -> list[int | str]:
        """What was no whole answer with status 200."""
        return [outcome.result for outcome in self.outcomes if outcome.result != 200]

    def percentile_95(self, since: int = 0) -> float:
        """The seconds that 95 of 100 questions took at most, of those after the first `since`."""
        seconds = sorted(outcome.seconds for outcome in self.outcomes[since:])
        return seconds[int(len(seconds) * 0.95)]


@contextmanager
def reading(address: str, each: int = 2, *, retries_refused: bool = False) -> Iterator[Readers]:
    """Readers that ask until the block ends."""
    readers = Readers(address, each, retries_refused=retries_refused)
    with running(readers.kinds, readers.stopped):
        yield readers
