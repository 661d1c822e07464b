"""Workers killed and restarted while files are published: all or nothing, and nothing lost.

The first test takes about two minutes: thirty rounds, each with two workers to come back.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from tests.faults.builders import free_port, stored
from tests.faults.cluster import Cluster
from tests.faults.service import Service, service

pytestmark = pytest.mark.faults

ROUNDS = 30
SOURCE = "huggingface-study-2025"
ORIGINS = ("chinese", "us", "european", "other")
MONTHS = [f"{year}-{month:02}" for year in range(2000, 2020) for month in range(1, 13)]


def file_of(number: int, months: list[str] = MONTHS) -> bytes:
    """Other figures for every number, for the same months."""
    rows = [f"{month},{origin},{number % 90 / 4 + 1}" for month in months for origin in ORIGINS]
    return "\n".join(["month,origin,share_pct", *rows, ""]).encode()


def publish(served: Service, token: dict[str, str], content: bytes) -> httpx2.Response | None:
    """The answer, or None where the connection broke."""
    query = {"mode": "publish", "source": SOURCE, "reason": "a test"}
    try:
        return served.client.post("/api/v1/uploads", params=query, headers=token, content=content)
    except httpx2.TransportError:
        return None


def publish_until_it_is(served: Service, token: dict[str, str], content: bytes) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = publish(served, token, content)
        if answer is not None and answer.status_code in {200, 201}:
            published: dict[str, Any] = answer.json()
            return published
        time.sleep(0.1)
    raise AssertionError(answer and answer.text)


def test_a_worker_killed_in_mid_publish_leaves_all_or_nothing_and_it_can_be_repeated(
    database: Cluster, token: dict[str, str], tmp_path: Path
) -> None:
    lines = len(MONTHS) * len(ORIGINS)
    with service(database.url, tmp_path) as served:
        began = time.monotonic()
        publish_until_it_is(served, token, file_of(0))
        usual = time.monotonic() - began
        outcomes = []
        for number in range(1, ROUNDS + 1):
            workers = served.wait_for_both()
            content = file_of(number)
            sending = threading.Thread(target=publish, args=(served, token, content))
            sending.start()
            time.sleep(usual * number / ROUNDS)  # earlier and later in its course
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
            sending.join()
            stored_lines = stored(database, content)
            assert stored_lines in ([], [(True, lines)]), f"round {number}"
            outcomes.append(bool(stored_lines))
            again = publish_until_it_is(served, token, content)
            assert again["lines"] == lines
            assert stored(database, content) == [(True, lines)]
    assert False in outcomes  # else nothing was hit in its midst


class Sender:
    """Publishes one small file after the other, whatever comes back."""

    def __init__(self, address: str, token: dict[str, str]) -> None:
        self.address = address
        self.token = token
        self.acknowledged: list[bytes] = []
        self.refused: set[int] = set()
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.send, args=(month,)) for month in (1, 2, 3)]

    def send(self, month: int) -> None:
        query = {"mode": "publish", "source": SOURCE, "reason": "a test"}
        number = 0
        with httpx2.Client(base_url=self.address, headers=self.token, timeout=30) as client:
            while not self.stopped.is_set():
                number += 1
                row = f"2001-{month:02},us,{number % 9000 / 100 + 2:.2f}"
                content = f"month,origin,share_pct\n{row}\n".encode()
                try:
                    answer = client.post("/api/v1/uploads", params=query, content=content)
                except httpx2.TransportError:
                    time.sleep(0.05)
                    continue
                if answer.status_code == 201:
                    self.acknowledged.append(content)
                else:
                    self.refused.add(answer.status_code)

    def wait_for(self, more: int) -> None:
        acknowledged_goal, deadline = len(self.acknowledged) + more, time.monotonic() + 60
        while len(self.acknowledged) < acknowledged_goal:
            assert time.monotonic() < deadline, self.refused
            time.sleep(0.02)

    @contextmanager
    def sending(self) -> Iterator[None]:
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            for thread in self.threads:
                thread.join()


def test_restarts_under_load_lose_no_upload_that_was_acknowledged(
    database: Cluster, token: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    sender = Sender(f"http://127.0.0.1:{port}", token)
    with sender.sending():
        for number in range(2):
            with service(database.url, tmp_path / f"{number}", port):
                sender.wait_for(20)
        with service(database.url, tmp_path / "last", port):
            sender.wait_for(20)
            database.kill()
            database.start()
            sender.wait_for(20)
    assert sender.refused <= {503}
    for content in sender.acknowledged:
        assert (True, 1) in stored(database, content)


def test_a_request_that_runs_is_finished_before_the_service_stops(
    database: Cluster, token: dict[str, str], tmp_path: Path
) -> None:
    with service(database.url, tmp_path) as served:
        answers: list[httpx2.Response | None] = []
        content = file_of(77)
        thread = threading.Thread(target=lambda: answers.append(publish(served, token, content)))
        with psycopg.connect(database.url.replace("+psycopg", "")) as holding:
            # Whoever publishes waits for this lock.
            holding.execute("LOCK TABLE snapshot IN ACCESS EXCLUSIVE MODE")
            thread.start()
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as looking:
                while looking.execute(waiting).fetchone() == (0,):
                    time.sleep(0.01)
            served.process.send_signal(signal.SIGTERM)
            time.sleep(1)
        thread.join()
        assert served.process.wait(30) == 0
    assert answers[0] is not None
    assert answers[0].status_code == 201


def test_a_worker_that_is_frozen_is_replaced(database: Cluster, tmp_path: Path) -> None:
    with service(database.url, tmp_path) as served:
        frozen, other = served.wait_for_both()
        os.kill(frozen, signal.SIGSTOP)
        deadline = time.monotonic() + 60
        while "gave no sign of life" not in served.log.read_text():
            assert time.monotonic() < deadline, served.log.read_text()
            time.sleep(0.1)
        assert frozen not in (workers := served.wait_for_both())
        assert other in workers
