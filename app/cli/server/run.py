"""The server processes: how many, with what limits, what they say first, how they end."""

import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import nullcontext
from importlib.metadata import version
from typing import Any, Final

import uvicorn

from app.cli.console import console
from app.cli.server.database_wait import database_place
from app.cli.server.draining import DrainingServer
from app.cli.server.hangup import HangUp, TerminalWatch
from app.cli.server.http_protocol import Connection
from app.cli.server.server_address import announce_address
from app.cli.server.worker_processes import WorkerProcesses
from app.domain.site import SOFTWARE
from app.settings import METRICS_DIRECTORY, Settings
from app.temporary_directory import temporary_directory

SHUTDOWN_GRACE_S: Final = 10
"""Seconds that running requests have to end in after a signal to stop."""

log = logging.getLogger(__name__)


def server_config(workers: int, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration for so many processes."""
    return uvicorn.Config(
        # By name, since each worker is a process that imports it anew.
        "app.cli.server.worker:create_worker_app",
        factory=True,
        http=Connection,
        workers=workers,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
        # Logging is what `install_logging` made it, and MetricsMiddleware logs each answer. What
        # uvicorn would add are queries in the log and its own name in every answer.
        log_config=None,
        log_level="info" if settings.log_format == "json" else "warning",
        access_log=False,
        server_header=False,
        ws="none",
    )


def run_server(
    listening: socket.socket, workers: int, settings: Settings, link: str | None
) -> socket.socket | None:
    """Serve until a signal comes, and print the address once it answers.

    `link` is the path of the first sign-in, printed with it, or None. Return the socket where the
    program is to start anew on it.
    """
    config = server_config(workers, settings)
    host, port = listening.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def announce() -> None:
        announce_settings(f"{SOFTWARE} is at {address}", workers, settings)
        if link:
            console.print(f"To upload, sign in once within 24 hours: {address}{link}")

    # Whoever has a database of their own may have no data directory.
    address_file = (
        nullcontext() if settings.database_url else announce_address(settings.data_dir, address)
    )
    # uvicorn stops in order, then raises its signal again. Ctrl-C comes as KeyboardInterrupt, but
    # SIGTERM ends a single process at once: no cleanup may rely on a `finally` here.
    try:
        with address_file:
            if workers == 1:
                return run_single_process(config, listening, announce)
            run_workers(config, listening, announce)
    except KeyboardInterrupt:
        console.print("Stopped.")
    return None


def run_single_process(
    config: uvicorn.Config, listening: socket.socket, announce: Callable[[], None]
) -> socket.socket | None:
    """Run the server in this process; return the socket where SIGHUP asks for a restart."""
    server, terminal = DrainingServer(config, announce), TerminalWatch()
    kept: list[socket.socket] = []

    def hang_up(*_: object) -> None:
        if (meaning := terminal.read()) is not HangUp.IGNORE:
            # The server closes what it is given. Who connects while the program starts anew waits
            # in this one.
            if meaning is HangUp.RESTART and not server.should_exit:
                kept.append(listening.dup())
            server.should_exit = True

    signal.signal(signal.SIGHUP, hang_up)
    server.run(sockets=[listening])
    return kept[0] if kept else None


def run_workers(
    config: uvicorn.Config, listening: socket.socket, announce: Callable[[], None]
) -> None:
    """Run the parent of several server processes until it is stopped."""
    # It does not wait until its workers answer: the socket listens already, so nobody is refused
    # meanwhile.
    announce()
    # The workers count in files there, so that each can tell `/metrics` of all.
    with temporary_directory() as together:
        os.environ[METRICS_DIRECTORY] = str(together.path)
        WorkerProcesses(config, listening).run()


def announce_settings(words: str, workers: int, settings: Settings) -> None:
    """Print or log `words` and the settings in force, so that a misspelt variable shows.

    No secret is among them.
    """
    held: dict[str, Any] = {
        "version": version("open-model-share"),
        "database": database_place(settings.database_url) if settings.database_url else "its own",
        "replica": database_place(settings.database_read_url)
        if settings.database_read_url
        else "none",
        "hosts": ", ".join(settings.hosts) or "any",
        "proxies": settings.forwarded_allow_ips,
        "workers": workers,
        "reads_a_minute": settings.rate_limit or "any",
        "site": settings.site.credit,
        "contact": settings.site_contact or "none",
        "imprint": settings.site_imprint_url or "none",
        "licence": settings.site_licence or "none",
    }
    if settings.log_format == "json":
        log.info(words, extra={"fields": held})
        return
    console.print(f"{words} - Ctrl-C stops it.")
    if settings.database_url:
        settings_text = [f"{name.replace('_', ' ')} {value}" for name, value in held.items()]
        console.print(f"In force: {'; '.join(settings_text)}.")
