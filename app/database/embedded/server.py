"""The embedded PostgreSQL of a first run and of the tests.

Its life hangs on two kernel file locks, so that nothing has to run when a process dies. Whoever
uses the cluster of a data directory holds `postgres.users` shared. The first one starts a
supervisor, which starts PostgreSQL and asks for `postgres.users` alone: the kernel grants that when
the last user is gone, kill -9 included, and the supervisor stops PostgreSQL. Supervisor and
PostgreSQL hold `postgres.guard`: while that is free, no process of the cluster lives.
"""

import fcntl
import logging
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import psycopg

from app.database.embedded.binaries import find_binaries
from app.domain.errors import UnavailableError
from app.paths import PROJECT

_NAME: Final = "modelshare"
_PORT: Final = 5432  # only a part of the socket's name
_START_TIMEOUT_S: Final = 60.0  # recovery after a crash takes a while
# No TCP. Terse, because PostgreSQL's log would else hold the row that a constraint refused, cell
# by cell.
_OPTIONS: Final = ("-c", "listen_addresses=", "-c", "log_error_verbosity=terse")
_NOBODY: Final = 65534  # the user id of `nobody` on Linux
_FIRST_UID: Final = 51_081  # above those that systems give out
# The data directory and the program itself may lie where only root may go, so the process keeps
# one capability. Without no_setuid_fixup, access(2) would disregard it for a user other than root.
_ROOTS_PATHS: Final = (
    *("--inh-caps=-all,+dac_override", "--ambient-caps=+dac_override"),
    "--securebits=+no_setuid_fixup",
)

_log = logging.getLogger(__name__)


@contextmanager
def run_embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Make and start the cluster in `data_dir` if need be, and yield its SQLAlchemy URL.

    PostgreSQL runs until the last process inside has left or died. Raise UnavailableError if the
    directory cannot be used or PostgreSQL does not start.
    """
    home = data_dir.resolve()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = _open(home / "postgres.users")
    except OSError as error:
        title = f"The data directory {home} cannot be used: {error.strerror}"
        hint = "Choose another with --data-dir or DATA_DIR, or name a server in DATABASE_URL."
        raise UnavailableError(title, hint) from error
    try:
        # This waits while a supervisor that is stopping the server holds the lock alone; then
        # _join starts the server afresh.
        fcntl.flock(users, fcntl.LOCK_SH)
        query = urlencode({"host": _join(home), "port": _PORT})
        yield f"postgresql+psycopg://{_NAME}@/{_NAME}?{query}"
    finally:
        os.close(users)


def wait_for_shutdown(data_dir: Path) -> None:
    """Return when the server that runs now has ended, whoever ended it."""
    # The server is no child of this process, so that it can only be polled.
    pidfile = data_dir.resolve() / "postgres" / "postmaster.pid"
    server = int(pidfile.read_text().split("\n")[0])
    while _lives(server):
        time.sleep(0.5)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it runs as another user
    return True


def wait_until_stopped(data_dir: Path) -> None:
    """Return when no process of the cluster lives. Raise UnavailableError after a minute."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        with _free_guard(data_dir) as guard:
            if guard is not None:
                return
        time.sleep(0.02)
    raise UnavailableError(f"The PostgreSQL in {data_dir} is still in use")


def _join(home: Path) -> str:
    """Start the cluster unless somebody has, and return its socket directory."""
    # Three states are told apart by the guard. Held: somebody starts or runs the server, who is
    # waited for. Free: nobody does, so this process starts it. Free again after that: it died.
    started = False
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        with _free_guard(home) as guard:
            if guard is None:
                if directory := _answering(home):
                    return directory
            elif started:
                raise UnavailableError("PostgreSQL did not start", _last_lines(home))
            else:
                _start(home, guard)
                started = True
        time.sleep(0.01)
    raise UnavailableError("PostgreSQL does not answer", _last_lines(home))


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def _free_guard(home: Path) -> Iterator[int | None]:
    """Yield the descriptor of the guard lock, None if a supervisor or a server holds it."""
    guard = _open(home / "postgres.guard")
    try:
        # A lock of flock(2) belongs to the open file: closing this descriptor frees it only if no
        # child has inherited it.
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield guard
    except BlockingIOError:
        yield None
    finally:
        os.close(guard)


def _answering(home: Path) -> str | None:
    """Return the socket directory once PostgreSQL takes connections and has our database."""
    # Line 5 of postmaster.pid is the socket directory, line 8 the status.
    try:
        lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
        directory, status = lines[4], lines[7].strip()
        if status == "ready":
            _create_database(directory)
            return directory
    except (FileNotFoundError, IndexError, psycopg.OperationalError):
        pass  # it is starting, or a killed one left the file
    return None


def _create_database(directory: str) -> None:
    with psycopg.connect(
        host=directory, port=_PORT, user=_NAME, dbname="postgres", autocommit=True
    ) as connection:
        existing = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_NAME])
        if existing.fetchone() is None:
            # Two may come here at once; either's database will do.
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(f"CREATE DATABASE {_NAME}")


def _start(home: Path, guard: int) -> None:
    """Make the cluster where there is none, and leave a supervisor behind that inherits `guard`."""
    cluster = home / "postgres"
    binaries = find_binaries(cluster)
    if not cluster.exists():
        _make(cluster, [*_prefix(home), f"{binaries}/initdb"], guard)
    # The guard was free, so a file that a killed server left here names nobody, or by now a
    # stranger: PostgreSQL would refuse to start because that process lives.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    server = [*_prefix(cluster), f"{binaries}/postgres", "-D", f"{cluster}", "-p", f"{_PORT}"]
    supervisor = [
        sys.executable,
        "-m",
        "app.database.embedded.supervisor",
        f"{home}/postgres.users",
        f"{guard}",
    ]
    with (home / "postgres.log").open("ab") as log:
        subprocess.run(
            [*supervisor, *server, *_OPTIONS],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[guard],
            check=True,
        )


def _make(cluster: Path, initdb: list[str], guard: int) -> None:
    """Make the cluster beside its place and move it there when it is complete."""
    # Who is killed halfway leaves only a directory that the next start removes.
    _log.info("Making a PostgreSQL cluster in %s", cluster)
    unfinished = cluster.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    options = ["--encoding=UTF8", "--locale=C", "--auth=trust", f"--username={_NAME}"]
    made = subprocess.run(
        [*initdb, *options, f"--pgdata={unfinished}"],
        capture_output=True,
        text=True,
        pass_fds=[guard],
        check=False,
    )
    if made.returncode != 0:
        raise UnavailableError(f"PostgreSQL could not make {cluster}", _tail(made.stderr))
    if os.geteuid() == 0 and unfinished.stat().st_uid == _NOBODY:
        _give_to_a_user_of_none(unfinished)
    unfinished.rename(cluster)


def _give_to_a_user_of_none(cluster: Path) -> None:
    """Give the cluster to a user id that belongs to nobody."""
    # Whatever else runs as `nobody` could read and signal it. Only initdb needs a user with a
    # name, so the owner can be changed once it is done.
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    owner = next(number for number in count(_FIRST_UID) if number not in taken)
    for path in (cluster, *cluster.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)


def _prefix(place: Path) -> list[str]:
    """Return the command under which programs that own `place` run.

    It has them signalled when their parent dies, and never be root, as which PostgreSQL refuses
    to run. It is empty where setpriv does not exist, as on macOS.
    """
    # SIGINT is a fast shutdown. Without the signal, a supervisor that is killed would leave a
    # server that nobody stops.
    signalled = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() != 0:
        return [*signalled, "--"] if _works(signalled) else []
    owner = place.stat().st_uid or _NOBODY
    ways = (
        [*signalled, f"--reuid={owner}", f"--regid={owner}", "--clear-groups", *_ROOTS_PATHS],
        # Some containers let root become no other user; there a user namespace will do.
        ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *signalled],
    )
    for way in filter(_works, ways):
        return [*way, "--"]
    detail = "Run as an ordinary user, or set DATABASE_URL to a running PostgreSQL."
    raise UnavailableError("PostgreSQL refuses to run as root", detail)


def _works(prefix: list[str]) -> bool:
    try:
        tried = subprocess.run([*prefix, "--", "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return tried.returncode == 0


def _last_lines(home: Path) -> str:
    log = home / "postgres.log"
    return _tail(log.read_text(errors="replace")) + f"\nThe whole log is {log}"


def _tail(text: str) -> str:
    return "\n".join(text.rstrip().splitlines()[-5:])
