"""`modelshare serve` with two workers and its log, as the compose file starts it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.programs import ANSWER_TIMEOUT_S

MODELSHARE = Path(sys.executable).with_name("modelshare")
OURS = {"DATABASE_URL", "DATA_DIR", "HOST", "PORT", "WEB_CONCURRENCY"}

# It becomes the program, and so keeps the number that it says.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


class Service:
    """A running `modelshare serve`, logging JSON."""

    def __init__(
        self,
        url: str,
        log: Path,
        port: int = 0,
        listening: socket.socket | None = None,
        **environment: str,
    ) -> None:
        env = {name: value for name, value in os.environ.items() if name not in OURS}
        # Hundreds of readers at one address stand for as many addresses.
        own = {"DATABASE_URL": url, "LOG_FORMAT": "json", "WEB_CONCURRENCY": "2", "RATE_LIMIT": "0"}
        env |= own | environment
        self.log = log
        command = [f"{MODELSHARE}", "serve", "--port", f"{port}"]
        with log.open("ab") as written:
            if listening is None:
                self.process = subprocess.Popen(command, stderr=written, env=env)
            else:
                self.process = start_with_socket(command, listening, stderr=written, env=env)
        self.address = self._address()
        # Every request over a connection of its own, so that either worker may take it.
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        self.client = httpx2.Client(
            base_url=self.address, timeout=ANSWER_TIMEOUT_S, limits=limits, verify=False
        )

    def _address(self) -> str:
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while time.monotonic() < deadline:
            if by_worker := re.findall(r"is at (http://[^\s\"]+)", self.log.read_text()):
                return str(by_worker[-1])
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def lines(self) -> list[dict[str, Any]]:
        """What it logged, as far as it is JSON."""
        return [
            json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")
        ]

    def line_of(self, request: str) -> dict[str, Any]:
        """The request's line in the log; it is written after the answer."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            written = self.log.read_text().splitlines()
            for text in reversed(written):
                if request not in text:
                    continue
                line: dict[str, Any] = json.loads(text)
                if line.get("request") == request and line["message"] == "request":
                    return line
            time.sleep(0.01)
        raise AssertionError("no line in the log")

    def worker_of(self, answer: httpx2.Response) -> int:
        """The process that gave the answer."""
        pid: int = self.line_of(answer.headers["x-request-id"])["pid"]
        return pid

    def wait_for_both(self) -> set[int]:
        """Returns the workers when both have answered."""
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        seen: set[int] = set()
        while len(seen) < 2:
            assert time.monotonic() < deadline, seen
            seen |= {self.worker_of(answer) for answer in self.ask("/healthz", 8)}
        return seen

    def ask(self, path: str, times: int = 1) -> list[httpx2.Response]:
        """The answers to requests made at once, each over a connection of its own."""
        answers: list[httpx2.Response] = []

        def get() -> None:
            answers.append(self.client.get(path))

        threads = [threading.Thread(target=get) for _ in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == times
        return answers

    def get_from_each(self, path: str, workers: set[int]) -> dict[int, httpx2.Response]:
        """The first answer of each worker."""
        by_worker: dict[int, httpx2.Response] = {}
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while set(by_worker) != workers:
            assert time.monotonic() < deadline, (workers, set(by_worker))
            for answer in self.ask(path, 4):
                by_worker.setdefault(self.worker_of(answer), answer)
        return by_worker

    def stop(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def start_with_socket(
    command: list[str], listening: socket.socket, **how: Any
) -> subprocess.Popen[bytes]:
    """Starts a program as systemd does for a socket unit: it gets descriptor 3, and is told so."""
    return subprocess.Popen(
        [sys.executable, "-S", "-c", HAND_OVER, f"{listening.fileno()}", *command],
        pass_fds=[listening.fileno()],
        **how,
    )


@contextmanager
def service(url: str, tmp_path: Path, port: int = 0, **environment: str) -> Iterator[Service]:
    tmp_path.mkdir(exist_ok=True)
    running = Service(url, tmp_path / "service.log", port, None, **environment)
    try:
        running.wait_for_both()
        yield running
    finally:
        running.stop()
