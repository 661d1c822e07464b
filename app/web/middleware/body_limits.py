"""How large the body of a request may be, how long it may take, and what becomes of the rest."""

import asyncio
import re
import sys
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.route_policy import KIB
from app.web.route_table import policy_of

BODY_TIMEOUT_S: Final = 20
"""Seconds that any body may take to come, and more by its largest size."""
BODY_MIN_BYTES_PER_S: Final = 100 * KIB
"""Bytes a second."""

LINGER_S: Final = 1
"""Seconds, and bytes, for which a body that was refused is still taken; more is left to wait."""
LINGER_BYTES: Final = 4 * KIB * KIB


def check_content_length(headers: Headers, most: int) -> None:
    if declared_length(headers) > most:
        raise body_too_large(most)


def declared_length(headers: Headers) -> int:
    """The length of the body as announced, in bytes; what is no number is beyond every limit."""
    length = headers.get("content-length", "0")
    return int(length) if re.fullmatch("[0-9]{1,18}", length) else sys.maxsize


def limit_body(receive: Receive, most: int) -> Receive:
    """Gives the body up to `most` bytes, however it is sent, and while it comes in time."""
    left = most
    due = asyncio.get_running_loop().time() + BODY_TIMEOUT_S + most / BODY_MIN_BYTES_PER_S
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
            raise body_too_large(most)
        return message

    return receive_counted


def body_too_large(most: int) -> HTTPException:
    # FastAPI makes a 400 of every other exception a body raises.
    size = f"{most // KIB // KIB} MiB" if most > KIB * KIB else f"{most // KIB} KiB"
    return HTTPException(413, f"That is too large: this address takes at most {size}")


class CloseUnreadBodies:
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
                await drain_body(receive)
                message = {"type": "http.response.body"}
            await send(message)

        await self.app(scope, receive_watched, send_closing)


async def drain_body(receive: Receive) -> None:
    """What of a body comes in the next moment."""
    left, more = LINGER_BYTES, True
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while more and left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                more = message.get("more_body", False)
            if more:  # closed at once, a fast proxy would find it so before it reads the answer
                await asyncio.sleep(LINGER_S)


def has_large_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    most = policy_of(scope).max_body_size
    return "transfer-encoding" in headers or declared_length(headers) > most
