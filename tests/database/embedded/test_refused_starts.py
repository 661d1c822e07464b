"""Data directories on which the embedded PostgreSQL cannot start, and what is said of them."""

from pathlib import Path

import pytest

from app.database.embedded.server import run_embedded_postgres, wait_until_stopped
from app.domain.errors import UnavailableError
from tests.database.embedded.builders import ORDINARILY, Start, User


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
