"""How many expensive reads an address may ask for: a bucket of tokens for each, in this process."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import TooOften

PICTURES: Final = frozenset(
    f"{path}.{ending}"
    for path in ("/trends",)
    for ending in ("svg", "png", "json", "csv", "bib", "csl")
)
ADDRESSES: Final = 20_000  # the buckets that are kept; the longest unused go first


@dataclass(slots=True)
class Bucket:
    """`tokens` at the instant `at`, in seconds of a clock that never goes back."""

    tokens: float
    at: float


class RateExceeded(TooOften):
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
        """What is left, as the RateLimit header says it. Raises TooOften."""
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


def is_expensive(scope: Scope) -> bool:
    path = scope["path"]
    reads = scope["method"] in {"GET", "HEAD"}
    return reads and (path.startswith("/api/v1/") or path in PICTURES)


class RateLimit:
    """Refuses expensive reads beyond what an address may ask for; tells the others what is left."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app = app
        self.buckets = Buckets(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_expensive(scope):
            await self.app(scope, receive, send)
            return
        host, *_ = scope.get("client") or ("",)
        limit = {
            "RateLimit-Policy": self.buckets.policy,
            "RateLimit": self.buckets.take(household(host)),
        }

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in limit.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_counted)
