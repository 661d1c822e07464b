"""Limits the body of a request in size and time, and closes the connection on what is left of it.

FastAPI's own `max_body_size` limits the size only, and begins to count once an endpoint reads.
"""

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
"""Seconds that any body may take to come; one that may be large gets more, by the rate below."""
BODY_MIN_BYTES_PER_S: Final = 100 * KIB
"""Bytes a second, on top of BODY_TIMEOUT_S: the slowest line on which the largest file arrives."""

LINGER_S: Final = 1
"""Seconds, and bytes below, for which a refused body is still taken and thrown away."""
LINGER_BYTES: Final = 4 * KIB * KIB


def check_content_length(headers: Headers, most: int) -> None:
    """Raise HTTPException 413 for a body that is announced as larger than `most` bytes."""
    if declared_length(headers) > most:
        raise body_too_large(most)


def declared_length(headers: Headers) -> int:
    """Return the announced length in bytes, 0 for none; what is no number is beyond every limit."""
    # Digits alone: `int` would also take signs, spaces and underscores, which servers read in
    # different ways.
    length = headers.get("content-length", "0")
    return int(length) if re.fullmatch("[0-9]{1,18}", length) else sys.maxsize


def limit_body(receive: Receive, most: int) -> Receive:
    """Return a `receive` that raises HTTPException 413 beyond `most` bytes, and 408 if it is slow.

    It counts what comes, for a chunked body announces no length.
    """
    # One moment for the whole body: a time-out for each part would let a client send a byte now
    # and then for ever.
    left = most
    due = asyncio.get_running_loop().time() + BODY_TIMEOUT_S + most / BODY_MIN_BYTES_PER_S
    whole = False

    async def receive_counted() -> Message:
        nonlocal left, whole
        # After the body, `receive` waits for the client to go: no time-out may end that.
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(due):
                message = await receive()
        except TimeoutError:
            # What is still to come would be read as the next request of the connection.
            headers = {"Connection": "close"}
            raise HTTPException(408, "The request took too long to come", headers) from None
        whole = not message.get("more_body", False)
        left -= len(message.get("body", b""))
        if left < 0:
            raise body_too_large(most)
        return message

    return receive_counted


def body_too_large(most: int) -> HTTPException:
    """Return the refusal of a body larger than `most` bytes."""
    # It has to be an HTTPException: FastAPI makes a 400 of every other one a body raises.
    size = f"{most // KIB // KIB} MiB" if most > KIB * KIB else f"{most // KIB} KiB"
    return HTTPException(413, f"That is too large: this address takes at most {size}")


class CloseUnreadBodies:
    """Closes the connection after an answer that left a large or endless body unread.

    Otherwise the server would read all of it, only to throw it away. It still reads a little: a
    proxy that finds the connection closed while it sends never looks for the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not has_large_body(scope):
            await self.app(scope, receive, send)
            return
        unread = True
        # A client with `Expect: 100-continue` sends nothing until somebody calls `receive`.
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
            # The answer is sent whole, but its end is held back until some of the body is read: at
            # its end the server closes the connection.
            elif kind == "http.response.body" and last and unread and not waits:
                await send({**message, "more_body": True})
                await drain_body(receive)
                message = {"type": "http.response.body"}
            await send(message)

        await self.app(scope, receive_watched, send_closing)


async def drain_body(receive: Receive) -> None:
    """Read and drop what comes of a body within LINGER_S and LINGER_BYTES."""
    left, more = LINGER_BYTES, True
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while more and left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                more = message.get("more_body", False)
            # Closed at once, a fast proxy would notice that before it reads the answer.
            if more:
                await asyncio.sleep(LINGER_S)


def has_large_body(scope: Scope) -> bool:
    """Return whether the body is announced as larger than its route takes, or not announced."""
    headers = Headers(scope=scope)
    most = policy_of(scope).max_body_size
    return "transfer-encoding" in headers or declared_length(headers) > most
