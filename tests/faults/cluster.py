"""A PostgreSQL of a test's own, to be killed, frozen and brought back."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from app.database.embedded import server as embedded_server
from app.database.embedded.binaries import find_binaries
from app.database.embedded.server import _create_database
from app.database.migrate import upgrade_schema
from app.database.session import Database
from app.ingest.import_export import import_bundled_data

PATIENCE = 60  # seconds


class Cluster:
    """One server on a socket in a directory of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "postgres"
        self.log = home / "log"
        self.started: subprocess.Popen[bytes] | None = None
        self.binaries = find_binaries(self.data)

    def make(self) -> None:
        initdb = [*embedded_server._prefix(self.data.parent), f"{self.binaries}/initdb"]
        with Path(os.devnull).open() as nothing:
            embedded_server._make(self.data, initdb, nothing.fileno())

    def copy(self, primary: "Cluster") -> None:
        """Makes this one a streaming replica of a server that runs."""
        owner = primary.data.stat()
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self.data, owner.st_uid, owner.st_gid)
        subprocess.run(
            [
                *embedded_server._prefix(self.data),
                *(f"{self.binaries}/pg_basebackup", "--write-recovery-conf", "--checkpoint=fast"),
                *("-h", f"{primary.home}", "-U", "modelshare", "-D", f"{self.data}"),
            ],
            check=True,
            capture_output=True,
        )

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://modelshare@/modelshare?host={self.home}&port=5432"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self.started is not None, "it has not been started"
        return self.started

    def start(self, *options: str, bare: bool = False) -> None:
        """Returns when it takes connections; `bare`: when it is started."""
        server = [f"{self.binaries}/postgres", "-D", f"{self.data}", "-k", f"{self.home}"]
        given = [word for option in ("listen_addresses=", *options) for word in ("-c", option)]
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.started = subprocess.Popen(
                [*embedded_server._prefix(self.data), *server, *given], stdout=log, stderr=log
            )
        if not bare:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                _create_database(f"{self.home}")
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def processes(self) -> list[int]:
        """The server first, then the processes it made."""
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", f"{self.process.pid}"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [self.process.pid, *map(int, children.stdout.split())]

    def signal_all(self, number: signal.Signals) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """Every process at once, as a machine that loses its power."""
        processes = self.processes()
        self.signal_all(signal.SIGKILL)
        self.process.wait(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while any(Path(f"/proc/{pid}").exists() for pid in processes[1:]):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def stop(self) -> None:
        if self.started is not None and self.started.poll() is None:
            self.signal_all(signal.SIGCONT)
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)


@contextmanager
def cluster(primary: Cluster | None = None) -> Iterator[Cluster]:
    """An empty one, or a streaming replica of `primary`."""
    home = Path(tempfile.mkdtemp(prefix="modelshare-faults-"))
    made = Cluster(home)
    try:
        if primary is None:
            made.make()
        else:
            made.copy(primary)
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(home)


@contextmanager
def filled_cluster() -> Iterator[Cluster]:
    """With the bundled figures."""
    with cluster() as made:
        db = Database(made.url)
        try:
            upgrade_schema(db)
            import_bundled_data(db)
        finally:
            db.close()
        yield made
