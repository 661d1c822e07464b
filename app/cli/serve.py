"""Runs the server processes: how many, with what limits, what they say first, how they end."""

import logging
import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from importlib.metadata import version
from typing import Any, Final

import uvicorn
from sqlalchemy import make_url
from uvicorn.supervisors import Multiprocess

from app.cli.console import console
from app.cli.http_protocol import Connection
from app.cli.server_address import announce_address
from app.settings import Settings

SHUTDOWN_GRACE_S: Final = 10
"""Seconds that running requests have to end in after a signal to stop."""
METRICS_DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"

log = logging.getLogger(__name__)


class AnnouncingServer(uvicorn.Server):
    """A server that says something once it answers: before, Ctrl-C would break it off halfway."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.announce()


def server_config(workers: int, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "app.cli.worker:create_worker_app",
        factory=True,
        http=Connection,
        workers=workers,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
        log_config=None,
        log_level="info" if settings.log_format == "json" else "warning",
        access_log=False,
        server_header=False,
        ws="none",
    )


def run_server(
    listening: socket.socket, workers: int, settings: Settings, link: str | None
) -> None:
    """Serves until a signal comes; says where as soon as it can answer, and a first way in."""
    config = server_config(workers, settings)
    host, port = listening.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def announce() -> None:
        announce_settings(f"Open Model Share is at {address}", workers, settings)
        if link:
            console.print(f"To upload, sign in once within 24 hours: {address}{link}")

    # Who has a database of their own may have no data directory.
    address_file = (
        nullcontext() if settings.database_url else announce_address(settings.data_dir, address)
    )
    try:
        with address_file:
            start_workers(config, listening, announce)
    except KeyboardInterrupt:
        console.print("Stopped.")


def start_workers(
    config: uvicorn.Config, listening: socket.socket, announce: Callable[[], None]
) -> None:
    if config.workers == 1:
        AnnouncingServer(config, announce).run(sockets=[listening])
        return
    announce()
    # The workers count in files there, so that either can tell of both.
    with tempfile.TemporaryDirectory(prefix="modelshare-metrics-") as together:
        os.environ[METRICS_DIRECTORY] = together
        Multiprocess(config, sockets=[listening]).run()


def announce_settings(words: str, workers: int, settings: Settings) -> None:
    """The settings that are in force, so that a misspelt variable shows; no secret among them."""
    held: dict[str, Any] = {
        "version": version("open-model-share"),
        "database": database_place(settings.database_url) if settings.database_url else "its own",
        "hosts": ", ".join(settings.hosts) or "any",
        "proxies": settings.forwarded_allow_ips,
        "workers": workers,
        "reads_a_minute": settings.rate_limit or "any",
    }
    if settings.log_format == "json":
        log.info(words, extra={"fields": held})
        return
    console.print(f"{words} - Ctrl-C stops it.")
    if settings.database_url:
        settings_text = [f"{name.replace('_', ' ')} {value}" for name, value in held.items()]
        console.print(f"In force: {'; '.join(settings_text)}.", markup=False)


def database_place(url: str) -> str:
    """Whose database it is and where, without the password."""
    parsed = make_url(url)
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.username or ''}@{parsed.host or ''}{port}/{parsed.database or ''}"
