"""What stands before the body of a request is read: whence it comes, how large, and who sends it.

FastAPI reads a form before any dependency runs, so this is ASGI around the application.
"""

import asyncio
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import http
from app.http import SAFE

KIB: Final = 1024
FORM: Final = 64 * KIB
FILE: Final = 10 * KIB * KIB + FORM

PATIENCE: Final = 20
"""Seconds that any body may take to come, and more by its largest size."""
SLOWEST: Final = 100 * KIB
"""Bytes a second."""

LINGER: Final = 1
"""Seconds, and bytes, for which a body that was refused is still taken."""
LINGER_BYTES: Final = 4 * KIB * KIB

# Addresses, the bytes of a body they take, and whether only maintainers may send one; the first
# that fits.
LIMITS: Final = tuple(
    (re.compile(pattern, re.DOTALL), most, maintainers)
    for pattern, most, maintainers in (
        (r"/uploads|/api/v1/uploads", FILE, True),
        (r"/(uploads|catalogue|account|api/v1/uploads|api/v1/sources)(/.*)?", FORM, True),
        (r".*", FORM, False),
    )
)


# Asked from inside, by an address rather than a name.
FOR_OPERATORS: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def limits(path: str) -> tuple[int, bool]:
    return next((most, only) for pattern, most, only in LIMITS if pattern.fullmatch(path))


def install(app: FastAPI) -> None:
    """Puts the guard before `app`, whose handlers answer for it; call it after they are added."""
    handlers = {
        kind: handler for kind, handler in app.exception_handlers.items() if kind is not Exception
    }
    app.add_middleware(Guard)
    app.add_middleware(ExceptionMiddleware, handlers=handlers)
    app.add_middleware(Closing)


class Guard:
    """Refuses a request before its body is read, and while it is read once it is too large."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        check_host(scope)
        if scope["method"] not in SAFE:
            request = Request(scope)
            most, maintainers_only = limits(scope["path"])
            check_source(request)
            check_encoding(request.headers)
            check_length(request.headers, most)
            if maintainers_only:
                await run_in_threadpool(check_maintainer, request)
            receive = counted(receive, most)
        await self.app(scope, receive, personal(scope, send))


def check_host(scope: Scope) -> None:
    """Links and forms are made with the name asked for: it must be one of ours."""
    ours: Sequence[str] = scope["app"].state.hosts
    asked = Headers(scope=scope).getlist("host")
    if not ours or scope["path"] in FOR_OPERATORS:
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
    unnamed = site is None and origin is None and http.cookie_name(request) in request.cookies
    if foreign_site or foreign_origin or unnamed:
        raise HTTPException(403, "This request does not come from a page of this site")


def check_encoding(headers: Headers) -> None:
    coding = headers.get("content-encoding", "identity").strip().lower()
    transfer = headers.get("transfer-encoding", "chunked").strip().lower()
    if coding != "identity" or transfer != "chunked":
        title = "Compressed requests are not taken; send the file as it is"
        raise HTTPException(415, title, {"Accept-Encoding": "identity"})


def check_length(headers: Headers, most: int) -> None:
    if declared(headers) > most:
        raise too_large(most)


def declared(headers: Headers) -> int:
    """The length of the body as announced, in bytes; what is no number is beyond every limit."""
    length = headers.get("content-length", "0")
    return int(length) if re.fullmatch("[0-9]{1,18}", length) else sys.maxsize


def check_maintainer(request: Request) -> None:
    """Raises NotSignedIn. What is found is kept for the dependencies of `http`."""
    db = http.database(request)
    if request.scope["path"].startswith("/api/"):
        http.by_token(request, db)
    else:
        http.signed_in(http.visitor(request, db))


def counted(receive: Receive, most: int) -> Receive:
    """Gives the body up to `most` bytes, however it is sent, and while it comes in time."""
    left = most
    due = asyncio.get_running_loop().time() + PATIENCE + most / SLOWEST
    whole = False

    async def receive_counted() -> Message:
        nonlocal left, whole
        if whole:  # what comes now is the end of the connection
            return await receive()
        try:
            async with asyncio.timeout_at(due):
                message = await receive()
        except TimeoutError:
            headers = {"Connection": "close"}
            raise HTTPException(408, "The request took too long to come", headers) from None
        whole = not message.get("more_body", False)
        left -= len(message.get("body", b""))
        if left < 0:
            raise too_large(most)
        return message

    return receive_counted


def too_large(most: int) -> HTTPException:
    # FastAPI makes a 400 of every other exception a body raises.
    size = f"{most // KIB // KIB} MiB" if most > KIB * KIB else f"{most // KIB} KiB"
    return HTTPException(413, f"That is too large: this address takes at most {size}")


def personal(scope: Scope, send: Send) -> Send:
    """An answer that looked who is signed in is nobody else's."""

    async def send_personal(message: Message) -> None:
        if message["type"] == "http.response.start" and "maintainer" in scope["state"]:
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Cookie")
            if scope["state"]["maintainer"] is not None:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_personal


class Closing:
    """Closes the connection after an answer that left a large or endless body unread.

    Else the server would read all of it, only to throw it away. A little of it is: a proxy that
    finds the connection closed while it still sends never looks for the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_large_body(scope):
            await self.app(scope, receive, send)
            return
        unread = True
        # Whoever waits to be told so sends nothing, and must not be told now.
        waits = "expect" in Headers(scope=scope)

        async def receive_watched() -> Message:
            nonlocal unread
            message = await receive()
            unread = message.get("more_body", False)
            return message

        async def send_closing(message: Message) -> None:
            kind, last = message["type"], not message.get("more_body", False)
            if kind == "http.response.start" and unread:
                MutableHeaders(scope=message)["Connection"] = "close"
            elif kind == "http.response.body" and last and unread and not waits:
                await send({**message, "more_body": True})
                await throw_away(receive)
                message = {"type": "http.response.body"}
            await send(message)

        await self.app(scope, receive_watched, send_closing)


async def throw_away(receive: Receive) -> None:
    """What of a body comes in the next moment."""
    left, more = LINGER_BYTES, True
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while more and left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                more = message.get("more_body", False)


def has_large_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    most, _ = limits(scope["path"])
    return "transfer-encoding" in headers or declared(headers) > most
