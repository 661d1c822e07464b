"""What stands before the body of a request is read: whence it comes, how large, and who sends it.

FastAPI reads a form before any dependency runs, so this is ASGI around the application.
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
    """Puts the guard before `app`, whose handlers answer for it; call it after they are added."""
    handlers = {
        kind: handler for kind, handler in app.exception_handlers.items() if kind is not Exception
    }
    app.add_middleware(RequestGuard)
    app.add_middleware(ExceptionMiddleware, handlers=handlers)


class RequestGuard:
    """Refuses a request before its body is read, and while it is read once it is too large."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        check_host(scope)
        if scope["method"] not in SAFE_METHODS:
            request = Request(scope)
            policy = policy_of(scope)
            check_source(request)
            check_encoding(request.headers)
            check_content_length(request.headers, policy.max_body_size)
            if policy.maintainers_write:
                await run_in_threadpool(check_maintainer, request)
            receive = limit_body(receive, policy.max_body_size)
        await self.app(scope, receive, mark_personal(scope, send))


def check_host(scope: Scope) -> None:
    """Links and forms are made with the name asked for: it must be one of ours."""
    ours: Sequence[str] = scope["app"].state.hosts
    asked = Headers(scope=scope).getlist("host")
    if not ours or policy_of(scope).kind is RouteKind.OPERATIONS:
        return
    # An IPv6 address has colons of its own, in brackets.
    names = [re.sub(r":[0-9]*$", "", one).lower() for one in asked]
    if len(names) != 1 or names[0] not in ours:
        raise HTTPException(400, "This server does not answer for that name")


def check_source(request: Request) -> None:
    """Another site may not have a browser write here in its user's name."""
    headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    foreign_site = site not in {None, "same-origin", "none"}
    foreign_origin = origin is not None and origin.partition("://")[2] != headers.get("host")
    # Only what a browser adds by itself can be abused: a token cannot, a password typed cannot.
    unnamed = site is None and origin is None and cookie_name(request) in request.cookies
    if foreign_site or foreign_origin or unnamed:
        raise HTTPException(403, "This request does not come from a page of this site")


def check_encoding(headers: Headers) -> None:
    coding = headers.get("content-encoding", "identity").strip().lower()
    transfer = headers.get("transfer-encoding", "chunked").strip().lower()
    if coding != "identity" or transfer != "chunked":
        title = "Compressed requests are not taken; send the file as it is"
        raise HTTPException(415, title, {"Accept-Encoding": "identity"})


def check_maintainer(request: Request) -> None:
    """Raises NotSignedInError. What is found is kept for the dependencies of `http`."""
    db = database_of(request)
    if policy_of(request.scope).kind is RouteKind.API:
        authenticate_token(request, db)
    else:
        require_signed_in(find_visitor(request, db))


def mark_personal(scope: Scope, send: Send) -> Send:
    """An answer that looked who is signed in is nobody else's."""

    async def send_personal(message: Message) -> None:
        if message["type"] == "http.response.start" and "maintainer" in scope["state"]:
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Cookie")
            if scope["state"]["maintainer"] is not None:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_personal
