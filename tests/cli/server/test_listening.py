"""The socket that `serve` listens on: handed over by systemd, or bound by itself."""

import os
import socket
from pathlib import Path

import httpx2
import pytest

from app.cli.server.listening import open_listening_socket
from app.domain.errors import UserError
from tests.faults.service import MODELSHARE, Service, start_with_socket
from tests.programs import ANSWER_TIMEOUT_S


def hand_over(monkeypatch: pytest.MonkeyPatch, count: str, pid: int) -> None:
    for name, text in {"LISTEN_FDS": count, "LISTEN_PID": f"{pid}"}.items():
        monkeypatch.setenv(name, text)


def test_more_than_one_socket_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over(monkeypatch, "2", os.getpid())
    with pytest.raises(UserError, match="One socket is expected, 2 were handed over"):
        open_listening_socket("127.0.0.1", 0)


def test_what_is_meant_for_another_process_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over(monkeypatch, "1", os.getppid())
    with open_listening_socket("127.0.0.1", 0) as listening:
        assert listening.fileno() != 3
        assert listening.getsockname()[1]
    # Nor does a child of ours take it for its own.
    assert "LISTEN_FDS" not in os.environ


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_socket_that_does_not_listen_is_refused_in_words(
    tmp_path: Path, kind: socket.SocketKind
) -> None:
    log = tmp_path / "log"
    with socket.socket(socket.AF_INET, kind) as handed_over, log.open("wb") as written:
        program = start_with_socket([f"{MODELSHARE}", "serve"], handed_over, stderr=written)
        assert program.wait(ANSWER_TIMEOUT_S) == 1
    assert log.read_text().splitlines() == [
        "What was handed over is no socket that listens on TCP.",
        "The unit's socket file needs one ListenStream with an address and a port.",
    ]


def test_it_serves_the_socket_that_it_is_given_and_no_port_of_its_own(
    read_only_database_url: str, tmp_path: Path
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as held,
        socket.create_server(("127.0.0.1", 0)) as taken,
    ):
        port = taken.getsockname()[1]
        log, url = tmp_path / "log", read_only_database_url
        running = Service(url, log, port, held, WEB_CONCURRENCY="1")
        try:
            assert running.address.endswith(f":{held.getsockname()[1]}")
            answer = httpx2.get(f"{running.address}/readyz", timeout=ANSWER_TIMEOUT_S)
            assert answer.status_code == 200
        finally:
            running.stop()
