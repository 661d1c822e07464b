"""The parent of several server processes: it replaces who ends, and all of them one by one."""

import copy
import gc
import logging
import signal
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from multiprocessing import connection
from types import FrameType
from typing import Final

import uvicorn

from app.cli.server.hangup import HangUp, TerminalWatch
from app.cli.server.worker_process import WorkerProcess
from app.domain.errors import UnavailableError

LOOK_S: Final = 0.5
"""Seconds after which the parent looks after its workers, if nothing wakes it before."""
START_TIMEOUT_S: Final = 60
"""Seconds a worker has to come up, on a machine that has much else to do."""
SILENCE_TIMEOUT_S: Final = 15
"""Seconds without a sign of life after which a worker is killed."""
END_TIMEOUT_S: Final = 5
"""Seconds that a worker may take to end beyond its grace."""
RETRY_S: Final = 5
"""Seconds before another is started for one that did not come up."""
_SIGNALS: Final = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    *(signal.SIGTTIN, signal.SIGTTOU),
)

log = logging.getLogger(__name__)


class WorkerProcesses:
    """The processes that serve one socket.

    SIGTERM and SIGINT end them. SIGHUP replaces them one after the other by processes that read the
    program anew: each goes when the next one answers. SIGTTIN adds one, SIGTTOU takes one away.
    """

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        self.config = config
        """What a worker is started with: loaded, it is forked from here."""
        self.unloaded = copy.copy(config)
        self.listening = listening
        self.count = config.workers
        self.serving: list[WorkerProcess] = []
        """Those that are to serve, also while they come up."""
        self.outdated: deque[WorkerProcess] = deque()
        """Those of `serving` that SIGHUP wants replaced."""
        self.successor: WorkerProcess | None = None
        """The one that comes up for the first of `outdated`."""
        self.retiring: dict[WorkerProcess, float] = {}
        """Those that were told to end, and the moment from which on they are killed."""
        self.is_replacing = False
        """Whether SIGHUP came, and some that are outdated still serve or end."""
        self.next_start = 0.0
        self.is_stopping = False
        self.signals: deque[int] = deque()
        self.terminal = TerminalWatch()

    def run(self) -> None:
        """Serve until a signal ends it. Raises UnavailableError where no worker comes up."""
        awake, waker = socket.socketpair()
        with awake, waker:
            awake.setblocking(False)
            waker.setblocking(False)
            # Else a signal would be handled, and the wait go on.
            signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
            for number in _SIGNALS:
                signal.signal(number, self._note)
            # A forked worker answers at once, in place of seconds, and shares our memory. Elsewhere
            # system libraries do not bear it. Nothing of the application may run yet: threads and
            # connections, which a fork does not take along, begin in its lifespan.
            if sys.platform == "linux":
                self.config.load()
                gc.collect()
                gc.freeze()
            try:
                self._serve(awake)
            finally:
                signal.set_wakeup_fd(-1)
                for worker in [*self._up(), *self.retiring]:
                    worker.kill()

    def _note(self, number: int, _: FrameType | None) -> None:
        self.signals.append(number)

    def _serve(self, awake: socket.socket) -> None:
        while not self.is_stopping:
            self._start_missing()
            self._wait(awake)
            self._handle_signals()
            self._look_after_serving()
            self._look_after_successor()
            self._reap()
        # The kernel would let readers in here whom nobody accepts, and whom our end resets.
        self.listening.close()
        for worker in self._up():
            self._retire(worker)
        self.serving, self.successor = [], None
        while self.retiring:
            self._wait(awake)
            self._pass_on_impatience()
            self._reap()

    def _up(self) -> list[WorkerProcess]:
        return [*self.serving, *([self.successor] if self.successor else [])]

    def _wait(self, awake: socket.socket) -> None:
        """Return when a signal comes, a worker ends or has come up, or after a while."""
        starting = [worker.signs for worker in self._up() if not worker.is_ready]
        ends = [worker.process.sentinel for worker in [*self._up(), *self.retiring]]
        connection.wait([awake, *starting, *ends], timeout=LOOK_S)
        with suppress(BlockingIOError):
            awake.recv(4096)

    def _start_missing(self) -> None:
        while len(self.serving) < self.count and time.monotonic() >= self.next_start:
            self.serving.append(WorkerProcess(self.config, self.listening))

    def _handle_signals(self) -> None:
        while self.signals:
            number = self.signals.popleft()
            if number == signal.SIGHUP:
                self._hang_up(self.terminal.read())
            elif number == signal.SIGTTIN:
                self.count += 1
            elif number == signal.SIGTTOU:
                self._take_away()
            else:
                self.is_stopping = True

    def _hang_up(self, meaning: HangUp) -> None:
        if meaning is HangUp.STOP:
            self.is_stopping = True
        elif meaning is HangUp.RESTART:
            log.info("Replacing %d server processes", len(self.serving))
            # One that comes up already may have read what is old by now.
            if self.successor is not None:
                self._retire(self.successor)
                self.successor = None
            self.outdated = deque(self.serving)
            self.is_replacing = True
            self.config = self.unloaded  # the program may be another one now

    def _take_away(self) -> None:
        if self.count > 1:
            self.count -= 1
            if len(self.serving) > self.count:
                self._retire(self._forget(self.serving[-1]))

    def _look_after_serving(self) -> None:
        for worker in list(self.serving):
            if (problem := problem_of(worker)) is None:
                continue
            self._forget(worker).kill()
            log.error("Server process %d %s", worker.pid, problem)
            # One that was killed while it came up, unlike one that failed, is no sign of a fault
            # that the next one would have too.
            if worker.is_ready or (worker.exit_code or 0) < 0:
                continue
            if not any(other.is_ready for other in self.serving):
                title = f"No server process comes up: the first {problem}"
                raise UnavailableError(title, "The log says why.")
            self.next_start = time.monotonic() + RETRY_S

    def _look_after_successor(self) -> None:
        if self.successor is None:
            if self.outdated:
                self.successor = WorkerProcess(self.config, self.listening)
            return
        if (problem := problem_of(self.successor)) is not None:
            self.successor.kill()
            log.error("The restart is given up, and the old serve on: the new process %s", problem)
            self.successor = None
            self.outdated.clear()
            self.is_replacing = False
        elif self.successor.is_ready and self.outdated:
            old, new, self.successor = self.outdated[0], self.successor, None
            self._retire(self._forget(old))
            self.serving.append(new)
        elif not self.outdated:  # the one that it was to replace has ended, and been replaced
            self._retire(self.successor)
            self.successor = None

    def _forget(self, worker: WorkerProcess) -> WorkerProcess:
        """Return a worker that is not among those who serve any more."""
        self.serving.remove(worker)
        if worker in self.outdated:
            self.outdated.remove(worker)
        return worker

    def _retire(self, worker: WorkerProcess) -> None:
        worker.send(signal.SIGTERM)
        grace_s = (self.config.timeout_graceful_shutdown or 0) + END_TIMEOUT_S
        self.retiring[worker] = time.monotonic() + grace_s

    def _pass_on_impatience(self) -> None:
        """Hand on a second Ctrl-C, which breaks off what still runs."""
        while self.signals:
            if self.signals.popleft() == signal.SIGINT:
                for worker in self.retiring:
                    worker.send(signal.SIGINT)

    def _reap(self) -> None:
        for worker, kill_at in list(self.retiring.items()):
            if worker.exit_code is not None or time.monotonic() > kill_at:
                worker.kill()
                del self.retiring[worker]
        if self.is_replacing and not (self.outdated or self.successor or self.retiring):
            self.is_replacing = False
            log.info("All server processes are new")


def problem_of(worker: WorkerProcess) -> str | None:
    """Return what is wrong with a worker that should serve or come up, as a verb; else None."""
    worker.read_signs()
    if (exit_code := worker.exit_code) is not None:
        return f"was killed by signal {-exit_code}" if exit_code < 0 else f"ended with {exit_code}"
    now = time.monotonic()
    # Its first sign comes when it has read the program.
    if worker.last_sign > worker.started_at and now - worker.last_sign > SILENCE_TIMEOUT_S:
        return "gave no sign of life"
    if not worker.is_ready and now - worker.started_at > START_TIMEOUT_S:
        return "did not come up"
    return None
