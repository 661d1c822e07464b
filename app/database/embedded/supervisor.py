"""A process that runs one PostgreSQL for as long as somebody uses it.

`app.database.embedded.server` starts it as `python -m app.database.embedded.supervisor USERS GUARD
COMMAND...`: the path of the lock every user holds shared, the inherited lock that says a supervisor
lives, and the server to run.
"""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread

from app.temporary_directory import temporary_directory


def supervise(users: Path, lock: int, command: list[str]) -> None:
    """Run the server with a socket directory of its own until nobody holds `users`.

    `lock` is the descriptor of the guard, which was locked by whoever started this process.
    """
    # Its directory is for this user only: PostgreSQL trusts whoever reaches the socket. The server
    # inherits both locks, which are free only when no process of the cluster lives.
    with (
        temporary_directory(for_sockets=True) as sockets,
        subprocess.Popen(
            [*command, "-k", f"{sockets.path}"], pass_fds=[lock, sockets.lock]
        ) as server,
    ):
        Thread(target=_stop_when_unused, args=(users, server), daemon=True).start()


def _stop_when_unused(users: Path, server: subprocess.Popen[bytes]) -> None:
    # The lock is held until this process ends, so the descriptor is never closed: whoever comes
    # meanwhile waits for that and starts the server afresh.
    fcntl.flock(os.open(users, os.O_RDWR), fcntl.LOCK_EX)
    server.send_signal(signal.SIGINT)  # a fast shutdown: connections end, everything is written


def main() -> None:
    """Detach from the terminal and the process that started this one, and supervise."""
    # The parent ends at once, which ends the wait of whoever called it; a session of its own
    # keeps Ctrl-C and the end of the terminal from the server.
    if os.fork():
        os._exit(0)
    os.setsid()
    supervise(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])


if __name__ == "__main__":
    main()
