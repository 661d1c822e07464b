"""How readers fare beside sign-ins, the dearest questions and CSV files that are taken slowly.

    .venv/bin/python -m tests.benchmarks.crowd [SECONDS]

Serves the bundled figures with one worker and its usual limits, lets readers read, and sends 180
sign-ins at once, 50 questions from 25 addresses, 24 CSV streams, then all of it together. Ends with
1 where a reader is refused or the 95th percentile is a second or more. Each address is one of
X-Forwarded-For, which the server believes from this machine.
"""

import os
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from itertools import count, cycle
from multiprocessing import get_context
from urllib.parse import urlsplit

import httpx2

from tests.benchmarks.checking import Served, serving

READERS = 4
ADDRESSES_OF_READERS = 200
"""Each read is of the next address: a crowd of people who look at a page now and then."""
PAGES = (
    *("/", "/trends", "/trends?by=developer", "/sources", "/developers/deepseek", "/models"),
    *("/api/v1/shares", "/api/v1/sources", "/methods", "/uploads", "/trends.svg", "/about"),
)
DEAREST = (
    *("/trends?by=model&openness=all&top={top}", "/trends.png?by=model&openness=all&top={top}"),
    "/trends?by=developer&openness=all&top={top}&view=table",
    *(
        "/api/v1/figure?by=model&openness=all&top={top}",
        "/trends?by=company&openness=all&top={top}",
    ),
)
MONTHS = [f"{year}-{month:02}" for year in range(2024, 2027) for month in range(1, 13)]
SLOWEST_S = 1.0
STEPPED_BACK = 10

Crowd = Callable[[Served, float], Counter[str]]
"""Sends until a moment of `time.monotonic`; gives how often it was answered with what."""


def of_address(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def client_of(served: Served) -> httpx2.Client:
    """A client that many threads may share; each of them has a connection."""
    # To load certificates takes longer than most answers do.
    # The server closes what is idle for five seconds, and might do so just as it is used again.
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2)
    return httpx2.Client(base_url=served.address, timeout=120, limits=limits, verify=False)


def sign_in(served: Served, until: float) -> Counter[str]:
    """180 attempts at once, ten from an address, no two for one name; then again."""
    statuses: Counter[str] = Counter()
    rounds = count(int(time.time()))

    def attempt(number: int) -> str:
        form = {"name": f"name{number}-{turn}", "password": "not the password"}
        headers = of_address(f"198.51.{turn % 250}.{number // 10}")
        return f"{client.post('/sign-in', data=form, headers=headers).status_code}"

    with client_of(served) as client, ThreadPoolExecutor(180) as pool:
        while time.monotonic() < until:
            turn = next(rounds)
            statuses.update(pool.map(attempt, range(180)))
    return statuses


def dear_question(turn: int) -> str:
    """Path and query; no two of some thousand turns are the same."""
    since, until = MONTHS[turn % 13], MONTHS[13 + turn // 13 % 20]
    question = DEAREST[turn % len(DEAREST)].format(top=20 + turn // 260 % 31)
    return f"{question}&from={since}&to={until}"


def ask_dearly(served: Served, until: float) -> Counter[str]:
    """Fifty questions at a time from 25 addresses; no two of them are the same."""
    statuses: Counter[str] = Counter()
    numbers = count()

    def ask(number: int) -> None:
        headers = of_address(f"203.0.113.{number // 2}")
        while time.monotonic() < until:
            answer = client.get(dear_question(next(numbers)), headers=headers)
            statuses[f"{answer.status_code}"] += 1
            if answer.status_code in {429, 503}:
                time.sleep(min(1, max(0, until - time.monotonic())))

    with client_of(served) as client, ThreadPoolExecutor(50) as pool:
        list(pool.map(ask, range(50)))
    return statuses


def take_slowly(served: Served, until: float) -> Counter[str]:
    """24 CSV files at once, each taken at 40 KiB a second; then again."""
    statuses: Counter[str] = Counter()
    place = urlsplit(served.address)

    def take(number: int) -> None:
        while time.monotonic() < until:
            connection = socket.socket()
            connection.settimeout(120)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with connection, suppress(OSError):
                connection.connect((place.hostname, place.port))
                head = "GET /api/v1/observations.csv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                address = f"X-Forwarded-For: 192.0.2.{number}\r\n\r\n"
                connection.sendall((head + address).encode())
                status = connection.recv(4096)[9:12].decode()
                statuses[status] += 1
                while connection.recv(4096) and time.monotonic() < until:
                    time.sleep(0.1)
                if status != "200":
                    time.sleep(1)

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(take, range(24)))
    return statuses


def nothing(_: Served, until: float) -> Counter[str]:
    """For comparison: what readers wait for anyway."""
    time.sleep(max(0, until - time.monotonic()))
    return Counter()


CROWDS: dict[str, tuple[Crowd, ...]] = {
    "nothing": (nothing,),
    "180 sign-ins": (sign_in,),
    "50 dear questions": (ask_dearly,),
    "24 streams": (take_slowly,),
    "all of it": (sign_in, ask_dearly, take_slowly),
}


class Readers:
    """A few who read one page after the other, each time from another address."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.waits: list[float] = []
        self.statuses: Counter[str] = Counter()
        numbers = range(ADDRESSES_OF_READERS)
        self.addresses = cycle(f"100.64.{number // 250}.{number % 250}" for number in numbers)

    def read(self, page: int, until: float) -> None:
        with client_of(self.served) as client:
            while time.monotonic() < until:
                headers = of_address(next(self.addresses))
                began = time.perf_counter()
                answer = client.get(PAGES[page % len(PAGES)], headers=headers)
                self.waits.append(time.perf_counter() - began)
                self.statuses[f"{answer.status_code}"] += 1
                page += 1
                time.sleep(0.05)

    def slowest(self, share: float) -> float:
        """The wait, in seconds, than which a share of the answers came sooner."""
        return sorted(self.waits)[int(len(self.waits) * share)]


def listed(statuses: Counter[str]) -> str:
    return ", ".join(f"{number}x {status}" for status, number in sorted(statuses.items()))


def read_beside(served: Served, name: str, seconds: float) -> tuple[Readers, str]:
    """Return how readers fared beside a crowd, and in words what the crowd was answered."""
    readers, until = Readers(served), time.monotonic() + seconds
    reading = [
        threading.Thread(target=readers.read, args=(3 * number, until)) for number in range(READERS)
    ]
    # In processes of their own, which step back: they stand for other machines.
    spawned = get_context("spawn")
    with ProcessPoolExecutor(len(CROWDS[name]), spawned, os.nice, (STEPPED_BACK,)) as pool:
        crowds = [pool.submit(crowd, served, until) for crowd in CROWDS[name]]
        for thread in reading:
            thread.start()
        for thread in reading:
            thread.join()
        return readers, "; ".join(listed(crowd.result()) for crowd in crowds)


def measure(served: Served, name: str, seconds: float) -> bool:
    """Print one line; return whether readers fared well."""
    readers, answered = read_beside(served, name, seconds)
    slow = readers.slowest(0.95)
    fine = set(readers.statuses) == {"200"} and slow < SLOWEST_S
    print(
        f"{name:18} {readers.slowest(0.5):8.3f} s {slow:8.3f} s {max(readers.waits):8.3f} s"
        f"  {listed(readers.statuses):20} {answered}{'' if fine else '  TOO MUCH'}",
        flush=True,
    )
    return fine


def let_costs_be_learnt(served: Served) -> None:
    """Read each page four times, each time from another address, as readers come."""
    for number, page in enumerate(PAGES * 4):
        headers = of_address(f"100.65.0.{number}")
        httpx2.get(served.address + page, headers=headers, timeout=60).raise_for_status()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as data_dir, serving(data_dir, RATE_LIMIT="120") as served:
        let_costs_be_learnt(served)
        print(
            f"{'beside':18} {'median':>10} {'95th pct':>10} {'slowest':>10}"
            f"  {'readers':20} the crowd",
            flush=True,
        )
        fine = [measure(served, name, seconds) for name in CROWDS]
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    main()
