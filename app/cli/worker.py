"""The application of a server process, on the database that its parent named."""

from fastapi import FastAPI

from app.database.session import Database
from app.logs import install_logging
from app.main import create_app
from app.settings import Settings


def create_worker_app() -> FastAPI:
    """Return the application; uvicorn calls this in every process that reads the program anew.

    Raises RuntimeError where DATABASE_URL is not set.
    """
    settings = Settings()
    url = settings.database_url
    # A worker of several is a new process, which inherits no logging.
    install_logging(settings.log_format)
    if url is None:
        raise RuntimeError("Set DATABASE_URL, or start with `modelshare serve`.")
    return create_app(
        Database(url), settings.hosts, site=settings.site, reads_per_minute=settings.rate_limit
    )
