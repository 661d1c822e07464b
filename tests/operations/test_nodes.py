"""Two nodes of two workers each on one database: the same answers, none of them outdated."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from tests.builders import SOURCE, month_file
from tests.faults.service import Service, service
from tests.operations.caddy import caddy
from tests.programs import ANSWER_TIMEOUT_S
from tests.waiting import running

OUTDATED_S = 1.0
"""Seconds after the publisher's answer from which on nobody may be told what stood before."""
MONTH = "2025-08"
WATCHED = f"/api/v1/shares.csv?source={SOURCE}&from={MONTH}&to={MONTH}&origin=chinese"
PAGES = (
    "/", "/trends", "/trends?by=developer", "/developers/qwen", "/methods", "/uploads",
    "/trends.svg", "/trends.png", "/trends.csv", "/feed.atom", "/openapi.json",
    "/api/v1/shares", "/api/v1/observations.csv?limit=100",
)  # fmt: skip


@pytest.fixture
def nodes(filled_database_url: str, tmp_path: Path) -> Iterator[list[Service]]:
    with (
        service(filled_database_url, tmp_path / "first") as first,
        service(filled_database_url, tmp_path / "second") as second,
    ):
        yield [first, second]


@dataclass
class Stand:
    """What the watched month is, from when on it may be told, and from when on it must be."""

    share: float | None
    possible: float
    certain: float = float("inf")


@dataclass
class Told:
    """An answer to a reader: when it was asked for, when it came, and the share it tells."""

    began: float
    ended: float
    share: float | None


@dataclass
class Readers:
    """Readers of whichever node, who note what they are told."""

    nodes: list[Service]
    told: list[Told] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def watch(self, client: httpx2.Client) -> None:
        while not self.stopped.is_set():
            began = time.monotonic()
            answer = client.get(random.choice(self.nodes).address + WATCHED)
            self.told.append(Told(began, time.monotonic(), share_of(answer)))
            self._note(answer)

    def browse(self, client: httpx2.Client) -> None:
        while not self.stopped.is_set():
            self._note(client.get(random.choice(self.nodes).address + random.choice(PAGES)))

    def _note(self, answer: httpx2.Response) -> None:
        if answer.status_code != 200:
            self.failures.append(f"{answer.status_code} {answer.url}")


def share_of(answer: httpx2.Response) -> float | None:
    header, *rows = (line.split(",") for line in answer.text.splitlines())
    return float(rows[0][header.index("share_pct")]) if rows else None


@contextmanager
def reading(nodes: list[Service]) -> Iterator[Readers]:
    readers = Readers(nodes)
    # Each question over a connection of its own, so that either worker may take it.
    limits = httpx2.Limits(max_keepalive_connections=0)
    with httpx2.Client(timeout=ANSWER_TIMEOUT_S, limits=limits) as client:
        kinds = [partial(readers.watch, client)] * 3 + [partial(readers.browse, client)] * 2
        with running(kinds, readers.stopped):
            yield readers


def outdated(told: Told, stands: list[Stand]) -> bool:
    """Whether an answer tells none of the stands that it may tell."""
    following = [*stands[1:], Stand(None, float("inf"))]
    return not any(
        told.share == stand.share
        and stand.possible <= told.ended
        and told.began <= after.certain + OUTDATED_S
        for stand, after in zip(stands, following, strict=True)
    )


def test_no_node_tells_what_was_replaced_over_a_second_ago(
    nodes: list[Service], filled_db: Database
) -> None:
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        headers = {"Authorization": f"Bearer {create_token(session, 'ada', 'nodes')}"}
    before = share_of(nodes[0].client.get(WATCHED))
    stands = [Stand(before, 0, 0)]
    with reading(nodes) as readers:
        for number in range(8):
            # Published by either node, and every third one withdrawn by the other.
            here, there = nodes[number % 2].client, nodes[1 - number % 2].client
            stands.append(Stand(float(10 + number), time.monotonic()))
            done = here.post(
                f"/api/v1/uploads?source={SOURCE}&mode=publish&reason=number+{number}",
                content=month_file(f"{10 + number}", MONTH),
                headers=headers | {"Content-Type": "text/csv"},
            )
            assert done.status_code == 201, done.text
            stands[-1].certain = time.monotonic()
            time.sleep(random.uniform(0.1, 1.3))
            if number % 3 == 2:
                published = done.json()
                stands.append(Stand(float(9 + number), time.monotonic()))
                done = there.post(
                    f"/api/v1/uploads/{published['id']}/withdraw",
                    json={"reason": "once more", "version": published["version"]},
                    headers=headers,
                )
                assert done.status_code == 200, done.text
                stands[-1].certain = time.monotonic()
                time.sleep(random.uniform(0.1, 1.3))
    assert readers.failures == []
    assert len({each.share for each in readers.told}) > 4
    assert [each for each in readers.told if outdated(each, stands)] == []


def test_every_worker_of_every_node_gives_the_same_bytes_and_tags(nodes: list[Service]) -> None:
    headers = {"Host": "shares.example"}
    for page in PAGES:
        answers = [node.client.get(page, headers=headers) for node in nodes for _ in range(6)]
        assert {answer.status_code for answer in answers} == {200}, page
        assert len({answer.headers["etag"] for answer in answers}) == 1, page
        assert len({answer.content for answer in answers}) == 1, page


def test_a_proxy_passes_over_a_node_that_is_down(nodes: list[Service], tmp_path: Path) -> None:
    places = [urlsplit(node.address).netloc for node in nodes]
    with caddy(tmp_path, *places) as (port, _):
        address = f"https://localhost:{port}/healthz"

        def requests_of(node: Service) -> int:
            return node.log.read_text().count('"/healthz"')

        with httpx2.Client(verify=False, timeout=ANSWER_TIMEOUT_S) as client:
            before = [requests_of(node) for node in nodes]
            assert {client.get(address).status_code for _ in range(20)} == {200}
            assert all(requests_of(node) > count for node, count in zip(nodes, before, strict=True))
            nodes[0].stop()
            assert {client.get(address).status_code for _ in range(20)} == {200}
