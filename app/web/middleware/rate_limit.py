"""Limits the reads of an address by what they cost, and has them made in a fair order."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import anyio
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.limits.read_costs import WorkClock
from app.web.limits.read_queue import ReadQueue, Turn
from app.web.limits.token_bucket import ReadAccount, ReadAccounts, network_prefix
from app.web.route_policy import RouteKind
from app.web.route_table import policy_of

READ_S: Final = 0.1
"""Seconds of work that count as one read; a dearer read counts as several."""
READ_MIN: Final = 0.05
"""What the cheapest read counts, as a 304 that is made before anything is computed."""
UNLIMITED_KINDS: Final = frozenset({RouteKind.OPERATIONS, RouteKind.ASSET})
SCOPE_KEY: Final = "modelshare.read_meter"


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


def is_read(scope: Scope) -> bool:
    """Return whether the answer is made for whoever asks, and so counts and takes a turn."""
    return scope["method"] in {"GET", "HEAD"} and policy_of(scope).kind not in UNLIMITED_KINDS


@dataclass(slots=True)
class ReadMeter:
    """Charges the work of one read to the account of who asks, turn by turn."""

    queue: ReadQueue
    account: ReadAccount
    address: str
    question: str
    """Path and query."""

    async def begin(self) -> Turn:
        """Wait for a turn and return it. Raise RateExceededError, and what `ReadQueue.take` does.

        The least that a read costs is charged at once: who asks too often is refused unqueued.
        """
        self.account.check()
        spent_s = self.account.spent * READ_S
        self.account.spend(READ_MIN)
        turn = await self.queue.take(self.address, self.question, spent_s)
        # What came before in the line may have used up what was left when this read came.
        try:
            self.account.check()
        except BaseException:
            self.queue.end(turn)
            raise
        return turn

    def end(self, turn: Turn, *, complete: bool = False) -> None:
        """End a turn and charge its work; of a `complete` answer it is learnt what to expect."""
        if turn.ended:
            return
        work_s = self.queue.end(turn)
        self.account.spend(max(0.0, work_s / READ_S - READ_MIN))
        if complete:
            self.queue.costs.note(self.question, work_s)


@asynccontextmanager
async def following_turn(scope: Scope) -> AsyncIterator[None]:
    """Hold a further turn for what is computed after an answer began, as a page of a stream.

    It does nothing where reads are not limited. It raises nothing for an account that is used up:
    what was begun is sent, and what it cost is missing afterwards.
    """
    meter: ReadMeter | None = scope.get(SCOPE_KEY)
    if meter is None:
        yield
        return
    turn = await meter.queue.follow(meter.address, meter.account.spent * READ_S)
    try:
        yield
    finally:
        meter.end(turn)


class RateLimitMiddleware:
    """Refuses reads beyond `per_minute`, counted by their work, and says how many are left.

    All reads count and take turns, whichever route answers them.
    """

    def __init__(
        self, app: ASGIApp, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self.accounts = ReadAccounts(per_minute, clock)
        self.queue = ReadQueue(WorkClock(clock))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_read(scope):
            await self.app(scope, receive, send)
            return
        meter = scope[SCOPE_KEY] = self._meter(scope)
        turn = await meter.begin()
        receive, gone = await peek_disconnect(receive)
        if gone:  # Whoever reloads a page ten times waits for the last answer only.
            meter.end(turn)
            return

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The work is done: whoever takes the answer slowly holds up nobody.
                meter.end(turn, complete=message["status"] == 200)
                headers = MutableHeaders(scope=message)
                for name, value in meter.account.headers().items():
                    headers[name] = value
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            meter.end(turn)

    def _meter(self, scope: Scope) -> ReadMeter:
        # Behind a proxy this is the visitor's address only where the server believes the proxy.
        host, *_ = scope.get("client") or ("",)
        question = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        return ReadMeter(self.queue, self.accounts.account(host), network_prefix(host), question)
