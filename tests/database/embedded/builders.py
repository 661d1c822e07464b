"""Users of an embedded PostgreSQL, each a process of its own, and what they see of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import make_url

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
