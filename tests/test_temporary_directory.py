"""Temporary directories of processes that are killed, and of those that live."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.paths import PROJECT
from app.temporary_directory import temporary_directory

HOLD = """
from app.temporary_directory import temporary_directory
with temporary_directory() as made:
    (made.path / "held").touch()
    print(made.path, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary folder of a test, which is empty again in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", f"{folder}")
    yield folder
    assert list(folder.iterdir()) == []


class Holder:
    """A process that holds a directory until it is told to end."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.path = Path(self.process.stdout.readline().strip())

    def end(self, number: signal.Signals | None = None) -> None:
        if number:
            self.process.send_signal(number)
        self.process.communicate("\n" if number is None else None)


def test_nothing_is_left_of_one_that_ends(base: Path) -> None:
    with temporary_directory() as made:
        assert made.path.parent.parent == base
        assert made.path.stat().st_mode & 0o077 == 0
    assert list(base.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_lives_is_not() -> None:
    killed, living = Holder(), Holder()
    killed.end(signal.SIGKILL)
    assert (killed.path / "held").exists()
    with temporary_directory():
        assert not killed.path.exists()
        assert (living.path / "held").exists()
    living.end()
    assert not living.path.exists()


def test_who_inherits_the_lock_keeps_the_directory_of_a_killed_process(base: Path) -> None:
    with temporary_directory() as made:
        outliving = subprocess.Popen(["sleep", "60"], pass_fds=[made.lock])
        moved = made.path.rename(made.path.with_name("outlived"))
    with temporary_directory():
        assert moved.exists()
    outliving.kill()
    outliving.wait()
    with temporary_directory():
        assert not moved.exists()


def test_the_place_of_somebody_else_is_left_alone(base: Path) -> None:
    taken = base / f"modelshare-{os.geteuid()}"
    theirs = taken / "theirs"
    theirs.mkdir(parents=True)
    taken.chmod(0o755)
    with temporary_directory() as made:
        assert made.path.parent == base
    assert theirs.exists()
    theirs.rmdir()
    taken.rmdir()


def test_the_path_of_a_socket_is_short(base: Path) -> None:
    assert len(f"{base}") > 55
    with temporary_directory(for_sockets=True) as made:
        assert made.path.parent.parent == Path("/tmp")


def test_a_link_in_our_place_is_not_followed(base: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "precious").mkdir()
    link = base / f"modelshare-{os.geteuid()}"
    link.symlink_to(elsewhere)
    with temporary_directory() as made:
        assert made.path.parent == base
    assert (elsewhere / "precious").exists()
    link.unlink()


def test_many_that_begin_and_end_at_once_do_not_hinder_each_other() -> None:
    failures: list[BaseException] = []

    def begin_and_end() -> None:
        try:
            for _ in range(50):
                with temporary_directory() as made:
                    (made.path / "file").touch()
                    assert (made.path / "file").exists()
        except BaseException as error:  # noqa: BLE001 - of a thread nobody would hear
            failures.append(error)

    threads = [threading.Thread(target=begin_and_end) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
