"""A disk that is full: nothing is stored, and it says so in words.

As root: the figures lie on a file system of 8 MB. Elsewhere it is skipped, loudly.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from tests.faults.builders import small_disk, stored
from tests.faults.cluster import Cluster, filled_cluster
from tests.faults.service import Service, service

pytestmark = pytest.mark.faults

MONTHS = [f"{year}-{month:02}" for year in range(2020, 2025) for month in range(1, 13)]


@pytest.fixture
def database() -> Iterator[Cluster]:
    """Whose observations are on the small disk."""
    with filled_cluster() as made:
        place = made.home / "small"
        with small_disk(place):
            os.chown(place, made.data.stat().st_uid, -1)
            with psycopg.connect(made.url.replace("+psycopg", ""), autocommit=True) as connection:
                connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
                connection.execute("ALTER TABLE observation SET TABLESPACE small")
            try:
                yield made
            finally:
                made.stop()


@pytest.fixture
def served(database: Cluster, tmp_path: Path) -> Iterator[Service]:
    with service(database.url, tmp_path) as running:
        yield running


def test_on_a_full_disk_nothing_is_stored_and_reading_goes_on(
    database: Cluster, served: Service
) -> None:
    db = Database(database.url)
    with db.writing() as session:
        add_maintainer(session, "ada")
        token = create_token(session, "ada", "faults")
    db.close()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    rows = [
        f"{month},us,open,lab,m{number},0.05,{'n' * 90}"
        for month in MONTHS
        for number in range(1000)
    ]
    columns = "month,origin,openness,developer,model,share_pct,note"
    content = "\n".join([columns, *rows, ""]).encode()
    query = {"mode": "publish", "source": "huggingface-study-2025"}
    address = f"{served.address}/api/v1/uploads"
    sent = httpx2.post(address, params=query, headers=headers, content=content, timeout=120)
    assert sent.status_code == 507, sent.text
    assert sent.json()["title"] == "There is no room left on the server's disk"
    assert stored(database, content) == []
    for path in ("/", "/trends?by=developer", "/api/v1/shares", "/readyz"):
        assert served.client.get(path).status_code == 200
    small = b"month,origin,share_pct\n2020-01,us,50\n"
    again = httpx2.post(address, params=query, headers=headers, content=small, timeout=30)
    assert again.status_code == 201
