"""Refuses a request by its head: for which host, from which site, how large, and from whom.

FastAPI parses a form before any dependency runs: a dependency that asks who sends would come after
ten megabytes from anybody. So this is ASGI around the application.
"""

import re
from collections.abc import Sequence

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.dependencies import (
    authenticate_token,
    cookie_name,
    database_of,
    find_visitor,
    require_signed_in,
)
from app.web.middleware.body_limits import check_content_length, limit_body
from app.web.route_policy import SAFE_METHODS, RouteKind
from app.web.route_table import policy_of


def install_request_guard(app: FastAPI) -> None:
    """Add the guard to `app`, with the error handlers added so far: it stands outside of theirs.

    The handler for Exception is left to Starlette, which puts it outermost.
    """
    # `add_middleware` puts each new one around those before. Refusals of the guard are raised
    # outside of the application's own handlers, so a second ring of the same goes around it.
    handlers = {
        kind: handler for kind, handler in app.exception_handlers.items() if kind is not Exception
    }
    app.add_middleware(RequestGuard)
    app.add_middleware(ExceptionMiddleware, handlers=handlers)


class RequestGuard:
    """Refuses a request before its body is read, or while it is read and grows too large."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        # From the cheapest to the dearest: only the last of these asks the database.
        check_host(scope)
        if scope["method"] not in SAFE_METHODS:
            request = Request(scope)
            policy = policy_of(scope)
            check_source(request)
            check_encoding(request.headers)
            check_content_length(request.headers, policy.max_body_size)
            # In a thread, since the database is asked with blocking calls.
            if policy.maintainers_write:
                await run_in_threadpool(check_maintainer, request)
            receive = limit_body(receive, policy.max_body_size)
        await self.app(scope, receive, mark_personal(scope, send))


def check_host(scope: Scope) -> None:
    """Raise HTTPException 400 for another name than ours: links in pages are made with it."""
    ours: Sequence[str] = scope["app"].state.hosts
    hosts_given = Headers(scope=scope).getlist("host")
    if not ours or policy_of(scope).kind is RouteKind.OPERATIONS:
        return
    # An IPv6 address has colons of its own, in brackets.
    names = [re.sub(r":[0-9]*$", "", host).lower() for host in hosts_given]
    if len(names) != 1 or names[0] not in ours:
        raise HTTPException(400, "This server does not answer for that name")


def check_source(request: Request) -> None:
    """Raise HTTPException 403 where another site has a browser write here in its user's name."""
    headers = request.headers
    # Two headers, for older browsers send one of them only. Scripts can set neither.
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    foreign_site = site not in {None, "same-origin", "none"}
    foreign_origin = origin is not None and origin.partition("://")[2] != headers.get("host")
    # Only what a browser adds by itself can be abused: a token cannot, a password typed cannot.
    unnamed = site is None and origin is None and cookie_name(request) in request.cookies
    if foreign_site or foreign_origin or unnamed:
        raise HTTPException(403, "This request does not come from a page of this site")


def check_encoding(headers: Headers) -> None:
    """Raise HTTPException 415 for a compressed body: a small one could unpack beyond any limit."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    transfer = headers.get("transfer-encoding", "chunked").strip().lower()
    if coding != "identity" or transfer != "chunked":
        title = "Compressed requests are not taken; send the file as it is"
        raise HTTPException(415, title, {"Accept-Encoding": "identity"})


def check_maintainer(request: Request) -> None:
    """Raise NotSignedInError, else keep the maintainer in the scope for the dependencies."""
    db = database_of(request)
    if policy_of(request.scope).kind is RouteKind.API:
        authenticate_token(request, db)
    else:
        require_signed_in(find_visitor(request, db))


def mark_personal(scope: Scope, send: Send) -> Send:
    """Return a `send` that keeps an answer from caches if it depended on who is signed in."""

    # The state has a maintainer once somebody looked for one, and None where nobody was found: that
    # answer may be kept, for others without the cookie.
    async def send_personal(message: Message) -> None:
        if message["type"] == "http.response.start" and "maintainer" in scope["state"]:
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Cookie")
            if scope["state"]["maintainer"] is not None:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_personal
