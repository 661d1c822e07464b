"""create_app plugs everything together; nothing else happens here."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp
from starlette_compress import CompressMiddleware, add_compress_type

from app import api, pages
from app.database.session import Database
from app.pages import render_error
from app.web import health
from app.web.error_handlers import install_error_handlers
from app.web.middleware.body_limits import CloseUnreadBodies
from app.web.middleware.conditional_get import ConditionalGetMiddleware
from app.web.middleware.cors import CorsMiddleware
from app.web.middleware.head_requests import HeadAsGetMiddleware
from app.web.middleware.metrics import MetricsMiddleware
from app.web.middleware.rate_limit import RateLimitMiddleware
from app.web.middleware.request_guard import install_request_guard
from app.web.middleware.security_headers import SecurityHeadersMiddleware
from app.web.middleware.tracking_parameters import TrackingParametersMiddleware
from app.web.openapi import install_openapi
from app.web.route_policy import RouteKind, policy
from app.web.route_table import RouteTable
from app.web.static_files import StaticAssets


class DashboardApp(FastAPI):
    """Its outermost rings also go around the page that says that something went wrong."""

    def setup(self) -> None:
        """Add FastAPI's own routes: the document of the API, whose endpoint is not written here."""
        super().setup()
        for route in self.routes:
            if isinstance(route, Route):
                policy(RouteKind.FILE, cross_origin_reads=True)(route.endpoint)

    def build_middleware_stack(self) -> ASGIApp:
        return MetricsMiddleware(SecurityHeadersMiddleware(super().build_middleware_stack()))


def create_app(db: Database, hosts: Sequence[str] = (), *, reads_per_minute: int = 0) -> FastAPI:
    """The application on one database. The caller owns `db`; the app closes it at shutdown.

    `hosts`: the names that requests may be for; none named, any. `reads_per_minute`: how many
    expensive reads an address may ask this process for; 0 is any.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        db.close()

    app = DashboardApp(
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
    install_error_handlers(app, page=render_error)
    app.add_middleware(ConditionalGetMiddleware)
    if reads_per_minute:
        app.add_middleware(RateLimitMiddleware, per_minute=reads_per_minute)
    app.add_middleware(TrackingParametersMiddleware)
    install_request_guard(app)
    app.add_middleware(CorsMiddleware)
    add_compress_type("text/csv")
    app.add_middleware(CompressMiddleware)
    # Around the compressor, which would keep the end of a refusal to itself.
    app.add_middleware(CloseUnreadBodies)
    app.add_middleware(HeadAsGetMiddleware)
    app.include_router(health.router)
    app.include_router(api.router)
    app.include_router(pages.router)
    install_openapi(app)
    app.mount("/static", StaticAssets(), name="static")
    app.state.route_table = RouteTable(app.routes)
    return app
