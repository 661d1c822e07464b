"""Token buckets: how many expensive reads each address has left, refilled over time."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from app.domain.errors import TooOftenError

ADDRESSES_MAX: Final = 20_000
"""Buckets that are kept, so that memory is bounded; the longest unused go first."""


@dataclass(slots=True)
class TokenBucket:
    """`tokens` at the instant `at`, in seconds of a clock that never goes back."""

    tokens: float
    at: float


class RateExceededError(TooOftenError):
    """An address has used up its tokens; `policy` is the RateLimit-Policy header."""

    problem_type = "RateExceeded"

    def __init__(self, title: str, detail: str, seconds: int, policy: str) -> None:
        super().__init__(title, detail, seconds)
        self.policy = policy


class TokenBuckets:
    """Lets each address ask `burst` times at once, and `per_minute` times a minute on end.

    Raises ValueError where `per_minute` is below 1: such a bucket would never fill again.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        if per_minute < 1:
            raise ValueError(f"at least 1 read a minute is expected, not {per_minute}")
        self.burst = max(per_minute // 2, 1)
        self.rate = per_minute / 60
        self.clock = clock
        self.found: OrderedDict[str, TokenBucket] = OrderedDict()

    @property
    def policy(self) -> str:
        """Return the RateLimit-Policy header: a full bucket (q), the seconds until it is full (w).

        The names are those of draft-ietf-httpapi-ratelimit-headers-10.
        """
        return f'"reads";q={self.burst};w={math.ceil(self.burst / self.rate)}'

    def take(self, address: str) -> str:
        """Take a token and return the RateLimit header. Raise RateExceededError if none is left."""
        # No lock is needed: this is called from the event loop only, and never waits.
        now = self.clock()
        bucket = self.found.pop(address, None) or TokenBucket(self.burst, now)
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
        bucket.at = now
        # Taken out above and put back here, it stands at the end: the first is the longest unused.
        self.found[address] = bucket
        if len(self.found) > ADDRESSES_MAX:
            self.found.popitem(last=False)
        if bucket.tokens < 1:
            seconds = math.ceil((1 - bucket.tokens) / self.rate)
            detail = f"Try again in {seconds} s. Answers may be kept: send If-None-Match."
            raise RateExceededError(
                "Too many requests from your address", detail, seconds, self.policy
            )
        bucket.tokens -= 1
        return self.left(bucket)

    def left(self, bucket: TokenBucket) -> str:
        """Return the RateLimit header: the tokens left (r), the seconds until it is full (t)."""
        full = math.ceil((self.burst - bucket.tokens) / self.rate)
        return f'"reads";r={math.floor(bucket.tokens)};t={full}'


def network_prefix(host: str) -> str:
    """Return an address as it is counted: of IPv6 the /64, which is what one subscriber gets."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
