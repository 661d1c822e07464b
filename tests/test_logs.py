"""Secrets sent in every way there is, in upload, form, header and address: no log tells one."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy.exc import IntegrityError

from app.auth.accounts import add_maintainer, create_token
from app.auth.sessions import create_link
from app.database.session import Database
from tests.conftest import RUN
from tests.faults.service import Service

SECRET = "Zx9secretQ7"
PASSWORD = f"{SECRET}-password-of-ada"
FILE = f"month,origin,share_pct,note\n2026-10,chinese,12,{SECRET}\n".encode()
BAD_FILE = f"month,origin,share_pct,note\n{SECRET},{SECRET},{SECRET},x\n".encode()

# PostgreSQL's own words for it quote the cell.
FAULTY = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'a cell: %', NEW.note USING ERRCODE = 'XX000'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON observation FOR EACH ROW EXECUTE FUNCTION fail()
"""


@pytest.fixture(params=[("json", "1"), ("json", "2"), ("text", "1"), ("text", "2")])
def served(
    request: pytest.FixtureRequest, filled_database_url: str, tmp_path: Path
) -> Iterator[Service]:
    form, workers = request.param
    log = tmp_path / "log"
    running = Service(filled_database_url, log, LOG_FORMAT=form, WEB_CONCURRENCY=workers)
    yield running
    if running.process.poll() is None:
        running.stop()


def test_no_log_tells_a_cell_a_token_a_password_or_a_query(
    served: Service, filled_db: Database
) -> None:
    with filled_db.writing() as session:
        add_maintainer(session, "ada", PASSWORD)
        token = create_token(session, "ada", "test")
        link = create_link(session, "ada").partition("=")[2]
    client = served.client
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    query = {"mode": "publish", "source": "huggingface-study-2025", "reason": SECRET}

    def send(content: bytes, **headers: str) -> httpx2.Response:
        return client.post(
            "/api/v1/uploads", params=query, headers=bearer | headers, content=content
        )

    assert client.get("/readyz").status_code == 200
    assert client.get("/", params={"by": SECRET}, headers={"X-A": SECRET}).status_code == 400
    assert client.get("/trends", params={SECRET: "1"}).status_code == 400
    assert client.get("/account", headers={"Cookie": f"session={SECRET}"}).status_code == 303
    assert send(BAD_FILE).status_code == 422
    assert send(b"\xff\0" + FILE).status_code == 422
    assert send(FILE, Authorization=f"Bearer oms_{SECRET}").status_code == 401
    ours = {"Origin": served.address}
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    broken = f"--b\r\n{SECRET}".encode()
    refused = client.post("/sign-in", headers=ours | multipart, content=broken)
    assert refused.status_code in {400, 401}
    for form in ({"name": "ada", "password": SECRET}, {"name": SECRET, "password": SECRET}):
        assert client.post("/sign-in", headers=ours, data=form).status_code == 401
    signed = client.post("/sign-in", headers=ours, data={"name": "ada", "password": PASSWORD})
    assert signed.status_code == 303
    assert client.get("/sign-in", params={"link": link}).status_code == 200
    assert client.post("/sign-in", headers=ours, data={"link": link}).status_code == 303
    client.cookies.clear()
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql(FAULTY.replace("%", "%%"))
    assert send(FILE).status_code == 500
    served.stop()

    log = served.log.read_text()
    assert "unexpected failure" in log
    assert "InternalError" in log
    cookie = signed.headers["set-cookie"].partition("=")[2].partition(";")[0]
    for secret in (SECRET, token, link, cookie):
        assert len(secret) > 10
        assert secret not in log


def test_postgresqls_own_log_tells_no_row(
    filled_db: Database, database_server: object, tmp_path: Path
) -> None:
    if "TEST_DATABASE_URL" in os.environ:
        pytest.skip("ITS LOG IS SOMEWHERE ELSE")
    insert = "INSERT INTO maintainer (name) VALUES (%s)"
    name = SECRET.lower()
    with filled_db.engine.begin() as connection:
        connection.exec_driver_sql(insert, (name,))
    with pytest.raises(IntegrityError, match=name), filled_db.engine.begin() as connection:
        connection.exec_driver_sql(insert, (name,))
    log = Path(os.environ[RUN], "postgres.log").read_text()
    assert "duplicate key value" in log
    assert name not in log


def test_as_text_only_failures_are_told(
    read_only_database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    log = tmp_path / "log"
    running = Service(read_only_database_url, log, LOG_FORMAT="text", WEB_CONCURRENCY="1")
    for _ in range(3):
        assert running.client.get("/").status_code == 200
    running.stop()
    lines = running.log.read_text().splitlines()
    for words, line in zip(("may also change", "is at http", "In force"), lines, strict=True):
        assert words in line
