"""The socket that is served: bound here, or handed over by whoever holds it through a restart."""

import os
import socket
import sys
from typing import Final, NoReturn

from app.domain.errors import UserError, excerpt

_FIRST_HANDED_OVER: Final = 3
"""The descriptor of the first socket that is handed over: sd_listen_fds(3)."""
_HANDED_OVER: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


def open_listening_socket(host: str, port: int) -> socket.socket:
    """Return the socket that systemd or a restart handed over, else one bound to `host` and `port`.

    Raises UserError.
    """
    return _take_handed_over() or bind_socket(host, port)


def _take_handed_over() -> socket.socket | None:
    pid, count, _ = (os.environ.pop(name, "") for name in _HANDED_OVER)
    # A child inherits the variables that were meant for its parent.
    if pid != str(os.getpid()) or count == "0":
        return None
    hint = "The unit's socket file needs one ListenStream with an address and a port."
    if count != "1":
        raise UserError(f"One socket is expected, {excerpt(count)} were handed over", hint)
    try:
        handed_over = socket.socket(fileno=_FIRST_HANDED_OVER)
        listens = handed_over.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise UserError(f"What was handed over is no socket: {error.strerror}", hint) from None
    if not listens or handed_over.family not in {socket.AF_INET, socket.AF_INET6}:
        raise UserError("What was handed over is no socket that listens on TCP", hint)
    handed_over.set_inheritable(False)
    return handed_over


def restart_program(listening: socket.socket, environment: dict[str, str]) -> NoReturn:
    """Become this program anew, as it lies on the disk, with the socket that listens.

    Who connects meanwhile waits in the socket's queue.
    """
    os.dup2(listening.fileno(), _FIRST_HANDED_OVER, inheritable=True)
    handed_over = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    os.execve(sys.executable, sys.orig_argv, environment | handed_over)  # noqa: S606 - our own program


def bind_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host` and `port`. Raises UserError."""
    try:
        # create_server also sets SO_REUSEADDR, so that a restart need not wait.
        return socket.create_server(
            (host, port), family=address_family(host), backlog=socket.SOMAXCONN
        )
    except (OSError, OverflowError, TypeError, UnicodeError) as error:
        title = f"Cannot listen on {excerpt(host)}:{port}: {bind_error_text(error)}"
        raise UserError(title, bind_hint(error)) from error


def bind_hint(error: Exception) -> str:
    # The resolver's errors have numbers below zero, where the system's are above. A host that is no
    # name at all is a TypeError or UnicodeError, a port out of range an OverflowError.
    no_host = isinstance(error, TypeError | UnicodeError) or (
        isinstance(error, OSError) and (error.errno or 0) < 0
    )
    return f"Choose another with {'--host or HOST' if no_host else '--port or PORT'}."


def bind_error_text(error: Exception) -> str:
    """Return the system's own words, without the address that Python adds in parentheses."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return words.partition(" (while ")[0].rstrip(".")


def address_family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
