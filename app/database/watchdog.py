"""Tells a database that has stopped answering from one that is slow.

PostgreSQL's own time-outs end a slow statement, but nobody ends one in a server that is frozen, or
whose machine hangs: its sockets stay open and say nothing. So whoever has waited a while for an
answer has the server asked, by a new connection, whether it still gives any.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, Final, TypeVar

import psycopg

SILENCE_TIMEOUT_S: Final = 1.0
"""Seconds without a byte after which the server is asked."""
PROBE_TIMEOUT_S: Final = 2
"""Seconds it has to take a new connection; the driver knows no less."""
PROBE_INTERVAL_S: Final = 0.5
"""Seconds until a silent server is asked again."""

Result = TypeVar("Result")


class DatabaseSilentError(psycopg.OperationalError):
    """The server takes connections, or keeps them, and says nothing."""

    def __init__(self) -> None:
        super().__init__("the database server has stopped answering")


class SilenceWatch:
    """Whether the server is known to be silent; `ask` connects to it, or raises.

    Nothing runs while nobody waits.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._asking = threading.Lock()
        self._answered = 0.0
        self.silent = False

    def check(self) -> None:
        """Raises DatabaseSilentError where the server is known to be."""
        if self.silent:
            raise DatabaseSilentError

    def suspect(self) -> None:
        """Has the server asked, unless it is being asked or has just answered."""
        recently = time.monotonic() - self._answered < SILENCE_TIMEOUT_S
        if not recently and self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask_until_it_answers, daemon=True).start()

    def _ask_until_it_answers(self) -> None:
        try:
            while self._says_nothing():
                self.silent = True
                time.sleep(PROBE_INTERVAL_S)
        finally:
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
    """A connection whose statements end when its server is silent."""

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
            # What was asked may yet be done: only a new connection knows where it stands.
            with suppress(psycopg.Error):
                self.close()
            raise


def _listening(
    gen: Generator[Any, Any, Result], watch: SilenceWatch
) -> Generator[Any, Any, Result]:
    """As `gen`, which is sent nothing for every tenth of a second that nothing came."""
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
