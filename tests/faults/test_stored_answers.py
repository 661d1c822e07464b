"""With the database gone nothing is given from the store, as if it were current."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.counters import counter_value
from tests.faults.cluster import Cluster
from tests.faults.service import Service

pytestmark = pytest.mark.faults

PAGES = ("/", "/api/v1/shares", "/trends.svg", "/feed.atom")
CONFIRMED_S = 1.0
"""For which an answer may still be given once nobody knows what the database holds."""


@pytest.fixture
def served(database: Cluster, tmp_path: Path) -> Iterator[Service]:
    running = Service(database.url, tmp_path / "log", WEB_CONCURRENCY="1")
    yield running
    running.stop()


def fill(served: Service) -> None:
    before = counter_value(served.client, "modelshare_stored_answers_total")
    for _ in range(2):
        assert {served.client.get(page).status_code for page in PAGES} == {200}
    assert counter_value(served.client, "modelshare_stored_answers_total") >= before + len(PAGES)


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_what_is_kept_is_not_given_while_the_database_is_gone(
    database: Cluster, served: Service, fault: str
) -> None:
    fill(served)
    if fault == "killed":
        database.kill()
    else:
        database.signal_all(signal.SIGSTOP)
    try:
        time.sleep(CONFIRMED_S + 0.1)
        before = counter_value(served.client, "modelshare_stored_answers_total")
        for page in PAGES:
            answer = served.client.get(page)
            assert answer.status_code == 503, page
            assert "public" not in answer.headers["cache-control"]
        assert counter_value(served.client, "modelshare_stored_answers_total") == before
    finally:
        if fault == "killed":
            database.start()
        else:
            database.signal_all(signal.SIGCONT)
    deadline = time.monotonic() + 20
    while served.client.get("/").status_code != 200:
        assert time.monotonic() < deadline
    time.sleep(1)
    fill(served)
