"""Users, servers and guardians of the embedded PostgreSQL that are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.database.embedded.server import wait_until_stopped
from tests.database.embedded.builders import NOBODY, ORDINARILY, Start, User, ends, query, server_id


def socket_directory(home: Path) -> Path:
    return Path((home / "postgres" / "postmaster.pid").read_text().splitlines()[4])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_server_is_left_when_its_only_user_is_killed(
    start: Start, home: Path, number: signal.Signals
) -> None:
    user = start()
    assert user.says.startswith("postgresql+psycopg://")
    server = server_id(home)
    directory = socket_directory(home)

    user.kill(number)

    assert ends(server)
    wait_until_stopped(home)
    assert not directory.exists()


def test_everything_killed_at_once_loses_nothing(start: Start, home: Path) -> None:
    user = start()
    query(user.says, "CREATE TABLE kept AS SELECT 42 AS answer")
    server = server_id(home)
    supervisor = parent_of(server)
    os.kill(supervisor, signal.SIGSTOP)  # lest it is quicker than we are
    for process in (server, supervisor, user.process.pid):
        os.kill(process, signal.SIGKILL)
    # It may be gone already: any start of this user removes what nobody holds any more.
    directory = socket_directory(home)
    user.kill(signal.SIGKILL)
    # After a restart of the machine the number in the left file may be anybody's.
    with subprocess.Popen([*ORDINARILY, "sleep", "60"]) as stranger:
        left = home / "postgres" / "postmaster.pid"
        left.write_text(left.read_text().replace(str(server), str(stranger.pid), 1))

        url = start().says
        stranger.kill()

    assert not directory.exists()
    assert query(url, "SELECT answer FROM kept") == 42
    query(url, "DROP TABLE kept")


def test_a_killed_guardian_hinders_nobody(start: Start, home: Path) -> None:
    assert start().says
    server, directory = server_id(home), socket_directory(home)
    os.kill(parent_of(server), signal.SIGKILL)
    url = start().says
    assert query(url, "SELECT 1") == 1
    # Only Linux tells the server of its parent's death; elsewhere it goes on.
    assert (server_id(home) == server) == (sys.platform != "linux")
    if server_id(home) != server:
        assert not directory.exists()


def parent_of(process: int) -> int:
    parent = subprocess.check_output(["ps", "-o", "ppid=", "-p", str(process)], text=True)
    return int(parent)


def test_nothing_half_made_is_left_when_the_first_start_is_killed(
    prefix: list[str], tmp_path: Path
) -> None:
    if prefix:
        os.chown(tmp_path, NOBODY, NOBODY)
    user = User(tmp_path, prefix)
    while not (tmp_path / "postgres.unfinished").exists():
        time.sleep(0.01)
    user.kill(signal.SIGKILL)
    assert not (tmp_path / "postgres").exists()

    again = User(tmp_path, prefix)
    assert query(again.says, "SELECT 1") == 1
    again.leave()
    wait_until_stopped(tmp_path)
