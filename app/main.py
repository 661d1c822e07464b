"""The application: `create_app` plugs database, middlewares and routes together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app import api, pages
from app.database.session import Database
from app.domain.site import UNNAMED_SITE, Site
from app.pages import render_error
from app.web import health
from app.web.databases.public_reads import Replica
from app.web.databases.version_watch import VersionWatch
from app.web.error_handlers import install_error_handlers
from app.web.limits.sign_in_queue import SignInQueue
from app.web.limits.streams import StreamPlaces
from app.web.middleware.answer_store import AnswerStore
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
from app.web.route_table import RouteTable
from app.web.static_files import StaticAssets


class DashboardApp(FastAPI):
    """FastAPI behind three middlewares that see every request before it does, and every answer.

    What `add_middleware` adds stands inside of Starlette's handler of failures, whose answers would
    be neither counted nor have security headers; and all of it costs more than a stored answer.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await self.front(scope, receive, send)

    @cached_property
    def front(self) -> ASGIApp:
        answering = MetricsMiddleware(HeadAsGetMiddleware(super().__call__))
        if not self.state.store_bytes:
            return answering
        return AnswerStore(answering, self.state.version_watch, self.state.store_bytes)

    def build_middleware_stack(self) -> ASGIApp:
        return SecurityHeadersMiddleware(super().build_middleware_stack())


def create_app(
    db: Database,
    hosts: Sequence[str] = (),
    *,
    site: Site = UNNAMED_SITE,
    reads_per_minute: int = 0,
    store_bytes: int = 0,
    replica: Database | None = None,
) -> FastAPI:
    """Return the application on one database, which it closes at shutdown.

    `hosts` are the names that requests may be for; without any, all are. `site` is who runs it, as
    its pages say. `reads_per_minute` is how many reads an address may ask this process for, counted
    by their work; 0 is no limit. `store_bytes` is what finished answers may take to be given again;
    0 keeps none. `replica` answers what the public reads while it holds the same, and is closed as
    well. Raises MissingPolicyError where a route has no policy.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        watching = [each for each in (app.state.version_watch, app.state.replica) if each]
        for each in watching:
            each.start()
        yield
        for each in watching:
            each.stop()
        app.state.db.close()

    app = DashboardApp(
        title=site.title,
        version="1",
        summary="Shares of AI model use by openness and by the developers' home.",
        lifespan=lifespan,
        # FastAPI's own answer has no validators, and its pages load scripts from other hosts; both
        # addresses are ours.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # The id of an operation is the name of its handler. Generated clients name their methods
        # by it, so renaming a handler of the API breaks them.
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.db = db
    app.state.hosts = hosts
    app.state.site = site
    app.state.reads_per_minute = reads_per_minute
    app.state.store_bytes = store_bytes
    compares = replica is not None
    app.state.version_watch = (
        VersionWatch(db, compares=compares) if store_bytes or compares else None
    )
    app.state.replica = replica and Replica(replica, app.state.version_watch)
    app.state.sign_in_queue = SignInQueue()
    app.state.stream_places = StreamPlaces()
    # The handlers come before the request guard, which copies those there are for its own refusals.
    install_error_handlers(app, page=render_error)
    # Each middleware is put around those added before it: the first is innermost, and a request
    # meets the last one first.
    app.add_middleware(ConditionalGetMiddleware)
    if reads_per_minute:
        app.add_middleware(RateLimitMiddleware, per_minute=reads_per_minute)
    # Around the rate limit: a redirect to the same page should not count twice.
    app.add_middleware(TrackingParametersMiddleware)
    install_request_guard(app)
    # Around the guard, so that scripts of other sites can read its refusals too.
    app.add_middleware(CorsMiddleware)
    # Without this, CSV is no type that the compressor knows.
    add_compress_type("text/csv")
    app.add_middleware(CompressMiddleware)
    # Around the compressor, which would hold back the end of a refusal.
    app.add_middleware(CloseUnreadBodies)
    app.include_router(health.router)
    app.include_router(api.router)
    app.include_router(pages.router)
    install_openapi(app, site)
    app.mount("/static", StaticAssets(), name="static")
    # Last, when all routes are there: one without a policy stops the start.
    app.state.route_table = RouteTable(app.routes)
    return app
