"""A server process: the application on the database that its parent named."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess

from fastapi import FastAPI

from app.cli.memory import share_one_heap
from app.database.session import Database
from app.logs import install_logging
from app.main import create_app
from app.settings import Settings


def create_worker_app() -> FastAPI:
    """Return the application; uvicorn calls this in every worker.

    Raises RuntimeError where DATABASE_URL is not set.
    """
    # Before there are threads: a heap that one has already got stays.
    share_one_heap()
    settings = Settings()
    url = settings.database_url
    # A worker of several is a new process, which inherits no logging.
    install_logging(settings.log_format)
    if url is None:
        raise RuntimeError("Set DATABASE_URL, or start with `modelshare serve`.")
    # There is no parent where this process is the only one.
    if parent := multiprocessing.parent_process():
        threading.Thread(target=end_with_parent, args=[parent], daemon=True).start()
    return create_app(
        Database(url),
        settings.hosts,
        site=settings.site,
        reads_per_minute=settings.rate_limit,
        store_bytes=settings.answer_store_mib * 1024 * 1024,
    )


def end_with_parent(parent: BaseProcess) -> None:
    """Stop this worker once its parent has ended.

    A worker whose parent was killed would hold the port, and nobody would look after it.
    """
    # SIGTERM lets uvicorn finish the requests it has.
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
