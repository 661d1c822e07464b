"""A temporary directory that does not outlive its owner for long, however the owner ends.

All of a user's lie in one directory whose name does not change, each locked by whoever made it. The
kernel lets go of the lock with the process, and the next start takes away what nobody holds.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

_NAME: Final = "modelshare-{user}"
# A socket's path holds 103 bytes at most on macOS (107 on Linux). The names of the user's directory
# (at most 22), of one in it (9) and of PostgreSQL's socket (14) are added to this one.
_BASE_MAX_BYTES: Final = 55


class TemporaryDirectory(NamedTuple):
    """A directory, and the descriptor that keeps it: of this process and of who inherits it."""

    path: Path
    lock: int


@contextmanager
def temporary_directory(*, for_sockets: bool = False) -> Iterator[TemporaryDirectory]:
    """Give an empty directory that only this user may enter; `for_sockets` has a short path.

    It is removed at the end of the block; after a kill -9, by the next process that comes here.
    """
    base = tempfile.gettempdir()
    if for_sockets and len(os.fsencode(base)) > _BASE_MAX_BYTES:
        base = "/tmp"  # noqa: S108 - _is_ours looks whether others have put something there
    home = Path(base, _NAME.format(user=os.geteuid()))
    made = _make(home)
    try:
        yield made
    finally:
        shutil.rmtree(made.path, ignore_errors=True)
        os.close(made.lock)
        with suppress(OSError), _locked(home):  # it is not empty, or another's
            home.rmdir()


def _make(home: Path) -> TemporaryDirectory:
    """Remove what nobody holds in `home`, and make a directory there."""
    while True:
        with suppress(FileExistsError):
            home.mkdir(mode=0o700)
        try:
            if not _is_ours(home):
                # Somebody else took the name. What lies there is not ours to remove.
                return _opened(tempfile.mkdtemp(prefix="modelshare-", dir=home.parent))
            # With the home locked nobody sweeps between the making of a directory and its lock.
            with _locked(home):
                for other in home.iterdir():
                    _sweep(other)
                made = _opened(tempfile.mkdtemp(prefix="", dir=home))
                fcntl.flock(made.lock, fcntl.LOCK_EX)
                return made
        except FileNotFoundError:
            continue  # whoever ended at this moment was the last, and took it away


def _is_ours(home: Path) -> bool:
    status = home.lstat()
    private = stat.S_ISDIR(status.st_mode) and not stat.S_IMODE(status.st_mode) & 0o077
    return private and status.st_uid == os.geteuid()


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Hold `home` alone. Raises FileNotFoundError where it was removed while we waited for it."""
    lock = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.samestat(os.fstat(lock), home.stat()):
            raise FileNotFoundError(home)
        yield
    finally:
        os.close(lock)


def _opened(directory: str) -> TemporaryDirectory:
    return TemporaryDirectory(Path(directory), os.open(directory, os.O_RDONLY | os.O_DIRECTORY))


def _sweep(directory: Path) -> None:
    with suppress(OSError):  # a file, or it goes at this moment by itself
        tried = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(directory, ignore_errors=True)
        finally:
            os.close(tried)
