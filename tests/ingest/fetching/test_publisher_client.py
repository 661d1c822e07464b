"""How a publisher is asked: again where that helps, not for ever, and kept as it answers."""

import json
import socket
import threading
from contextlib import suppress

from sqlalchemy import select

from app.database.fetch_tables import StoredAnswer
from app.database.session import Database
from tests.ingest.fetching.refusals import fetch_september, refused
from tests.publisher_server import RECORDINGS, Answer, PublisherServer

EXPORTS = "/api/v1/datasets/exports"
INDEX = f"{EXPORTS}/index.json"
RECORDED_INDEX = (RECORDINGS / "openrouter/exports/index.json").read_bytes()


def test_what_passes_is_tried_again(catalogue_db: Database, openrouter: PublisherServer) -> None:
    tries: list[str] = []

    def busy_at_first(path: str, _: dict[str, str]) -> Answer | None:
        tries.append(path)
        return Answer(status=503) if len(tries) < 3 else Answer(RECORDED_INDEX)

    openrouter.answers[INDEX] = busy_at_first
    assert fetch_september(catalogue_db, openrouter).outcome == "waiting"
    assert len(tries) == 3


def test_a_redirect_on_the_same_host_is_followed(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    moved = f"{EXPORTS}/there.json"
    openrouter.answers[INDEX] = Answer(status=301, headers={"Location": moved})
    openrouter.answers[moved] = Answer(RECORDED_INDEX)
    assert fetch_september(catalogue_db, openrouter).outcome == "waiting"


def test_headers_that_drip_for_ever_are_given_up(standing_db: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ending = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not ending.wait(0.1):
                    connection.sendall(b"a")

        thread = threading.Thread(target=drip)
        thread.start()
        slow = PublisherServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
        try:
            assert "did not end within 0.5 seconds" in refused(standing_db, slow)
        finally:
            ending.set()
            thread.join()


def test_what_the_publisher_wants_said_of_it_is_kept_short_and_plain(
    catalogue_db: Database, openrouter: PublisherServer
) -> None:
    document = json.loads(RECORDED_INDEX)
    document["attribution"] = "Say\x00 it\ud800 " + "again " * 1000
    openrouter.answers[INDEX] = Answer(json.dumps(document).encode())
    assert fetch_september(catalogue_db, openrouter).outcome == "waiting"
    with catalogue_db.reading() as session:
        (attribution,) = set(session.scalars(select(StoredAnswer.attribution)))
    assert attribution.startswith("Say\\x00 it\\ud800 again")
    assert len(attribution) == 500
