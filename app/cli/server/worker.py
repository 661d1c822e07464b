"""The application of a server process, on the database that its parent named."""

from fastapi import FastAPI

from app.cli.server.memory import share_one_heap
from app.database.session import Database
from app.logs import install_logging
from app.main import create_app
from app.settings import Settings


def create_worker_app() -> FastAPI:
    """Return the application; uvicorn calls this in every process that reads the program anew.

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
    return create_app(
        Database(url),
        settings.hosts,
        site=settings.site,
        reads_per_minute=settings.rate_limit,
        store_bytes=settings.answer_store_mib * 1024 * 1024,
        replica=Database(settings.database_read_url) if settings.database_read_url else None,
    )
