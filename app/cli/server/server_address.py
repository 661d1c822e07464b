"""The address of the server that runs on a data directory, for other commands to print."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_FILE_NAME: Final = "server.address"


@contextmanager
def announce_address(data_dir: Path, address: str) -> Iterator[None]:
    """Let `read_server_address` give `address` for the time of the block.

    Of several servers on a data directory it is that of the first.
    """
    # Not "w", which would empty the file of a server that runs already.
    with (data_dir / _FILE_NAME).open("a", encoding="utf-8") as file:
        # The kernel lets go of the lock when the process dies, however that happens.
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)
            file.write(address)
            file.flush()
        yield


def read_server_address(data_dir: Path) -> str | None:
    """Return the address that the server of this data directory has, None where none runs."""
    # The lock tells whether the address still holds, not the file, which outlives a killed server.
    try:
        file = (data_dir / _FILE_NAME).open(encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read() or None
    # Nobody holds the lock: whoever wrote the address has ended.
    return None
