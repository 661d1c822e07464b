"""A watchdog that tells a database server that has stopped answering from one that is slow.

PostgreSQL's own time-outs end a slow statement, but not one in a server that is frozen, or whose
machine hangs: its sockets stay open and say nothing. So whoever has waited a while for an answer
has a thread open a new connection: if the server answers that, it is only slow.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, Final, TypeVar

import psycopg

SILENCE_TIMEOUT_S: Final = 1.0
"""Seconds without a byte from the server after which it is probed."""
PROBE_TIMEOUT_S: Final = 2
"""Seconds the server has to take a new connection; the driver knows no shorter time-out."""
PROBE_INTERVAL_S: Final = 0.5
"""Seconds between two probes of a silent server."""

Result = TypeVar("Result")


class DatabaseSilentError(psycopg.OperationalError):
    """The server keeps its connections open and says nothing."""

    def __init__(self) -> None:
        super().__init__("the database server has stopped answering")


class SilenceWatch:
    """The state of a server, silent or not, shared by all connections of a process.

    `ask` connects to the server and hangs up. A thread probes only from a suspicion to the next
    answer; while nobody waits nothing runs.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._asking = threading.Lock()
        self._answered = 0.0
        self.silent = False

    def check(self) -> None:
        """Raise DatabaseSilentError if the server is known to be silent."""
        if self.silent:
            raise DatabaseSilentError

    def suspect(self) -> None:
        """Start probing the server, unless it is being probed or has just answered."""
        # The lock is taken here and released by the thread, so that only one thread probes.
        recently = time.monotonic() - self._answered < SILENCE_TIMEOUT_S
        if not recently and self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask_until_it_answers, daemon=True).start()

    def _ask_until_it_answers(self) -> None:
        try:
            while self._says_nothing():
                self.silent = True
                time.sleep(PROBE_INTERVAL_S)
        finally:
            # Also after an unforeseen error: else every request would be refused for ever.
            self.silent = False
            self._answered = time.monotonic()
            self._asking.release()

    def _says_nothing(self) -> bool:
        try:
            self._ask()
        except psycopg.errors.ConnectionTimeout:
            return True
        except psycopg.Error:
            pass  # refused, full, starting up: it speaks
        return False


class WatchedConnection(psycopg.Connection[Any]):
    """A connection whose statements end with DatabaseSilentError when its server is silent."""

    # It overrides `wait`, psycopg's one loop around its socket, which every statement and COPY
    # passes through: no other hook is called while a statement waits.
    watch: SilenceWatch | None = None

    def wait(
        self,
        gen: Generator[Any, Any, Result],
        interval: float = 0.1,
        timeout: float | None = None,
    ) -> Result:
        if self.watch is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(_listening(gen, self.watch), interval, timeout)
        except DatabaseSilentError:
            # The statement may yet be carried out, and its answer would be taken for that of the
            # next one: this connection cannot be used again.
            with suppress(psycopg.Error):
                self.close()
            raise


def _listening(
    gen: Generator[Any, Any, Result], watch: SilenceWatch
) -> Generator[Any, Any, Result]:
    """Pass on what `gen` waits for, and watch how long nothing comes."""
    # After each `interval` without anything on the socket, psycopg sends a 0 (nothing is ready).
    heard = time.monotonic()
    try:
        wait_for = next(gen)
        while True:
            ready = yield wait_for
            if ready:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE_TIMEOUT_S:
                watch.check()
                watch.suspect()
            wait_for = gen.send(ready)
    except StopIteration as done:
        result: Result = done.value
        return result
