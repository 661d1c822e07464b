"""How many expensive reads an address may ask for, and how many at once, in this process."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

import anyio
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import TooOftenError

EXPENSIVE: Final = frozenset(
    {
        *("/trends", "/embed/trends"),
        *(f"/trends.{ending}" for ending in ("svg", "png", "json", "csv", "bib", "csl")),
    }
)
AT_ONCE: Final = 2
WAITING: Final = 60
"""Reads of one address that may be there at once; more are refused."""
# Asked from inside, by an address rather than a name.
FOR_OPERATORS: Final = frozenset({"/healthz", "/readyz", "/metrics"})
AGAIN: Final = "Ask again when they are answered."
ADDRESSES: Final = 20_000  # the buckets that are kept; the longest unused go first


@dataclass(slots=True)
class Bucket:
    """`tokens` at the instant `at`, in seconds of a clock that never goes back."""

    tokens: float
    at: float


class RateExceeded(TooOftenError):  # noqa: N818
    """An address has used up its tokens."""

    def __init__(self, title: str, detail: str, seconds: int, policy: str) -> None:
        super().__init__(title, detail, seconds)
        self.policy = policy


class Buckets:
    """Each address may ask `burst` times at once, and `per_minute` times a minute for long."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst = max(per_minute // 2, 1)
        self.rate = per_minute / 60
        self.clock = clock
        self.found: OrderedDict[str, Bucket] = OrderedDict()

    @property
    def policy(self) -> str:
        """A full bucket, and the seconds in which an empty one fills: what draft 10 calls q, w."""
        return f'"reads";q={self.burst};w={math.ceil(self.burst / self.rate)}'

    def take(self, address: str) -> str:
        """What is left, as the RateLimitMiddleware header says it. Raises TooOftenError."""
        now = self.clock()
        bucket = self.found.pop(address, None) or Bucket(self.burst, now)
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
        bucket.at = now
        self.found[address] = bucket
        if len(self.found) > ADDRESSES:
            self.found.popitem(last=False)
        if bucket.tokens < 1:
            seconds = math.ceil((1 - bucket.tokens) / self.rate)
            detail = f"Try again in {seconds} s. Answers may be kept: send If-None-Match."
            raise RateExceeded("Too many requests from your address", detail, seconds, self.policy)
        bucket.tokens -= 1
        return self.left(bucket)

    def left(self, bucket: Bucket) -> str:
        full = math.ceil((self.burst - bucket.tokens) / self.rate)
        return f'"reads";r={math.floor(bucket.tokens)};t={full}'


def household(host: str) -> str:
    """An address as it is counted: of IPv6 the /64, which is what one subscriber gets."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def is_read(scope: Scope) -> bool:
    path = scope["path"]
    made = not path.startswith("/static/") and path not in FOR_OPERATORS
    return made and scope["method"] in {"GET", "HEAD"}


def is_expensive(path: str) -> bool:
    return path.startswith("/api/v1/") or path in EXPENSIVE


@dataclass(slots=True)
class Turn:
    """The reads of one address: those that run, and how many are there or wait."""

    running: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    present: int = 0


class Turns:
    """Lets AT_ONCE reads of an address run; the others wait in line, and not at others' cost."""

    def __init__(self) -> None:
        self.found: dict[str, Turn] = {}

    async def take(self, address: str) -> Callable[[], None]:
        """Waits for a turn; gives what ends it, as often as it is called. Raises TooOftenError."""
        turn = self.found.setdefault(address, Turn())
        if turn.present >= WAITING:
            raise TooOftenError("Too many requests from your address wait already", AGAIN, 5)
        turn.present += 1
        try:
            await turn.running.acquire()
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

    def _leave(self, address: str, turn: Turn) -> None:
        turn.present -= 1
        if not turn.present:
            del self.found[address]


async def peeked(receive: Receive) -> tuple[Receive, bool]:
    """What gives the request on, and whether who sent it has gone meanwhile."""
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


class RateLimit:
    """Refuses expensive reads beyond what an address may ask for; tells the others what is left.

    Of every other page, too, only AT_ONCE are made for an address at a time.
    """

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app = app
        self.buckets = Buckets(per_minute)
        self.turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_read(scope):
            await self.app(scope, receive, send)
            return
        host, *_ = scope.get("client") or ("",)
        address, limit = household(host), {}
        if is_expensive(scope["path"]):
            limit = {
                "RateLimit-Policy": self.buckets.policy,
                "RateLimit": self.buckets.take(address),
            }
        end = await self.turns.take(address)
        receive, gone = await peeked(receive)
        if gone:
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
