"""The embedded PostgreSQL in use: started, shared, kept to its owner, stopped by the last."""

import os
import pwd
import signal
import stat
import subprocess
import time
from pathlib import Path

from app.database.embedded import server as embedded_server
from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from tests.database.embedded.builders import IS_ROOT, Start, ends, host_of, query, server_id


def test_the_last_one_out_stops_it(start: Start, home: Path) -> None:
    first = start()
    url = first.says
    second = start()
    assert second.says == url
    server = server_id(home)

    first.leave()
    time.sleep(0.3)
    assert query(url, "SELECT 1") == 1

    second.leave()
    assert ends(server)


def test_many_starters_at_once_share_one_cluster(start: Start) -> None:
    users = [start() for _ in range(5)]
    assert len({user.says for user in users}) == 1


def test_who_comes_while_it_stops_gets_a_new_one_with_the_data(start: Start) -> None:
    user = start()
    query(user.says, "CREATE TABLE kept AS SELECT 42 AS answer")
    user.kill(signal.SIGKILL)
    again = start()
    url = again.says
    assert query(url, "SELECT answer FROM kept") == 42
    query(url, "DROP TABLE kept")


def test_a_second_start_makes_nothing_anew(start: Start, home: Path) -> None:
    start().leave()
    made = (home / "postgres" / "PG_VERSION").stat()
    assert start().says
    again = (home / "postgres" / "PG_VERSION").stat()
    assert (again.st_ino, again.st_mtime_ns) == (made.st_ino, made.st_mtime_ns)


def test_only_its_owner_reaches_it_and_never_through_the_network(start: Start) -> None:
    url = start().says
    assert query(url, "SHOW listen_addresses") == ""
    directory = Path(host_of(url))
    assert directory.stat().st_mode & 0o777 == 0o700


def test_it_writes_utf_8_and_is_made_to_last(start: Start) -> None:
    url = start().says
    assert query(url, "SHOW server_encoding") == "UTF8"
    assert query(url, "SHOW fsync") == "on"


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(start: Start, home: Path) -> None:
    assert start().says
    assert os.getsid(server_id(home)) != os.getsid(0)


def test_it_may_lie_where_only_its_user_may_go(tmp_path: Path) -> None:
    """Such as in root's home: as root, PostgreSQL itself runs as somebody else."""
    tmp_path.chmod(0o700)
    program = tmp_path / "postgres"
    program.touch(mode=0o755)
    for ask in ("-r", "-x"):
        subprocess.run([*embedded_server._prefix(tmp_path), "test", ask, program], check=True)


def test_a_data_directory_that_is_made_is_for_nobody_else(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with run_embedded_postgres(home):
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        owner = (home / "postgres").stat().st_uid
        user_ids = {entry.pw_uid for entry in pwd.getpwall()}
        # As root it runs as a user that no other program is.
        assert owner not in user_ids if IS_ROOT else owner == os.geteuid()
    wait_until_stopped(home)
