"""The embedded PostgreSQL, with real processes: users that come, leave and are killed."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.database.embedded import server as embedded_server
from app.database.embedded.binaries import find_binaries
from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from app.domain.errors import UnavailableError

# Prints the address, or what a user would read, and stays until its standard input is closed.
PROGRAM = """
import sys
from pathlib import Path
from app.database.embedded.server import run_embedded_postgres
from app.domain.errors import UnavailableError

try:
    with run_embedded_postgres(Path(sys.argv[1])) as url:
        print(url, flush=True)
        sys.stdin.read()
except UnavailableError as error:
    print(error.title, flush=True)
"""
NOBODY = 65534
# May read what root may, because the interpreter itself may lie in root's home; may write nothing.
AS_NOBODY = [
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search", "--"),
]
IS_ROOT = os.geteuid() == 0
ORDINARILY = AS_NOBODY if IS_ROOT else []


class User:
    """A process of its own that uses the cluster."""

    def __init__(self, home: Path, prefix: list[str]) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", PROGRAM, home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def says(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate()

    def kill(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.communicate()


def query(url: str, statement: str) -> object:
    to = make_url(url)
    with psycopg.connect(
        host=host_of(url),
        port=5432,
        user=to.username,
        dbname=to.database,
        autocommit=True,
    ) as connection:
        rows = connection.execute(statement)
        if rows.description is None:
            return None
        row = rows.fetchone()
        assert row
        return row[0]


def host_of(url: str) -> str:
    directory = make_url(url).query["host"]
    assert isinstance(directory, str)
    return directory


def server_id(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def socket_directory(home: Path) -> Path:
    return Path((home / "postgres" / "postmaster.pid").read_text().splitlines()[4])


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def ends(process: int) -> bool:
    deadline = time.monotonic() + 10
    while lives(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(process)


Start = Callable[[], User]


@pytest.fixture(scope="module", params=["root", "ordinary"] if IS_ROOT else ["ordinary"])
def prefix(request: pytest.FixtureRequest) -> list[str]:
    return ORDINARILY if request.param == "ordinary" else []


@pytest.fixture(scope="module")
def home(prefix: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Longer than a socket's path may be, with all that paths are broken by.
    home = tmp_path_factory.mktemp("home") / ("a long way off, über 'alles' & " * 5).strip()
    home.mkdir()
    if prefix:
        os.chown(home, NOBODY, NOBODY)
    return home


@pytest.fixture
def start(home: Path, prefix: list[str]) -> Iterator[Start]:
    users = []

    def start() -> User:
        users.append(User(home, prefix))
        return users[-1]

    yield start
    for user in users:
        user.kill(signal.SIGKILL)
    wait_until_stopped(home)


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


def test_everything_killed_at_once_loses_nothing(start: Start, home: Path) -> None:
    user = start()
    query(user.says, "CREATE TABLE kept AS SELECT 42 AS answer")
    server = server_id(home)
    supervisor = parent_of(server)
    os.kill(supervisor, signal.SIGSTOP)  # lest it is quicker than we are
    for process in (server, supervisor, user.process.pid):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(socket_directory(home))
    user.kill(signal.SIGKILL)
    # After a restart of the machine the number in the left file may be anybody's.
    with subprocess.Popen([*ORDINARILY, "sleep", "60"]) as stranger:
        left = home / "postgres" / "postmaster.pid"
        left.write_text(left.read_text().replace(str(server), str(stranger.pid), 1))

        url = start().says
        stranger.kill()

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
        directory.rmdir()


def parent_of(process: int) -> int:
    parent = subprocess.check_output(["ps", "-o", "ppid=", "-p", str(process)], text=True)
    return int(parent)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(start: Start, home: Path) -> None:
    assert start().says
    assert os.getsid(server_id(home)) != os.getsid(0)


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


def test_a_file_for_a_data_directory_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UnavailableError) as raised, run_embedded_postgres(file / "var"):
        pass
    assert raised.value.title == f"The data directory {file}/var cannot be used: Not a directory"
    assert "DATA_DIR" in raised.value.detail


def test_a_directory_one_may_not_write_to_is_one_clear_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    user = User(tmp_path / "var", ORDINARILY)
    assert user.says == f"The data directory {tmp_path}/var cannot be used: Permission denied"
    user.leave()
    tmp_path.chmod(0o755)


def test_it_may_lie_where_only_its_user_may_go(tmp_path: Path) -> None:
    """Such as in root's home: as root, PostgreSQL itself runs as somebody else."""
    tmp_path.chmod(0o700)
    program = tmp_path / "postgres"
    program.touch(mode=0o755)
    for ask in ("-r", "-x"):
        subprocess.run([*embedded_server._prefix(tmp_path), "test", ask, program], check=True)


def test_a_failed_start_shows_what_postgresql_said(start: Start, home: Path) -> None:
    start().leave()
    wait_until_stopped(home)
    configuration = home / "postgres" / "postgresql.auto.conf"
    configuration.write_text("colour = 'green'\n")
    with pytest.raises(UnavailableError, match="PostgreSQL did not start") as raised:
        enter(home)
    configuration.write_text("")
    assert 'unrecognized configuration parameter "colour"' in raised.value.detail
    assert str(home / "postgres.log") in raised.value.detail


def test_a_cluster_of_another_version_is_left_alone_with_advice(start: Start, home: Path) -> None:
    start().leave()
    wait_until_stopped(home)
    version = home / "postgres" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("9\n")
    with pytest.raises(UnavailableError, match="was made by PostgreSQL 9; found: ") as raised:
        enter(home)
    version.write_text(ours)
    assert raised.value.detail.startswith("Install PostgreSQL 9, or move that directory away")


def enter(home: Path) -> None:
    with run_embedded_postgres(home):
        pass


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a PostgreSQL of some version on the PATH."""

    def install(version: str) -> Path:
        for name in ("initdb", "postgres"):
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
            program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        return tmp_path

    return install


def test_a_cluster_gets_the_postgresql_it_was_made_by(
    installed: Callable[[str], Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = installed("16.4 (Debian 16.4-1)")
    cluster = tmp_path / "postgres-of-16"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("16\n")
    assert find_binaries(cluster) == directory
    assert caplog.messages == [f"Using PostgreSQL 16 from {directory}"]


def test_a_data_directory_that_is_made_is_for_nobody_else(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with run_embedded_postgres(home):
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        owner = (home / "postgres").stat().st_uid
        user_ids = {entry.pw_uid for entry in pwd.getpwall()}
        # As root it runs as a user that no other program is.
        assert owner not in user_ids if IS_ROOT else owner == os.geteuid()
    wait_until_stopped(home)
