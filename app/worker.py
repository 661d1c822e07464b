"""What each server process runs: the application on the database its parent named."""

import os
import signal
import threading
import time

from fastapi import FastAPI

from app.db import Db
from app.main import create_app
from app.settings import Settings


def application() -> FastAPI:
    """What uvicorn calls in every worker; DATABASE_URL is set by then."""
    url = Settings().database_url
    if url is None:
        raise RuntimeError("Set DATABASE_URL, or start with `modelshare serve`.")
    threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
    return create_app(Db(url))


def end_with(parent: int) -> None:
    """A worker whose parent was killed would hold the port, and nobody would look after it."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
