"""create_app plugs everything together; nothing else happens here."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp
from starlette_compress import CompressMiddleware, add_compress_type

from app import api, guard, health, pages
from app.assets import Assets
from app.bodies import Closing
from app.crossing import Crossing
from app.database.session import Database
from app.freshness import Freshness
from app.headers import HeadAsGet, SecurityHeaders
from app.metadata.openapi_document import install_openapi
from app.observing import Observed
from app.pages import render_error
from app.rate_limit import RateLimit
from app.refusals import install_errors


class Site(FastAPI):
    """Its outermost rings also go around the page that says that something went wrong."""

    def build_middleware_stack(self) -> ASGIApp:
        return Observed(SecurityHeaders(super().build_middleware_stack()))


def create_app(db: Database, hosts: Sequence[str] = (), *, reads_per_minute: int = 0) -> FastAPI:
    """The application on one database. The caller owns `db`; the app closes it at shutdown.

    `hosts`: the names that requests may be for; none named, any. `reads_per_minute`: how many
    expensive reads an address may ask this process for; 0 is any.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        db.close()

    app = Site(
        title="Open Model Share",
        version="1",
        summary="Shares of AI model use by openness and by the developers' home.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.db = db
    app.state.hosts = hosts
    app.state.reads_per_minute = reads_per_minute
    install_errors(app, page=render_error)
    app.add_middleware(Freshness)
    if reads_per_minute:
        app.add_middleware(RateLimit, per_minute=reads_per_minute)
    guard.install(app)
    app.add_middleware(Crossing)
    add_compress_type("text/csv")
    app.add_middleware(CompressMiddleware)
    # Around the compressor, which would keep the end of a refusal to itself.
    app.add_middleware(Closing)
    app.add_middleware(HeadAsGet)
    app.include_router(health.router)
    app.include_router(api.router)
    app.include_router(pages.router)
    install_openapi(app)
    app.mount("/static", Assets(), name="static")
    return app
