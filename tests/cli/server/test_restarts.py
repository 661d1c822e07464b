"""Restarts of `modelshare serve` that no reader notices: real processes, signals and sockets."""

import os
import pty
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from app.paths import PROJECT
from tests.cli.server.http_protocol.builders import read_until
from tests.faults.service import Service
from tests.readers import Readers, reading
from tests.waiting import wait_until

P95_MAX_S = 3


@contextmanager
def started(url: str, log: Path, workers: int = 2, **how: str) -> Iterator[Service]:
    running = Service(url, log, 0, None, WEB_CONCURRENCY=f"{workers}", **how)
    try:
        running.client.get("/readyz")
        yield running
    finally:
        running.stop()


def logged(served: Service, words: str) -> int:
    return served.log.read_text().count(words)


def assert_nobody_noticed(readers: Readers, since: int) -> None:
    assert readers.failures() == []
    assert readers.percentile_95(since) < P95_MAX_S


def test_nobody_notices_that_two_workers_are_replaced(
    read_only_database_url: str, tmp_path: Path
) -> None:
    with started(read_only_database_url, tmp_path / "log") as served:
        before = served.wait_for_both()
        with reading(served.address) as readers:
            readers.wait_for(50)
            asked = len(readers.outcomes)
            served.process.send_signal(signal.SIGHUP)
            wait_until(lambda: logged(served, "All server processes are new"))
            readers.wait_for(50)
        assert_nobody_noticed(readers, asked)
        after = served.wait_for_both()
        assert not before & after
        assert {line["pid"] for line in served.lines() if line["message"] == "request"} > after


def test_a_single_process_starts_anew_and_its_readers_wait(
    read_only_database_url: str, tmp_path: Path
) -> None:
    with started(read_only_database_url, tmp_path / "log", workers=1) as served:
        with reading(served.address) as readers:
            readers.wait_for(50)
            asked = len(readers.outcomes)
            served.process.send_signal(signal.SIGHUP)
            wait_until(lambda: logged(served, "Open Model Share is at") == 2)
            readers.wait_for(50)
        assert readers.failures() == []
        assert len(readers.outcomes) > asked
        # And again: each hands the socket on.
        served.process.send_signal(signal.SIGHUP)
        wait_until(lambda: logged(served, "Open Model Share is at") == 3)
        assert served.client.get("/readyz").status_code == 200


def test_with_a_socket_that_is_held_a_new_start_refuses_nobody(
    read_only_database_url: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as held:
        first = Service(read_only_database_url, tmp_path / "1", listening=held)
        first.wait_for_both()
        assert urlsplit(first.address).port == held.getsockname()[1]
        with reading(first.address) as readers:
            readers.wait_for(50)
            asked = len(readers.outcomes)
            first.stop()
            second = Service(read_only_database_url, tmp_path / "2", listening=held)
            readers.wait_for(200)
        second.stop()
    assert_nobody_noticed(readers, asked)


@pytest.mark.parametrize("workers", [1, 2])
def test_who_connects_while_it_stops_is_refused_or_answered_and_not_reset(
    read_only_database_url: str, tmp_path: Path, workers: int
) -> None:
    with started(read_only_database_url, tmp_path / "log", workers) as served:
        with reading(served.address, each=8, retries_refused=True) as readers:
            readers.wait_for(100)
            served.process.send_signal(signal.SIGTERM)
            served.process.wait(30)
            time.sleep(0.2)
        # Those that were refused to the end have nothing else to say. The kernel resets who comes
        # between the last look at the door and its closing: one of eight at once, if ever.
        failures = Counter(readers.failures())
        assert failures.pop("ConnectionResetError", 0) <= 1
        assert set(failures) <= {"ConnectionRefusedError"}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_upload_that_trickles_does_not_hold_up_the_end(
    filled_database_url: str, filled_db: Database, tmp_path: Path, workers: int
) -> None:
    with filled_db.writing() as session:
        add_maintainer(session, "ada")
        token = create_token(session, "ada", "test")
    with started(filled_database_url, tmp_path / "log", workers) as served:
        place = urlsplit(served.address)
        with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
            head = (
                "POST /api/v1/uploads?source=huggingface-study-2025 HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {token}\r\nContent-Type: text/csv\r\n"
                "Content-Length: 100000\r\n\r\n"
            )
            connection.sendall(head.encode() + b"month,origin,share_pct\n")
            time.sleep(0.5)
            begun = time.monotonic()
            served.process.send_signal(signal.SIGTERM)
            answer = read_until(connection, b"send it again.\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert served.process.wait(30) in {0, -signal.SIGTERM}
        assert time.monotonic() - begun < 5
        assert [line for line in served.lines() if line["level"] == "error"] == []


def test_a_program_that_does_not_come_up_leaves_the_old_serving(
    read_only_database_url: str, tmp_path: Path
) -> None:
    flag = tmp_path / "broken"
    (tmp_path / "sitecustomize.py").write_text(
        f"import os\nif os.path.exists({str(flag)!r}):\n    os._exit(9)\n"
    )
    with started(read_only_database_url, tmp_path / "log", PYTHONPATH=f"{tmp_path}") as served:
        before = served.wait_for_both()
        flag.touch()
        served.process.send_signal(signal.SIGHUP)
        wait_until(lambda: logged(served, "The restart is given up"))
        assert logged(served, "the new process ended with 9")
        assert served.wait_for_both() == before
        flag.unlink()
        served.process.send_signal(signal.SIGHUP)
        wait_until(lambda: logged(served, "All server processes are new"))
        assert not served.wait_for_both() & before


def test_workers_are_added_and_taken_away_by_signals(
    read_only_database_url: str, tmp_path: Path
) -> None:
    with started(read_only_database_url, tmp_path / "log") as served:
        assert len(workers_of(served)) == 2
        served.process.send_signal(signal.SIGTTIN)
        wait_until(lambda: len(workers_of(served)) == 3)
        served.process.send_signal(signal.SIGTTOU)
        wait_until(lambda: len(workers_of(served)) == 2)
        assert served.client.get("/readyz").status_code == 200


def workers_of(served: Service) -> list[int]:
    """The processes that it has made, but for Python's own helper."""
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_text() for pid in children.split()}
    return [pid for pid, line in lines.items() if "resource_tracker" not in line]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_ends_with_its_terminal(
    read_only_database_url: str, tmp_path: Path, workers: str
) -> None:
    log = tmp_path / "log"
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(PROJECT)
        os.environ |= {"DATABASE_URL": read_only_database_url, "WEB_CONCURRENCY": workers}
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        run = f"exec .venv/bin/modelshare serve --port 0 2>'{log}'"
        os.execvp("sh", ["sh", "-c", run])
    wait_until(lambda: log.exists() and "Ctrl-C stops it" in log.read_text())
    os.close(terminal)
    wait_until(lambda: os.waitpid(child, os.WNOHANG)[0])
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_in_the_temporary_folder(
    read_only_database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    temporary = tmp_path / "t"
    temporary.mkdir()
    first = Service(read_only_database_url, tmp_path / "1", 0, None, TMPDIR=f"{temporary}")
    first.wait_for_both()
    [home] = temporary.iterdir()
    left = set(home.iterdir())
    assert left
    for pid in (first.process.pid, *workers_of(first)):
        os.kill(pid, number)
    first.process.wait(30)
    first.client.close()
    with started(read_only_database_url, tmp_path / "2", TMPDIR=f"{temporary}") as second:
        second.wait_for_both()
        assert not left & set(home.iterdir())
    assert list(temporary.iterdir()) == []
