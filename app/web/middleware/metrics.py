"""Counts and times every answer, logs it in a line, and gives it an id to find that line by."""

import logging
import os
import random
import time
from functools import lru_cache
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import REQUEST
from app.settings import METRICS_DIRECTORY

log = logging.getLogger("app.requests")
UNTRUSTED_METHOD: Final = (
    "X-Forwarded-For from %s is not believed; if that is your proxy, name it in FORWARDED_ALLOW_IPS"
)

METRICS_TYPE: Final = CONTENT_TYPE_LATEST
_METHODS: Final = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
# A registry of its own leaves out what prometheus_client adds about Python and the process, which
# says nothing where several workers count together.
_OWN: Final = CollectorRegistry()
_ANSWERS: Final = Counter(
    "modelshare_answers",
    "Answers by the route that gave them.",
    ["method", "route", "status"],
    registry=_OWN,
)
_STORED: Final = Counter(
    "modelshare_stored_answers",
    "Answers that were given from the store of finished ones.",
    registry=_OWN,
)
_REPLICA_READS: Final = Counter(
    "modelshare_replica_reads",
    "Requests whose data was read from the replica of DATABASE_READ_URL.",
    registry=_OWN,
)
_SECONDS: Final = Histogram(
    "modelshare_answer_seconds",
    "From the end of a request's headers to the end of its answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_OWN,
)


def render_metrics() -> bytes:
    """Return the counts and times of all workers together, as Prometheus reads them."""
    if METRICS_DIRECTORY not in os.environ:
        return generate_latest(_OWN)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)


class MetricsMiddleware:
    """Observes every answer that is made; it stands around the page for a fault of ours too.

    What AnswerStore gives, ahead of it, is counted and logged by `note_stored`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not self.warned:
            self._warn(scope)
        request, began = new_request_id(), time.perf_counter()
        status, size = 0, 0

        async def send_observed(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                named = (b"x-request-id", request.encode())
                message = {**message, "headers": [*message["headers"], named]}
            size += len(message.get("body", b""))
            await send(message)

        # In a context variable, so that every line of the log made on the way has the id. The note
        # is taken in `finally`: a client that goes in the middle of an answer is counted too.
        token = REQUEST.set(request)
        try:
            await self.app(scope, receive, send_observed)
        finally:
            _note(scope, route_pattern(scope), status, size, time.perf_counter() - began)
            REQUEST.reset(token)

    def _warn(self, scope: Scope) -> None:
        """Log once that a proxy is not believed.

        Nothing else would tell: all of its visitors would share one address, and so one limit.
        """
        # A server that believes its proxy has put the visitor's address, which the header names,
        # in the place of the client's.
        client = scope["client"][0] if scope.get("client") else ""
        forwarded = Headers(scope=scope).get("x-forwarded-for", client)
        if client not in forwarded:
            self.warned = True
            log.warning(UNTRUSTED_METHOD, client)


def new_request_id() -> str:
    """Return an id to find the lines of a request by; it need only differ from the others."""
    return f"{random.getrandbits(64):016x}"


def note_stored(
    scope: Scope, request: str, route: str, sent: tuple[Message, Message], began: float
) -> None:
    """Count and log an answer given from the store, as MetricsMiddleware does with all others."""
    _STORED.inc()
    token = REQUEST.set(request)
    start, body = sent
    _note(scope, route, start["status"], len(body["body"]), time.perf_counter() - began)
    REQUEST.reset(token)


def note_replica_read() -> None:
    """Count a request that reads from the replica."""
    _REPLICA_READS.inc()


def _note(scope: Scope, route: str, status: int, size: int, seconds: float) -> None:
    """Count and log an answer; status 0 means that there was none.

    The query string is left out: it may hold the secret of a sign-in link.
    """
    # Each new label is a new time series: a client may send any word as its method.
    method = scope["method"] if scope["method"] in _METHODS else "other"
    answers, times = _counters(method, route, status)
    answers.inc()
    times.observe(seconds)
    if not log.isEnabledFor(logging.INFO):
        return
    fields = {
        "method": method,
        "path": scope["path"][:200],
        "route": route,
        "status": status,
        "bytes": size,
        "ms": round(seconds * 1000, 1),
        "client": scope["client"][0] if scope.get("client") else None,
    }
    log.info("request", extra={"fields": fields})


@lru_cache(maxsize=1024)
def _counters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Return what counts and times these answers, which is dear to look up."""
    return _ANSWERS.labels(method, route, status), _SECONDS.labels(route)


def route_pattern(scope: Scope) -> str:
    """Return the pattern of the address: a list of addresses could be made endless by visitors."""
    # A route knows its address without the prefix of its router; FastAPI's context knows it whole.
    context = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    path = getattr(context, "path", None)
    if isinstance(path, str):
        return path
    return "/static" if scope["path"].startswith("/static/") else "none"
