"""The procedure of docs/operations.md: a dump under load, restored into an empty cluster."""

import io
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from app.csv_io.schema import FileLimits
from app.database.embedded.binaries import find_binaries
from app.database.session import Database
from app.domain.vocabulary import Openness
from app.ingest.publish import publish_upload
from app.ingest.stored_files import store_upload
from app.main import create_app
from tests.databases import open_database
from tests.faults.cluster import Cluster, cluster
from tests.programs import modelshare

PAGES = (
    "/api/v1/shares?as_of={now}",
    "/api/v1/shares?by=developer&as_of={now}",
    "/trends.csv?by=model&as_of={now}",
    "/uploads/1/file",
)
SOURCE = "huggingface-study-2025"


@pytest.fixture(scope="module")
def empty_cluster() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


def address_of(url: str) -> str:
    """As libpq takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def publish(db: Database, number: int) -> None:
    content = f"month,origin,share_pct\n2026-10,us,{number}\n".encode()
    with db.writing() as session:
        upload = store_upload(
            session,
            io.BytesIO(content),
            filename="a.csv",
            by="ada",
            source=SOURCE,
            openness=Openness.OPEN,
        )
        publish_upload(session, upload, by="ada", reason="a test", limits=FileLimits())


def answers(url: str, now: str) -> list[str]:
    with TestClient(create_app(Database(url))) as client:
        responses = [client.get(page.format(now=now)) for page in PAGES]
    assert {answer.status_code for answer in responses} == {200}
    return [without_moment(answer.text) for answer in responses]


def without_moment(text: str) -> str:
    return text.partition('"meta"')[0]


def test_a_dump_made_under_load_gives_the_same_answers_in_an_empty_cluster(
    filled_database_url: str, filled_db: Database, empty_cluster: Cluster, tmp_path: Path
) -> None:
    binaries, dump = find_binaries(tmp_path / "none"), tmp_path / "backup.dump"
    publish(filled_db, 1)
    with filled_db.engine.connect() as connection:
        now = connection.exec_driver_sql("SELECT max(published_at) FROM upload").scalar_one()
    stopped = threading.Event()

    def go_on_publishing() -> None:
        number = 2
        while not stopped.is_set():
            publish(filled_db, number % 90 + 2)
            number += 1

    busy = threading.Thread(target=go_on_publishing)
    busy.start()
    try:
        command = [str(binaries / "pg_dump"), "--format=custom", f"--file={dump}"]
        subprocess.run([*command, address_of(filled_database_url)], check=True)
    finally:
        stopped.set()
        busy.join()

    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    restore = [str(binaries / "pg_restore"), *options]
    target = address_of(empty_cluster.url)
    subprocess.run([*restore, f"--dbname={target}", dump], check=True)
    granted = modelshare(empty_cluster.url, "migrate", "--app-role", "modelshare_app")
    assert granted.returncode == 0, granted.stderr

    instant = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert answers(empty_cluster.url, instant) == answers(filled_database_url, instant)
    serving = make_url(empty_cluster.url).set(username="modelshare_app")
    serving_url = serving.render_as_string(hide_password=False)
    assert answers(serving_url, instant) == answers(filled_database_url, instant)
    with open_database(empty_cluster.url) as db:
        publish(db, 99)  # goes on where it stopped
