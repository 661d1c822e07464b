"""Readers while somebody holds a lock on what they read."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from sqlalchemy import text

from app.database.session import Database
from tests.markup import words_for_people

LONGEST_WAIT_S = 5


@pytest.mark.parametrize("table", ["origin_sum", "upload", "source"])
def test_no_lock_makes_a_reader_wait_over_five_seconds(
    own_server: str, filled_db: Database, table: str
) -> None:
    def read(path: str) -> tuple[float, httpx2.Response]:
        began = time.monotonic()
        answer = httpx2.get(own_server + path, timeout=60, verify=False)
        return time.monotonic() - began, answer

    paths = ["/", "/trends?by=developer", "/api/v1/shares", "/uploads", "/trends.png"] * 4
    with filled_db.engine.begin() as connection, ThreadPoolExecutor(len(paths)) as readers:
        connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        answers = list(readers.map(read, paths))
    refused = [answer for _, answer in answers if answer.status_code == 503]
    assert refused
    assert {answer.status_code for _, answer in answers} <= {200, 503}
    assert max(waited for waited, _ in answers) < LONGEST_WAIT_S
    for answer in refused:
        assert int(answer.headers["retry-after"]) > 0
        shown = words_for_people(answer.headers["content-type"], answer.text)
        assert "busy with another change" in shown or "Too many are asking" in shown
    assert read("/api/v1/shares")[1].status_code == 200
