"""The PostgreSQL that a cluster is served by."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.database.embedded.binaries import find_binaries


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
