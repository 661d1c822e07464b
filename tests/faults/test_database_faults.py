"""PostgreSQL dies, freezes, fills up or takes no changes, under load: what readers are told.

Two real workers on a real server of the test's own. The times are those of the promise, not of
the machine: they are far above what an answer takes.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import httpx2
import pytest

from tests.faults.cluster import Cluster
from tests.faults.service import Service, service
from tests.markup import select_one, text_of, words_for_people
from tests.waiting import running

pytestmark = pytest.mark.faults

PAGES = ("/", "/trends?by=developer", "/api/v1/shares", "/uploads", "/healthz")
CONFIRMED_S = 1.1
FILE = b"month,origin,share_pct\n2026-10,chinese,30\n2026-10,us,60\n"


@pytest.fixture(scope="module")
def served(database: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(database.url, tmp_path_factory.mktemp("served")) as running:
        yield running


class Readers:
    """Six that ask one page after the other: when each began, how long it took, what it got."""

    def __init__(self, served: Service) -> None:
        self.served = served
        self.answers: list[tuple[float, float, str, httpx2.Response]] = []
        self.failures: list[str] = []
        self.stopped = threading.Event()

    def read(self, page: int) -> None:
        with httpx2.Client(base_url=self.served.address, timeout=30) as client:
            while not self.stopped.is_set():
                path = PAGES[page % len(PAGES)]
                began = time.monotonic()
                try:
                    answer = client.get(path)
                except httpx2.HTTPError as error:
                    self.failures.append(f"{path}: {error!r}")
                else:
                    self.answers.append((began, time.monotonic() - began, path, answer))
                page += 1
                time.sleep(0.02)

    def since(self, moment: float) -> list[tuple[float, str, httpx2.Response]]:
        return [(took, path, got) for began, took, path, got in self.answers if began >= moment]


@contextmanager
def reading(served: Service) -> Iterator[Readers]:
    readers = Readers(served)
    with running([partial(readers.read, page) for page in range(6)], readers.stopped):
        yield readers


def all_is_well(served: Service, workers: set[int]) -> None:
    """Every worker answers every page."""
    for path in PAGES:
        for answer in served.get_from_each(path, workers).values():
            assert answer.status_code == 200, answer.text


def seconds_until_well(served: Service, workers: set[int]) -> float:
    """Until the moment from which on every worker answers every page."""
    began = time.monotonic()
    while (asked_at := time.monotonic()) - began < 30:
        answers = [a for path in PAGES for a in served.get_from_each(path, workers).values()]
        if all(answer.status_code == 200 for answer in answers):
            return asked_at - began
    raise AssertionError("it did not come back")


def check_refusals(readers: Readers, since: float, within: float) -> None:
    """What was asked while the database was away: 503 in words, soon, and the process lives."""
    assert readers.failures == []
    seen = readers.since(since)
    assert seen
    for took, path, answer in seen:
        assert took < within, f"{path} took {took:.2f} s"
        if path == "/healthz":
            assert answer.status_code == 200
            continue
        assert answer.status_code in {200, 503}, answer.text
        if answer.status_code == 503:
            kind = "application/problem+json" if path.startswith("/api/") else "text/html"
            assert answer.headers["content-type"].startswith(kind)
            assert int(answer.headers["retry-after"]) > 0
            shown = words_for_people(answer.headers["content-type"], answer.text)
            assert "Please try again" in shown
    assert {503} == {a.status_code for _, path, a in seen[-12:] if path != "/healthz"}


def test_killed_under_load_readers_are_asked_to_come_back_and_it_returns(
    database: Cluster, served: Service
) -> None:
    workers = served.wait_for_both()
    all_is_well(served, workers)
    with reading(served) as readers:
        time.sleep(1)
        killed = time.monotonic()
        database.kill()
        time.sleep(3)
    check_refusals(readers, killed, within=2)
    database.start()
    assert seconds_until_well(served, workers) < 5
    assert served.wait_for_both() == workers


def test_frozen_readers_are_answered_within_five_seconds_and_it_returns(
    database: Cluster, served: Service
) -> None:
    workers = served.wait_for_both()
    all_is_well(served, workers)
    with reading(served) as readers:
        time.sleep(1)
        frozen = time.monotonic()
        database.signal_all(signal.SIGSTOP)
        time.sleep(7)
    slowest = max(took for began, took, _, _ in readers.answers if began + took > frozen)
    assert slowest < 5
    check_refusals(readers, frozen, within=5)
    database.signal_all(signal.SIGCONT)
    assert seconds_until_well(served, workers) < 5
    assert served.wait_for_both() == workers


def test_many_at_once_are_answered_within_five_seconds_while_it_is_frozen(
    database: Cluster, served: Service
) -> None:
    workers = served.wait_for_both()
    database.signal_all(signal.SIGSTOP)
    try:
        # For that long a worker may give what it has kept.
        time.sleep(CONFIRMED_S)
        began = time.monotonic()
        answers = served.ask("/api/v1/shares", 150)
        assert time.monotonic() - began < 5
        assert {answer.status_code for answer in answers} == {503}
    finally:
        database.signal_all(signal.SIGCONT)
    assert seconds_until_well(served, workers) < 5


def test_where_others_took_all_connections_it_is_503_and_never_500(
    database: Cluster, served: Service
) -> None:
    workers = served.wait_for_both()
    database.kill()
    database.start("max_connections=6", "superuser_reserved_connections=0")
    answers = [answer for _ in range(4) for answer in served.ask("/trends?by=developer", 60)]
    assert {answer.status_code for answer in answers} == {200, 503}
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert "Too many are asking" in text_of(select_one(refused.text, "main"))
    assert int(refused.headers["retry-after"]) > 0
    database.kill()
    database.start()
    assert seconds_until_well(served, workers) < 5


def test_read_only_all_reads_work_and_writes_say_so(
    database: Cluster, served: Service, token: dict[str, str]
) -> None:
    workers = served.wait_for_both()
    database.kill()
    database.start("default_transaction_read_only=on")
    seconds_until_well(served, workers)
    all_is_well(served, workers)
    address = f"{served.address}/api/v1/uploads?source=huggingface-study-2025"
    checked = httpx2.post(address, headers=token, content=FILE, timeout=30)
    assert checked.status_code == 200, checked.text
    sent = httpx2.post(f"{address}&mode=publish", headers=token, content=FILE, timeout=30)
    assert sent.status_code == 503
    assert sent.headers["content-type"] == "application/problem+json"
    assert "the database is read-only" in sent.json()["title"]
    form = {"name": "ada", "password": "nonsense"}
    signed = httpx2.post(f"{served.address}/sign-in", data=form, timeout=30)
    assert signed.status_code == 503
    assert "the database is read-only" in text_of(select_one(signed.text, "main"))
    assert signed.headers["content-type"].startswith("text/html")
    database.kill()
    database.start()
    assert seconds_until_well(served, workers) < 5


def test_no_failure_above_was_a_fault_of_ours(served: Service) -> None:
    faults = [line for line in served.lines() if line["level"] == "error"]
    assert faults == []
    assert {line["status"] for line in served.lines() if "status" in line} <= {200, 503}
