"""Who goes away in the middle of a body: no fault of ours, in the log or in the counts."""

import socket
import struct
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import URL

from app.auth.accounts import add_maintainer, create_token
from app.auth.sessions import create_link, sign_in_by_link
from tests.databases import copied, open_database
from tests.faults.service import Service

FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
PARTS = "Content-Type: multipart/form-data; boundary=b\r\n"
CSV, JSON = "Content-Type: text/csv\r\n", "Content-Type: application/json\r\n"
LENGTH, CHUNKED = "Content-Length: 50000\r\n", "Transfer-Encoding: chunked\r\n"
FILE = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nmonth'
BODIES = {
    "a file": ("POST /api/v1/uploads?source=a", CSV + LENGTH, "month,"),
    "a chunked file": ("POST /api/v1/uploads?source=a", CSV + CHUNKED, "5\r\nmonth\r\n"),
    "a half chunk": ("POST /api/v1/uploads?source=a", CSV + CHUNKED, "5\r\nmo"),
    "a form of the API": ("POST /api/v1/uploads", PARTS + LENGTH, FILE),
    "JSON": ("POST /api/v1/sources", JSON + LENGTH, "{"),
    "a form with a file": ("POST /uploads", PARTS + LENGTH, FILE),
    "a form": ("POST /catalogue/developers", FORM + LENGTH, "a=b"),
    "a new password": ("POST /account", FORM + LENGTH, "a=b"),
    "a sign-in": ("POST /sign-in", FORM + LENGTH, "name=a"),
    "a sign-in in parts": ("POST /sign-in", PARTS + LENGTH, FILE),
    "nowhere": ("POST /nowhere", FORM + LENGTH, "a=b"),
    "a read with a body": ("GET /sources", FORM + LENGTH, "a=b"),
}


@pytest.fixture(scope="module")
def served(
    database_server: URL, filled_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, str]]:
    """One worker, and the headers of a maintainer's browser and program."""
    log = tmp_path_factory.mktemp("departed") / "log"
    with copied(database_server, filled_template) as url:
        with open_database(url) as db:
            with db.writing() as session:
                add_maintainer(session, "ada")
                token = create_token(session, "ada", "tests")
                link = create_link(session, "ada").partition("=")[2]
            cookie = sign_in_by_link(db, link)
        running = Service(url, log, WEB_CONCURRENCY="1")
        known = f"Cookie: session={cookie}\r\nAuthorization: Bearer {token}\r\n"
        yield running, f"Host: x\r\nSec-Fetch-Site: same-origin\r\n{known}"
        running.stop()


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("body", BODIES)
def test_who_goes_away_in_the_middle_of_a_body_is_no_fault_of_ours(
    served: tuple[Service, str], body: str, *, reset: bool
) -> None:
    running, known = served
    line, headers, sent = BODIES[body]
    place = urlsplit(running.address)
    before = len(running.lines())
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(f"{line} HTTP/1.1\r\n{known}{headers}\r\n{sent}".encode())
        time.sleep(0.3)  # until somebody waits for the rest
        if reset:
            gone = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone)
    deadline = time.monotonic() + 20
    path = line.split()[1].partition("?")[0]
    while not (seen := [at for at in running.lines()[before:] if at.get("path") == path]):
        assert time.monotonic() < deadline, running.log.read_text()
        time.sleep(0.02)
    assert [at["status"] for at in seen if at["status"] >= 500] == []
    assert [at for at in running.lines()[before:] if at["level"] == "error"] == []


def test_none_of_them_was_counted_as_a_failure(served: tuple[Service, str]) -> None:
    running, _ = served
    counted = running.client.get("/metrics").text
    assert 'status="400"' in counted
    assert 'status="5' not in counted
    assert 'status="0"' not in counted
