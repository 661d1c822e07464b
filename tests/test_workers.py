"""Two workers on one database: one answer everywhere, and what is published is seen on both."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app import accounts, migrations
from app.db import Db
from tests.conftest import opened
from tests.faults.service import Service, service
from tests.test_cli import modelshare

ADDRESSES = ("/trends?by=developer", "/trends.svg", "/api/v1/shares", "/static/style.css")
SOURCE = "huggingface-study-2025"


@pytest.fixture
def served(filled_database_url: str, tmp_path: Path) -> Iterator[Service]:
    with service(filled_database_url, tmp_path) as running:
        yield running


def test_both_give_the_same_answer_and_tag(served: Service, filled_db: Db) -> None:
    workers = served.wait_for_both()
    with filled_db.engine.connect() as connection:
        latest = connection.exec_driver_sql("SELECT max(published_at) FROM upload").scalar_one()
    instant = f"as_of={latest:%Y-%m-%dT%H:%M:%S.%fZ}"
    for address in ADDRESSES:
        pinned = f"{address}{'&' if '?' in address else '?'}{instant}"
        answers = list(served.get_from_each(pinned, workers).values())
        assert [answer.status_code for answer in answers] == [200, 200], pinned
        assert len({answer.headers.get("etag") for answer in answers}) == 1
        assert len({answer.content for answer in answers}) == 1


def test_what_is_published_is_seen_on_both_within_a_second(served: Service, filled_db: Db) -> None:
    workers = served.wait_for_both()
    with filled_db.writing() as session:
        accounts.add(session, "ada")
        token = accounts.create_token(session, "ada", "test")
    sent = served.client.post(
        f"/api/v1/uploads?mode=publish&source={SOURCE}",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
        content=b"month,origin,share_pct\n2026-10,chinese,12.25\n",
    )
    published = time.monotonic()
    assert sent.status_code == 201, sent.text
    # What either was asked within the first second already has it.
    answers = served.ask(f"/api/v1/shares?source={SOURCE}&from=2026-10", 8)
    assert time.monotonic() - published < 30  # the machine's, not the promise's
    assert {served.worker_of(answer) for answer in answers} <= workers
    for answer in [
        *answers,
        *served.get_from_each(answers[0].url.raw_path.decode(), workers).values(),
    ]:
        assert [row["share_pct"] for row in answer.json()["data"] if row["share_pct"]] == [12.25]


def test_both_count_together(served: Service) -> None:
    workers = served.wait_for_both()
    served.get_from_each("/developers", workers)
    told = served.get_from_each("/metrics", workers).values()
    line = 'modelshare_answers_total{method="GET",route="/developers",status="200"}'
    counted = [float(one.text.split(line)[1].split()[0]) for one in told]
    assert min(counted) >= 2


def test_two_that_start_at_once_migrate_once(blank_database_url: str) -> None:
    done = []

    def migrate() -> None:
        done.append(modelshare(blank_database_url, "migrate"))

    starters = [threading.Thread(target=migrate) for _ in range(3)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    with opened(blank_database_url) as db:
        found, expected = migrations.revisions(db)
    assert found == expected


def test_a_migration_gives_up_before_readers_queue_behind_it_for_long(filled_db: Db) -> None:
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER signed_once ON upload")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    with filled_db.engine.begin() as reader:
        reader.exec_driver_sql("LOCK TABLE upload IN SHARE ROW EXCLUSIVE MODE")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrations.upgrade(filled_db)
    migrations.upgrade(filled_db)
    found, expected = migrations.revisions(filled_db)
    assert found == expected
