"""The databases of a run: the bundled figures, and a million observations of sixty sources more."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psycopg
from sqlalchemy import make_url, text

from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from app.database.migrate import upgrade_schema
from app.database.session import Database
from app.ingest.import_export import import_bundled_data
from tests.benchmarks import importing
from tests.benchmarks.importing import LINES_OF_SOURCE, Cost
from tests.benchmarks.performance.goals import Size
from tests.databases import administering

SOURCES = 60
LINES = (6 * LINES_OF_SOURCE, SOURCES * LINES_OF_SOURCE)


class Databases:
    """Databases of one embedded PostgreSQL, each made when it is first asked for."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.server = make_url(server)
        pidfile = self.cluster / "postgres" / "postmaster.pid"
        self.server_pid = int(pidfile.read_text().split("\n")[0])
        self.costs: dict[int, dict[str, Cost]] = {}
        """Of COPY and import, by lines."""
        self.contents: dict[str, str] = {}
        """What a database held when it was made, in words, by its URL; later parts publish more."""

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @cached_property
    def bundled(self) -> str:
        """The URL of a database with the figures that come with the software."""
        url = self._create("bundled", "template1")
        db = Database(url)
        upgrade_schema(db)
        import_bundled_data(db)
        db.close()
        return self._settle(url)

    @cached_property
    def million(self) -> str:
        """The URL of a database with the bundled figures and a million lines that were imported."""
        return self._import(SOURCES)

    def url(self, size: Size) -> str:
        return self.million if size is Size.MILLION else self.bundled

    def import_some(self) -> None:
        """Measure the import of a tenth of it, in a database of its own."""
        self._import(SOURCES // 10)

    def _import(self, sources: int) -> str:
        _ = self.bundled
        lines = sources * LINES_OF_SOURCE
        url = self._create(f"lines_{lines}", "bundled")
        importing.fill(url, sources)
        files = importing.write_files(self.folder, lines)
        self.costs[lines] = dict(importing.measure(url, self.cluster, files))
        for file in files:
            file.unlink()
        return self._settle(url, "DROP TABLE raw")

    def _settle(self, url: str, *statements: str) -> str:
        settle(url, *statements)
        self.contents[url] = describe_data(url)
        return url

    def _create(self, name: str, template: str) -> str:
        with administering(self.server) as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return self.server.set(database=name).render_as_string(hide_password=False)


@contextmanager
def run_databases(folder: Path) -> Iterator[Databases]:
    with run_embedded_postgres(folder / "cluster") as server:
        yield Databases(folder, server)
    wait_until_stopped(folder / "cluster")


def settle(url: str, *statements: str) -> None:
    """Do at once what autovacuum and checkpoints would do while something else is measured."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in (*statements, "VACUUM (ANALYZE)", "CHECKPOINT"):
            connection.execute(statement.encode())


def describe_data(url: str) -> str:
    """Return how many observations of how many sources a database holds."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        [observations] = connection.execute("SELECT count(*) FROM observation").fetchone() or (0,)
        [sources] = connection.execute(
            "SELECT count(DISTINCT source_id) FROM snapshot"
        ).fetchone() or (0,)
    return f"{observations:,} observations of {sources} sources"
