"""How readers fare while others send what no honest client sends.

    .venv/bin/python -m tests.benchmarks.hostile [SECONDS]

Serves the bundled figures from a directory of its own, lets readers read, and attacks. Ends with 1
where readers are refused or wait for more than a second at the 95th percentile, the server and its
children (the one that checks a file among them) grow by more than 200 MB, or an attack gets what it
should not. Reads /proc: Linux only.
"""

import gzip
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from functools import cache
from multiprocessing import get_context
from urllib.parse import urlsplit

import httpx2

from tests.benchmarks.checking import PAGES, SLOWEST, Load, Served, memory, serving

MIB = 1 << 20
ATTACKERS = 4
MOST = 200.0  # MB
SITE = b"Sec-Fetch-Site: same-origin\r\n"
FORM = b"Content-Type: multipart/form-data; boundary=b\r\n"

Attack = Callable[[Served], set[int]]
"""Does its worst once; gives the statuses it was answered with, 0 for a closed connection."""


def connected(served: Served) -> socket.socket:
    place = urlsplit(served.address)
    return socket.create_connection((place.hostname, place.port), timeout=60)


def raw(served: Served, parts: Iterator[bytes]) -> int:
    """Sends for as long as it is taken; gives the status of the answer."""
    with closing(connected(served)) as connection:
        with suppress(OSError):
            for part in parts:
                connection.sendall(part)
        try:
            answer = connection.recv(65536)
        except OSError:
            return 0
    return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0


def head(method: str, path: str, *headers: bytes) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n".encode() + b"".join(headers)


def upload(served: Served, *headers: bytes) -> bytes:
    token = f"Authorization: Bearer {served.token}\r\n".encode()
    return head("POST", "/api/v1/uploads", token, *headers)


def chunked(begin: bytes, size: int) -> Iterator[bytes]:
    yield begin + b"Transfer-Encoding: chunked\r\n\r\n"
    for _ in range(size // 65536):
        yield b"10000\r\n" + bytes(65536) + b"\r\n"
    yield b"0\r\n\r\n"


def of_length(begin: bytes, body: bytes) -> Iterator[bytes]:
    yield begin + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def anonymous_upload(served: Served) -> set[int]:
    return {raw(served, chunked(head("POST", "/uploads", SITE), 300 * MIB))}


def sign_in_without_end(served: Served) -> set[int]:
    return {raw(served, chunked(head("POST", "/sign-in", SITE, FORM), 300 * MIB))}


def large_headers(served: Served) -> set[int]:
    large = b"X-Large: " + b"a" * 65536 + b"\r\n"
    return {raw(served, iter([head("GET", "/", large, b"\r\n")]))}


def many_headers(served: Served) -> set[int]:
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(10_000))
    return {raw(served, iter([head("GET", "/", many, b"\r\n")]))}


@cache
def bomb_of(size: int) -> bytes:
    return gzip.compress(bytes(size))


def gzip_bomb(served: Served) -> set[int]:
    bomb = bomb_of(100 * MIB)
    coding = b"Content-Encoding: gzip\r\nContent-Type: text/csv\r\n"
    as_file = b"Content-Type: text/csv\r\n"
    return {
        raw(served, of_length(upload(served, coding), bomb)),
        raw(served, of_length(upload(served, as_file), bomb)),
    }


@cache
def parts() -> tuple[bytes, ...]:
    part = b'--b\r\nContent-Disposition: form-data; name="%d"\r\n\r\nx\r\n'
    many = b"".join(part % number for number in range(100_000))
    boundless = b"--b\r\n" + b"a" * (9 * MIB)
    nameless = b"--b\r\n" + b"X: y\r\n" * 200_000 + b"\r\n\r\nx\r\n--b--\r\n"
    return many, boundless, nameless


def hostile_multipart(served: Served) -> set[int]:
    return {raw(served, of_length(upload(served, FORM), body)) for body in parts()}


def nothing(_: Served) -> set[int]:
    """For comparison: what readers wait for anyway."""
    time.sleep(1)
    return {0}


def slow_connections(served: Served) -> set[int]:
    """Two hundred that send a byte now and then."""
    begun = [
        head("GET", "/"),
        head("POST", "/sign-in", SITE, FORM, b"Content-Length: 9999\r\n\r\n"),
    ]
    connections = [connected(served) for _ in range(200 // ATTACKERS)]
    try:
        for number, connection in enumerate(connections):
            connection.sendall(begun[number % 2])
        for _ in range(3):
            time.sleep(1)
            for connection in connections:
                with suppress(OSError):
                    connection.sendall(b"a")
    finally:
        for connection in connections:
            connection.close()
    return {0}


ATTACKS: dict[str, tuple[Attack, set[int]]] = {
    "nothing": (nothing, {0}),
    "300 MiB anonymous": (anonymous_upload, {0, 303, 413}),
    "300 MiB sign-in": (sign_in_without_end, {0, 400, 413}),
    "64 KiB headers": (large_headers, {0, 431}),
    "10,000 headers": (many_headers, {0, 431}),
    "gzip bombs": (gzip_bomb, {0, 415, 422}),
    "hostile multipart": (hostile_multipart, {0, 400, 413, 422}),
    "200 slow senders": (slow_connections, {0}),
}


def attack(served: Served, name: str, until: float) -> set[int]:
    once, _ = ATTACKS[name]
    seen: set[int] = set()
    while time.monotonic() < until:
        seen |= once(served)
    return seen


def measure(served: Served, name: str, seconds: float) -> bool:
    """Prints one line; whether it is within the limits."""
    _, harmless = ATTACKS[name]
    before, load, until = memory(served.pid), Load(served), time.monotonic() + seconds
    # In processes of their own: what they take of this one's, readers would wait for.
    with load.running(), ProcessPoolExecutor(ATTACKERS, get_context("spawn")) as pool:
        made = [pool.submit(attack, served, name, until) for _ in range(ATTACKERS)]
        seen = set[int]().union(*(future.result() for future in made))
    grown = load.most - before
    fine = not load.refused and load.slow < SLOWEST and grown <= MOST and seen <= harmless
    print(
        f"{name:18} {len(load.waits):7} {load.slow:9.2f} s {max(load.waits):9.2f} s"
        f" {grown:+8.0f} MB  {', '.join(map(str, sorted(seen))):15} {'' if fine else 'TOO MUCH'}"
    )
    return fine


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as data_dir, serving(data_dir) as served:
        for page in PAGES:
            httpx2.get(served.address + page, timeout=60).raise_for_status()
        print(f"{'attack':18} answers {'95th pct':>11} {'slowest':>11} {'memory':>11}  statuses")
        fine = [measure(served, name, seconds) for name in ATTACKS]
        assert httpx2.get(served.address + "/readyz", timeout=60).status_code == 200
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    main()
