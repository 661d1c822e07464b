"""How long what was published takes to be seen on every worker."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from random import Random
from typing import Final

import httpx2

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from app.web.databases.version_watch import INTERVAL_S
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.databases import Databases
from tests.benchmarks.performance.goals import Result, Size
from tests.faults.service import Service, service

PUBLICATIONS: Final = {Size.BUNDLED: 100, Size.MILLION: 30}
SOURCE: Final = "openrouter-rankings"
MONTH: Final = "2026-10"
QUESTION: Final = f"/api/v1/shares?source={SOURCE}&from={MONTH}&to={MONTH}"
PAUSES: Final = Random(14)
LOOK_INTERVAL_S: Final = 0.005
VISIBLE_TIMEOUT_S: Final = 30


def measure_publishing(databases: Databases) -> list[Result]:
    return [measure_size(databases, size) for size in (Size.BUNDLED, Size.MILLION)]


def measure_size(databases: Databases, size: Size) -> Result:
    url = databases.url(size)
    token = make_token(url)
    place = databases.folder / f"publishing-{size.name}"  # a log of its own
    with service(url, place) as running, ExitStack() as stack:
        readers = readers_of_each(running)
        for reader in readers:
            stack.callback(reader.close)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
        publisher = httpx2.Client(
            base_url=running.address, headers=headers, timeout=60, verify=False
        )
        stack.callback(publisher.close)
        delays = sorted(
            publish_once(publisher, readers, 10 + number / 100)
            for number in range(1, PUBLICATIONS[size] + 1)
        )
    p95 = delays[int(len(delays) * 0.95)]
    figures = (
        f"median {delays[len(delays) // 2]:.2f} s, slowest {delays[-1]:.2f} s of"
        f" {len(delays)} publications; 2 workers"
    )
    return Result(goals.VISIBLE, size, p95, "", figures)


def make_token(url: str) -> str:
    db = Database(url)
    with db.writing() as session:
        add_maintainer(session, "publisher")
        token = create_token(session, "publisher", "benchmark")
    db.close()
    return token


def readers_of_each(running: Service) -> list[httpx2.Client]:
    """Return one client for each worker, which keeps its connection to it."""
    workers = running.wait_for_both()
    by_worker: dict[int, httpx2.Client] = {}
    while set(by_worker) != workers:
        client = httpx2.Client(base_url=running.address, timeout=60, verify=False)
        worker = running.worker_of(client.get(QUESTION))
        if worker in by_worker:
            client.close()
        else:
            by_worker[worker] = client
    return list(by_worker.values())


def publish_once(publisher: httpx2.Client, readers: list[httpx2.Client], share: float) -> float:
    """Publish a share; return after how many seconds the last reader saw it."""
    # Else each would begin just after the workers looked, where the last one was seen.
    time.sleep(PAUSES.uniform(0, INTERVAL_S))
    content = f"month,origin,share_pct\n{MONTH},chinese,{share}\n"
    query = {"mode": "publish", "source": SOURCE, "reason": "a benchmark"}
    answer = publisher.post("/api/v1/uploads", params=query, content=content.encode())
    published = time.perf_counter()
    if answer.status_code != 201:
        raise SystemExit(f"{answer.status_code}: {answer.text[:500]}")
    with ThreadPoolExecutor(len(readers)) as pool:
        return max(pool.map(partial(seconds_until_seen, published, share), readers))


def seconds_until_seen(published: float, share: float, reader: httpx2.Client) -> float:
    while (waited := time.perf_counter() - published) < VISIBLE_TIMEOUT_S:
        rows = reader.get(QUESTION).raise_for_status().json()["data"]
        if share in [row["share_pct"] for row in rows]:
            return time.perf_counter() - published
        time.sleep(LOOK_INTERVAL_S)
    raise SystemExit(f"{share} was not seen within {waited:.0f} s")
