"""Files that are sent in portions: so many at once, and the next are refused in words."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from sqlalchemy import URL

from app.domain.errors import TooOftenError, UnavailableError
from app.web.limits.streams import OF_ONE_ADDRESS, STREAMS_AT_ONCE, StreamPlaces
from tests.builders import publish_file
from tests.databases import copied, open_database
from tests.faults.service import Service

FILE = "/api/v1/observations.csv"
READ = ("/sources", "/api/v1/origins", "/methods", "/trends", "/uploads")


@pytest.fixture(scope="module")
def served(
    database_server: URL, filled_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """One worker on the bundled figures and so many lines that no socket holds them all."""
    log = tmp_path_factory.mktemp("streams") / "log"
    rows = [
        f"{year}-{month:02},us,open,lab,m{number},0.05,{'n' * 200}"
        for year in (2020,)
        for month in range(1, 13)
        for number in range(1_000)
    ]
    columns = "month,origin,openness,developer,model,share_pct,note"
    with copied(database_server, filled_template) as url:
        with open_database(url) as db:
            content = "\n".join([columns, *rows, ""]).encode()
            publish_file(db, content, source="huggingface-study-2025")
        running = Service(url, log, WEB_CONCURRENCY="1", RATE_LIMIT="120")
        yield running
        running.stop()


@contextmanager
def slow_stream(served: Service, address: str, path: str) -> Iterator[socket.socket]:
    """A connection that asked for a file, and takes nothing of it but the first bytes."""
    place = urlsplit(served.address)
    with socket.socket() as connection:
        connection.settimeout(60)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((place.hostname, place.port))
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {address}\r\n\r\n"
        connection.sendall(head.encode())
        yield connection


def test_readers_are_answered_beside_24_files_that_are_taken_slowly(served: Service) -> None:
    with ExitStack() as held:
        streams = [
            held.enter_context(slow_stream(served, f"192.0.2.{number}", FILE))
            for number in range(24)
        ]
        statuses = [stream.recv(12).decode().split()[1] for stream in streams]
        for number, path in enumerate(READ):
            headers = {"X-Forwarded-For": f"198.51.100.{number}"}
            assert served.client.get(path, headers=headers).status_code == 200
    assert set(statuses) <= {"200", "503"}
    assert statuses.count("200") >= STREAMS_AT_ONCE


def test_an_address_that_is_being_sent_files_is_told_when_to_ask_for_more(served: Service) -> None:
    with ExitStack() as held:
        for _ in range(OF_ONE_ADDRESS):
            stream = slow_stream(served, "203.0.113.9", FILE)
            assert held.enter_context(stream).recv(12) == b"HTTP/1.1 200"
        headers = {"X-Forwarded-For": "203.0.113.9"}
        refused = served.client.get(FILE, headers=headers)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["content-type"] == "application/problem+json"
        assert "is being sent 2 files already" in json.loads(refused.text)["title"]
        assert served.client.get("/sources", headers=headers).status_code == 200


def test_a_whole_file_comes_in_its_turns_and_gives_its_place_back(served: Service) -> None:
    headers = {"X-Forwarded-For": "203.0.113.10"}
    whole = {served.client.get(FILE, headers=headers).text for _ in range(OF_ONE_ADDRESS + 1)}
    assert len(whole) == 1
    assert len(whole.pop().splitlines()) > 12_000


def test_the_next_file_is_refused_until_one_has_been_sent() -> None:
    places = StreamPlaces()
    with ExitStack() as held:
        for number in range(STREAMS_AT_ONCE):
            held.enter_context(places.place(f"192.0.2.{number // OF_ONE_ADDRESS}"))
        with (
            pytest.raises(UnavailableError, match="Too many files are being sent"),
            places.place("198.51.100.1"),
        ):
            pass
        with pytest.raises(TooOftenError), places.place("192.0.2.0"):
            pass
    with places.place("198.51.100.1"):
        assert places.taken.total() == 1
    assert not places.taken
