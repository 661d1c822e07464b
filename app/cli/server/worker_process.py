"""A server process of several: how its parent sees it, and what it runs."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from typing import Final

import uvicorn

from app.cli.server.draining import DrainingServer

SIGN_INTERVAL_S: Final = 1
"""Seconds between two signs of life; while it comes up, a tenth of it."""
_PARENTS_SIGNALS: Final = (signal.SIGINT, signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU)
"""Those that the terminal sends to a worker too, and that are its parent's business."""


class WorkerProcess:
    """A worker as its parent sees it; it starts with the object.

    A `config` that is loaded is forked with its application, one that is not has the program read
    anew.
    """

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        arguments = (config, listening)
        # Ctrl-C would end its imports in a traceback, and our handlers are none for it. What comes
        # before it has disregarded ours is kept back for it.
        kept_back: set[signal.Signals] = set(_PARENTS_SIGNALS)
        if config.loaded:
            context: multiprocessing.context.BaseContext = multiprocessing.get_context("fork")
            kept_back.add(signal.SIGTERM)
        else:
            context = multiprocessing.get_context("spawn")
        self.signs, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=run_worker, args=(*arguments, theirs))  # type: ignore[attr-defined]
        self.is_ready = False
        self.started_at = self.last_sign = time.monotonic()
        with theirs:
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, kept_back)
            try:
                self.process.start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    @property
    def pid(self) -> int:
        return self.process.pid or 0

    @property
    def exit_code(self) -> int | None:
        """What it ended with, below zero for a signal; None while it runs."""
        exit_code: int | None = self.process.exitcode
        return exit_code

    def read_signs(self) -> None:
        """Take note of what it said since the last look."""
        with suppress(OSError, EOFError):
            while self.signs.poll():
                self.is_ready = self.signs.recv() or self.is_ready
                self.last_sign = time.monotonic()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.exit_code is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without grace, and forget it."""
        self.process.kill()
        self.process.join()
        self.signs.close()


def run_worker(config: uvicorn.Config, listening: socket.socket, signs: Pipe) -> None:
    """Serve until SIGTERM comes; this is what a worker runs."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for number in _PARENTS_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (*_PARENTS_SIGNALS, signal.SIGTERM))
    server = DrainingServer(config)
    threading.Thread(target=give_signs, args=(server, signs), daemon=True).start()
    if parent := multiprocessing.parent_process():
        threading.Thread(target=end_with_parent, args=[parent], daemon=True).start()
    # uvicorn hears Ctrl-C too, and raises it again when it is done.
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def give_signs(server: DrainingServer, signs: Pipe) -> None:
    """Tell the parent again and again whether the server answers, until the parent has ended."""
    with suppress(OSError):
        while True:
            signs.send(server.started)
            time.sleep(SIGN_INTERVAL_S if server.started else SIGN_INTERVAL_S / 10)


def end_with_parent(parent: BaseProcess) -> None:
    """Stop this worker once its parent has ended.

    A worker whose parent was killed would hold the port, and nobody would look after it.
    """
    # SIGTERM lets uvicorn finish the requests it has.
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
