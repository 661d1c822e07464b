"""Limits the expensive reads of an address a minute, and all of its reads at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import anyio
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import TooOftenError
from app.web.route_policy import RouteKind
from app.web.route_table import policy_of
from app.web.token_bucket import TokenBuckets, network_prefix

ANSWERS_AT_ONCE: Final = 2
"""Answers that are made for one address at the same time; its other reads wait."""
WAITING_MAX: Final = 60
"""Reads of one address that may be there at once, those in the making included."""
RETRY_HINT: Final = "Ask again when they are answered."


@dataclass(slots=True)
class AnswerSlot:
    """The reads of one address: a semaphore for those that run, a count of those present."""

    running: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ANSWERS_AT_ONCE))
    present: int = 0


class AnswerSlots:
    """Lets ANSWERS_AT_ONCE reads of an address run; its others wait, at nobody else's cost.

    A waiting read holds neither a thread nor a connection to the database.
    """

    def __init__(self) -> None:
        self.found: dict[str, AnswerSlot] = {}

    async def take(self, address: str) -> Callable[[], None]:
        """Wait for a turn and return the function that ends it; a second call does nothing.

        Raise TooOftenError where WAITING_MAX reads of the address are there already.
        """
        turn = self.found.setdefault(address, AnswerSlot())
        if turn.present >= WAITING_MAX:
            raise TooOftenError("Too many requests from your address wait already", RETRY_HINT, 5)
        turn.present += 1
        try:
            await turn.running.acquire()
        # A task that is cancelled while it waits must not count as present for ever.
        except asyncio.CancelledError:
            self._leave(address, turn)
            raise
        ended = False

        def end() -> None:
            nonlocal ended
            if not ended:
                ended = True
                turn.running.release()
                self._leave(address, turn)

        return end

    def _leave(self, address: str, turn: AnswerSlot) -> None:
        # Addresses without a read are forgotten, or memory would grow with every visitor.
        turn.present -= 1
        if not turn.present:
            del self.found[address]


async def peek_disconnect(receive: Receive) -> tuple[Receive, bool]:
    """Return a `receive` that repeats what was read here, and whether the client has gone.

    A server tells that a client is gone only through `receive`; a cancelled scope makes the call
    return what has come already, and never wait.
    """
    come: list[Message] = []
    with anyio.CancelScope() as at_once:
        at_once.cancel()
        while True:
            come.append(await receive())
            if come[-1]["type"] == "http.disconnect" or not come[-1].get("more_body", False):
                break
    gone = any(message["type"] == "http.disconnect" for message in come)

    async def receive_again() -> Message:
        return come.pop(0) if come else await receive()

    return receive_again, gone


UNLIMITED_KINDS: Final = frozenset({RouteKind.OPERATIONS, RouteKind.ASSET})


def is_read(scope: Scope) -> bool:
    """Return whether the answer is made for whoever asks, and so takes one of their turns."""
    return scope["method"] in {"GET", "HEAD"} and policy_of(scope).kind not in UNLIMITED_KINDS


class RateLimitMiddleware:
    """Refuses expensive reads beyond `per_minute`, and says on the others how many are left.

    Of all reads, cheap ones too, only ANSWERS_AT_ONCE are made for an address at a time.
    """

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app = app
        self.buckets = TokenBuckets(per_minute)
        self.turns = AnswerSlots()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_read(scope):
            await self.app(scope, receive, send)
            return
        # Behind a proxy this is the visitor's address only where the server believes the proxy.
        host, *_ = scope.get("client") or ("",)
        address, limit = network_prefix(host), {}
        if policy_of(scope).expensive:
            limit = {
                "RateLimit-Policy": self.buckets.policy,
                "RateLimit": self.buckets.take(address),
            }
        # The token is taken before the turn: who asks too often is refused at once, unqueued.
        end = await self.turns.take(address)
        receive, gone = await peek_disconnect(receive)
        if gone:  # Whoever reloads a page ten times waits for the last answer only.
            end()
            return

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The work is done: whoever takes the answer slowly holds up nobody.
                end()
                headers = MutableHeaders(scope=message)
                for name, value in limit.items():
                    headers[name] = value
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            end()
