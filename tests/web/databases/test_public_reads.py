"""A streaming replica answers what the public reads, and nothing that is older than the primary."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from app.main import create_app
from tests.builders import publish_file
from tests.counters import counter_value
from tests.faults.cluster import Cluster, cluster, filled_cluster
from tests.waiting import wait_until

CURRENT_S = 1.0
"""Within which a replica that is behind is left alone."""
SOME_READS = ("/", "/trends", "/api/v1/shares", "/api/v1/observations.csv", "/feed.atom")


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    with filled_cluster() as made:
        yield made


@pytest.fixture(scope="module")
def replica(primary: Cluster) -> Iterator[Cluster]:
    if not (primary.binaries / "pg_basebackup").exists():
        pytest.skip("this PostgreSQL has no pg_basebackup")
    with cluster(primary) as made:
        yield made


@contextmanager
def reading_from(primary: Cluster, replica_url: str, store_bytes: int = 0) -> Iterator[TestClient]:
    application = create_app(
        Database(primary.url), store_bytes=store_bytes, replica=Database(replica_url)
    )
    with TestClient(application, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(primary: Cluster, replica: Cluster) -> Iterator[TestClient]:
    with reading_from(primary, replica.url) as client:
        wait_until(lambda: reads_from_replica(client, "/api/v1/sources"))
        yield client


def reads_from_replica(client: TestClient, address: str, **headers: str) -> bool:
    before = counter_value(client, "modelshare_replica_reads_total")
    assert client.get(address, headers=headers).status_code == 200
    return counter_value(client, "modelshare_replica_reads_total") > before


@contextmanager
def left_behind(replica: Cluster) -> Iterator[None]:
    """What the primary writes does not show on the replica."""
    with psycopg.connect(replica.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        # The pause is asked for, and begins after what is being replayed.
        is_paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        wait_until(lambda: connection.execute(is_paused).fetchone() == (True,))
        try:
            yield
        finally:
            connection.execute("SELECT pg_wal_replay_resume()")


def publish(primary: Cluster, share: int) -> None:
    db = Database(primary.url)
    try:
        content = f"month,origin,share_pct\n2026-10,chinese,{share}\n".encode()
        publish_file(db, content, reason=f"now {share}")
    finally:
        db.close()


def newest_share(client: TestClient, **headers: str) -> float:
    october = "/api/v1/shares.csv?from=2026-10&to=2026-10&origin=chinese"
    answer = client.get(october, headers=headers)
    assert answer.status_code == 200
    header, *rows = (line.split(",") for line in answer.text.splitlines())
    return float(rows[0][header.index("share_pct")])


@pytest.mark.parametrize("address", SOME_READS)
def test_what_the_public_reads_is_read_from_the_replica(client: TestClient, address: str) -> None:
    assert reads_from_replica(client, address)


def test_whoever_says_who_they_are_reads_from_the_primary(
    client: TestClient, primary: Cluster, replica: Cluster
) -> None:
    db = Database(primary.url)
    with db.writing() as session:
        add_maintainer(session, "grace")
        token = create_token(session, "grace", "reads")
    db.close()
    with left_behind(replica):
        publish(primary, 11)
        assert newest_share(client, Authorization=f"Bearer {token}") == 11.0
        assert newest_share(client, Cookie="session=x") == 11.0


def test_no_reader_gets_more_than_a_second_old_figures_from_a_replica_that_is_behind(
    client: TestClient, primary: Cluster, replica: Cluster
) -> None:
    with left_behind(replica):
        publish(primary, 12)
        time.sleep(CURRENT_S)
        assert newest_share(client) == 12.0
        assert not reads_from_replica(client, "/trends")
    wait_until(lambda: reads_from_replica(client, "/trends"))
    assert newest_share(client) == 12.0


def test_a_stored_answer_of_a_replica_that_is_behind_is_not_given(
    primary: Cluster, replica: Cluster
) -> None:
    with reading_from(primary, replica.url, store_bytes=1 << 20) as client:
        assert isinstance(client.app, FastAPI)
        wait_until(client.app.state.replica.is_current)
        publish(primary, 13)
        time.sleep(CURRENT_S)
        with left_behind(replica):
            assert newest_share(client) == 13.0
            publish(primary, 14)
            time.sleep(CURRENT_S)
            assert newest_share(client) == 14.0


def test_a_frozen_or_killed_replica_costs_no_reader_an_answer_for_long(
    client: TestClient, replica: Cluster
) -> None:
    replica.signal_all(signal.SIGSTOP)
    try:
        time.sleep(CURRENT_S)
        assert {client.get(address).status_code for address in SOME_READS} == {200}
        assert not reads_from_replica(client, "/")
    finally:
        replica.signal_all(signal.SIGCONT)
    wait_until(lambda: reads_from_replica(client, "/"))
    replica.kill()
    # At once: who finds nobody there turns to the primary.
    assert {client.get(address).status_code for address in SOME_READS} == {200}
    replica.start()
    wait_until(lambda: reads_from_replica(client, "/"))


def test_another_database_is_never_taken_for_a_replica(primary: Cluster) -> None:
    with filled_cluster() as other, reading_from(primary, other.url) as client:
        time.sleep(CURRENT_S)
        assert not reads_from_replica(client, "/")
