"""How readers fare while the largest files, most of nothing but errors, are checked.

    .venv/bin/python -m tests.benchmarks.checking [SECONDS]

Serves the bundled figures from a directory of its own, lets readers read, and sends files as a
maintainer. Ends with 1 where readers wait for more than a second at the 95th percentile or the
server and its children grow by more than 150 MB. Reads /proc: Linux only.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2

READERS = 4
PAGES = ("/", "/trends?by=developer", "/api/v1/shares", "/uploads")
SLOWEST, MOST = 1.0, 150.0  # seconds, MB
SIZE = 10 * 2**20
MODELSHARE = Path(sys.executable).with_name("modelshare")


def filled(header: str, line: str) -> bytes:
    """The largest allowed file of nothing but this line."""
    return (header + line * ((SIZE - len(header)) // len(line))).encode()


FILES: dict[str, Callable[[], bytes]] = {
    "bad cells": lambda: filled("month,origin,openness,share_pct,value,status\n", "x,x,x,x,x,x\n"),
    "bad quotes": lambda: filled("month,origin,value\n", '"a"b\n'),
    "one slice": lambda: b"month,origin,value\n" + b"2025-08,us,1\n" * 100_000,
    "a sound file": lambda: (
        b"month,origin,openness,developer,model,value\n"
        + b"".join(
            b"2025-%02d,chinese,open,qwen,model %d,1\n" % (1 + n // 19_999, n % 19_999)
            for n in range(99_995)
        )
    ),
    "blank lines": lambda: filled("month,origin,value\n", "\n"),
    "long notes": lambda: filled("month,origin,value,note\n", f"2025-08,us,z,{'n' * 85}\n"),
    "one endless cell": lambda: filled('month,origin,note\n"', "aaaaaaaa\n"),
}


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its process, where it listens, and a maintainer's token."""

    pid: int
    address: str
    token: str


@contextmanager
def running_server(data_dir: str, **environment: str) -> Iterator[Served]:
    """`modelshare serve`, without a token; on a database of its own where none is named."""
    command = [str(MODELSHARE), "serve", "--port", "0", "--data-dir", data_dir]
    env = environment_of_server(environment)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as server:
        try:
            assert server.stderr is not None
            output = ""
            while (match := re.search(r"is at (http://\S+)", output)) is None:
                output += server.stderr.readline()
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield Served(server.pid, match[1], "")
        finally:
            server.terminate()


@contextmanager
def serving(data_dir: str, **environment: str) -> Iterator[Served]:
    """The bundled figures, served from a directory of their own."""
    with running_server(data_dir, **environment) as server:
        command = ["token", "create", "admin", "benchmark", "--data-dir", data_dir]
        made = subprocess.run(
            [str(MODELSHARE), *command],
            check=True,
            capture_output=True,
            text=True,
            env=environment_of_server(environment),
        )
        yield replace(server, token=made.stdout.strip())


def environment_of_server(environment: dict[str, str]) -> dict[str, str]:
    given = {"DATABASE_URL", "WEB_CONCURRENCY"}
    env = {name: text for name, text in os.environ.items() if name not in given}
    # A few readers at one address stand for many.
    return env | {"RATE_LIMIT": "0"} | environment


def memory(pid: int) -> float:
    """What the server and its children hold, in MB; PostgreSQL is no child of it."""
    kib = 0
    for process in (pid, *children(pid)):
        try:
            status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
        except OSError:  # it has ended
            continue
        kib += int(match[1]) if (match := re.search(r"VmRSS:\s+(\d+)", status)) else 0
    return kib / 1024


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()]


class Load:
    """Readers that go from page to page, and a watch on the server's memory."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.waits: list[float] = []
        self.refused = 0
        self.most = 0.0
        self.stopped = threading.Event()

    def read(self, page: int) -> None:
        with httpx2.Client(base_url=self.served.address, timeout=60) as client:
            while not self.stopped.is_set():
                began = time.perf_counter()
                answer = client.get(PAGES[page % len(PAGES)])
                self.refused += answer.status_code != 200
                self.waits.append(time.perf_counter() - began)
                page += 1
                time.sleep(0.05)

    def watch(self) -> None:
        while not self.stopped.wait(0.02):
            self.most = max(self.most, memory(self.served.pid))

    @contextmanager
    def running(self) -> Iterator[None]:
        reading = [threading.Thread(target=self.read, args=(page,)) for page in range(READERS)]
        threads = [*reading, threading.Thread(target=self.watch)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            for thread in threads:
                thread.join()

    @property
    def slow(self) -> float:
        """The 95th percentile of the waits, in seconds."""
        return sorted(self.waits)[int(len(self.waits) * 0.95)]


def send(served: Served, content: bytes, until: float) -> None:
    """Has the file checked again and again."""
    headers = {"Authorization": f"Bearer {served.token}", "Content-Type": "text/csv"}
    with httpx2.Client(base_url=served.address, headers=headers, timeout=120) as client:
        while time.monotonic() < until:
            answer = client.post("/api/v1/uploads?source=openrouter-rankings", content=content)
            if answer.status_code not in {200, 422, 503}:
                raise SystemExit(f"{answer.status_code}: {answer.text[:500]}")


def measure(served: Served, name: str, senders: int, seconds: float) -> bool:
    """Prints one line; whether it is within the limits."""
    content = FILES[name]() if senders else b""
    before = memory(served.pid)
    load = Load(served)
    until = time.monotonic() + seconds
    with load.running(), ThreadPoolExecutor(senders + 1) as pool:
        pool.submit(time.sleep, seconds)
        sent = [pool.submit(send, served, content, until) for _ in range(senders)]
        for sender in sent:
            sender.result()
    grown = load.most - before
    print(
        f"{name:18} {senders:7} {len(load.waits):7} {load.slow:9.2f} s"
        f" {max(load.waits):9.2f} s {grown:+8.0f} MB"
    )
    return not load.refused and load.slow < SLOWEST and grown <= MOST


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as data_dir, serving(data_dir) as served:
        for page in PAGES:
            httpx2.get(served.address + page, timeout=60).raise_for_status()
        print(f"{'file':18} senders answers {'95th pct':>11} {'slowest':>11} {'memory':>11}")
        measure(served, "nothing", 0, seconds)
        fine = [measure(served, name, 1, seconds) for name in FILES]
        fine.append(measure(served, "bad cells", 4, seconds))
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    main()
