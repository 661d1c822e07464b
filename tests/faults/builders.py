"""What the fault tests ask of a database and of the machine."""

import hashlib
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.faults.cluster import Cluster


def stored(database: Cluster, content: bytes) -> list[tuple[bool, int]]:
    """Of every upload of these bytes: whether it is published, and how many lines it has."""
    statement = """
        SELECT published_at IS NOT NULL, count(observation.line)
        FROM upload LEFT JOIN snapshot ON upload_id = upload.id
        LEFT JOIN observation ON snapshot_id = snapshot.id
        WHERE sha256 = %s GROUP BY upload.id
    """
    with psycopg.connect(database.url.replace("+psycopg", "")) as connection:
        digest = hashlib.sha256(content).digest()
        return connection.execute(statement, [digest]).fetchall()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def small_disk(place: Path, size: str = "8m") -> Iterator[None]:
    """A file system of its own at `place`; the test is skipped where none can be made."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=False
    )
    if mounted.returncode:
        pytest.skip("NO SMALL DISK CAN BE MADE HERE: WHAT A FULL ONE DOES IS NOT TESTED")
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)
