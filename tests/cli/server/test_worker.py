"""Two workers on one database: one answer everywhere, and what is published is seen on both."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from app.auth.accounts import add_maintainer, create_token
from app.database.schema_version import schema_revisions
from app.database.session import Database
from tests.databases import open_database
from tests.faults.service import Service, service
from tests.programs import modelshare

ADDRESSES = (
    "/",
    "/trends?by=developer&as_of={latest}",
    "/sources",
    "/uploads",
    "/methods",
    "/trends.svg",
    "/trends.png",
    "/trends.csv?as_of={latest}",
    "/api/v1/shares",
    "/api/v1/shares.csv?by=model",
    "/api/v1/shares?as_of={latest}",
    "/api/v1/figure",
    "/api/v1/observations",
    "/api/v1/sources",
    "/api/v1/events",
    "/static/style.css",
)
MOMENT = re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00| UTC)?")
SOURCE = "huggingface-study-2025"
VISIBLE_S = 1.0
"""Within which every worker shows what was published."""


@pytest.fixture
def served(filled_database_url: str, tmp_path: Path) -> Iterator[Service]:
    with service(filled_database_url, tmp_path) as running:
        yield running


def tags(served: Service, workers: set[int], address: str) -> set[str | None]:
    answers = served.get_from_each(address, workers).values()
    return {answer.headers.get("etag") for answer in answers}


def test_both_give_the_same_answer_and_tag(served: Service, filled_db: Database) -> None:
    workers = served.wait_for_both()
    with filled_db.engine.connect() as connection:
        latest = connection.exec_driver_sql("SELECT max(published_at) FROM upload").scalar_one()
    for address in ADDRESSES:
        path = address.format(latest=f"{latest:%Y-%m-%dT%H:%M:%S.%fZ}")
        answers = list(served.get_from_each(path, workers).values())
        assert [answer.status_code for answer in answers] == [200, 200], path
        assert len({without_moment(answer.text) for answer in answers}) == 1, path
        etags = {answer.headers.get("etag") for answer in answers}
        assert len(etags) == 1, path
        assert None not in etags, path


def without_moment(text: str) -> str:
    """Without the instant that a live answer was made at."""
    return MOMENT.sub("", text)


def test_a_tag_of_one_worker_is_known_to_the_other(served: Service) -> None:
    workers = served.wait_for_both()
    [tag] = tags(served, workers, "/api/v1/shares")
    assert tag
    served.client.headers["If-None-Match"] = tag
    answers = served.get_from_each("/api/v1/shares", workers).values()
    assert [answer.status_code for answer in answers] == [304, 304]


def test_what_is_published_is_seen_on_every_worker_within_a_second_under_one_new_tag(
    served: Service, filled_db: Database
) -> None:
    workers = served.wait_for_both()
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        token = create_token(session, "ada", "test")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    query = {"mode": "publish", "source": SOURCE, "reason": "a test"}
    address = f"/api/v1/shares?source={SOURCE}&from=2026-10"
    seen = tags(served, workers, "/api/v1/shares")
    for share in (12.25, 13.5, 14.75):
        content = f"month,origin,share_pct\n2026-10,chinese,{share}\n".encode()
        sent = served.client.post("/api/v1/uploads", params=query, headers=headers, content=content)
        assert sent.status_code == 201, sent.text
        # For that long a worker may give what it has kept; then each has it in its first answer.
        time.sleep(VISIBLE_S)
        first = served.get_from_each(address, workers)
        assert set(first) == workers
        for answer in first.values():
            assert [row["share_pct"] for row in answer.json()["data"] if row["share_pct"]] == [
                share
            ]
        [tag] = tags(served, workers, "/api/v1/shares")
        assert tag not in seen
        seen.add(tag)


def test_both_count_together(served: Service) -> None:
    workers = served.wait_for_both()
    served.get_from_each("/developers", workers)
    metrics = served.get_from_each("/metrics", workers).values()
    line = 'modelshare_answers_total{method="GET",route="/developers",status="200"}'
    counted = [float(answer.text.split(line)[1].split()[0]) for answer in metrics]
    assert min(counted) >= 2


def test_those_that_start_at_once_migrate_once_and_make_one_role(blank_database_url: str) -> None:
    done = []
    role = f"serving_{uuid4().hex[:8]}"

    def migrate() -> None:
        done.append(modelshare(blank_database_url, "migrate", "--app-role", role))

    starters = [threading.Thread(target=migrate) for _ in range(3)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert [run.returncode for run in done] == [0, 0, 0], [run.stderr for run in done]
    with open_database(blank_database_url) as db:
        current, expected = schema_revisions(db)
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")
    assert current == expected
