"""Runs the server processes: how many, with what limits, and how they end."""

import os
import socket
import tempfile
from typing import Final

import uvicorn
from uvicorn.supervisors import Multiprocess

from app import logs
from app.console import console
from app.settings import Settings
from app.wire import Connection

GRACE: Final = 10
"""Seconds that running requests have to end in after a signal to stop."""
METRICS: Final = "PROMETHEUS_MULTIPROC_DIR"


class Announced(uvicorn.Server):
    """A server that says something once it answers: before, Ctrl-C would break it off halfway."""

    def __init__(self, config: uvicorn.Config, announcement: str) -> None:
        super().__init__(config)
        self.announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        console.print(self.announcement)


def configuration(workers: int, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "app.worker:application",
        factory=True,
        http=Connection,
        workers=workers,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=GRACE,
        log_config=None,
        log_level="info" if settings.log_format == "json" else "warning",
        access_log=False,
        server_header=False,
        ws="none",
    )


def run(listening: socket.socket, workers: int, settings: Settings, link: str | None) -> None:
    """Serves until a signal comes; says where as soon as it can answer, and a first way in."""
    logs.install(settings.log_format)
    config = configuration(workers, settings)
    host, port = listening.getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    announcement = f"Open Model Share is at http://{address} - Ctrl-C stops it."
    if link:
        announcement += f"\nTo upload, sign in once within 24 hours: http://{address}{link}"
    try:
        if workers > 1:
            console.print(announcement)
            # The workers count in files there, so that either can tell of both.
            with tempfile.TemporaryDirectory(prefix="modelshare-metrics-") as together:
                os.environ[METRICS] = together
                Multiprocess(config, sockets=[listening]).run()
        else:
            Announced(config, announcement).run(sockets=[listening])
    except KeyboardInterrupt:
        console.print("Stopped.")
