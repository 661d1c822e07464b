"""The PostgreSQL of a test run, its template databases, and servers on copies of them."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import uvicorn
from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text

from app.database.embedded.server import run_embedded_postgres
from app.database.session import Database
from app.domain.site import UNNAMED_SITE, Site
from app.main import create_app
from app.settings import Settings
from tests.conftest import RUN

TEMPLATE_LOCK = 7_021_993  # any fixed number


# --- databases


@contextmanager
def server_of_the_run() -> Iterator[URL]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(Settings(database_url=given).database_url or "")
    else:
        with run_embedded_postgres(Path(os.environ[RUN])) as url:
            write_without_waiting(make_url(url))
            yield make_url(url)


def write_without_waiting(server: URL) -> None:
    """Let the cluster of a run not wait for the disk: nobody needs its data after a crash.

    Half of the suite's tests copy a database, which takes 75 ms so and 250 ms with fsync. What
    lasts through a crash is tested on clusters of their own.
    """
    with administering(server) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


@contextmanager
def administering(server: URL) -> Iterator[Connection]:
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def drop_database(server: URL, name: str) -> None:
    with administering(server) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def template_name(kind: str) -> str:
    return f"{Path(os.environ[RUN]).name}-{kind}"


def make_template(server: URL, kind: str, origin: str, build: Callable[[Database], object]) -> str:
    """Have `build` make the database out of a copy of `origin`, once for all workers; its name."""
    name = template_name(kind)
    with administering(server) as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": TEMPLATE_LOCK})
        template_exists = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.scalar(template_exists, {"name": name}) is None:
            with copied(server, origin) as url:
                build_and_close(Database(url), build)
                made = make_url(url).database
                connection.execute(text(f'ALTER DATABASE "{made}" RENAME TO "{name}"'))
    return name


def build_and_close(db: Database, build: Callable[[Database], object]) -> None:
    try:
        build(db)
    finally:
        db.close()


@contextmanager
def copied(server: URL, template: str) -> Iterator[str]:
    name = f"{template_name('copy')}-{uuid4().hex[:8]}"
    with administering(server) as connection:
        # Without fsync the checkpoints of FILE_COPY cost nothing, and WAL_LOG is twice as slow.
        connection.execute(
            text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        )
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        drop_database(server, name)


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    db = Database(url)
    try:
        yield db
    finally:
        db.close()


@contextmanager
def serve_database(url: str, site: Site = UNNAMED_SITE) -> Iterator[str]:
    """The address of a real uvicorn on the database of `url`."""
    app = create_app(Database(url), site=site)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
