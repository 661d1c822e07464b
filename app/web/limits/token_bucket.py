"""Token buckets: how many reads each address and network has left, refilled over time."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from app.domain.errors import TooOftenError

BUCKETS_MAX: Final = 20_000
"""Buckets of a kind that are kept, so that memory is bounded; the longest unused go first."""
NETWORK_ADDRESSES: Final = 4
"""How many addresses' reads a larger network may ask for: an IPv6 /48 is often one customer."""


@dataclass(slots=True)
class TokenBucket:
    """`tokens` at the instant `at`, in seconds of a clock that never goes back; below 0 is debt."""

    tokens: float
    at: float


class RateExceededError(TooOftenError):
    """An address or network has used up its tokens; the last two are headers of the answer."""

    problem_type = "RateExceeded"

    def __init__(self, title: str, detail: str, seconds: int, policy: str, limit: str) -> None:
        super().__init__(title, detail, seconds)
        self.policy = policy
        self.limit = limit


class TokenBuckets:
    """Lets each name read `burst` times at once, and `per_minute` times a minute on end.

    `kind` is what the headers call them. Raises ValueError where `per_minute` is below 1: such a
    bucket would never fill again.
    """

    def __init__(
        self, per_minute: int, clock: Callable[[], float] = time.monotonic, kind: str = "reads"
    ) -> None:
        if per_minute < 1:
            raise ValueError(f"at least 1 read a minute is expected, not {per_minute}")
        self.burst = max(per_minute // 2, 1)
        self.rate = per_minute / 60
        self.clock = clock
        self.kind = kind
        self.buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    @property
    def policy(self) -> str:
        """Return the RateLimit-Policy header: a full bucket (q), the seconds until it is full (w).

        The names are those of draft-ietf-httpapi-ratelimit-headers-10.
        """
        return f'"{self.kind}";q={self.burst};w={math.ceil(self.burst / self.rate)}'

    def spend(self, name: str, reads: float) -> None:
        """Take tokens, more than there are if need be: what a read cost is known afterwards."""
        self._bucket(name).tokens -= reads

    def spent(self, name: str) -> float:
        """Return how many reads are missing to a full bucket."""
        return self.burst - self._bucket(name).tokens

    def seconds_to_wait(self, name: str) -> int:
        """Return the seconds until there is something in the bucket again, 0 if there is now."""
        tokens = self._bucket(name).tokens
        return 0 if tokens > 0 else max(1, math.ceil(-tokens / self.rate))

    def limit(self, name: str) -> str:
        """Return the RateLimit header: the tokens left (r), the seconds until it is full (t)."""
        bucket = self._bucket(name)
        full = math.ceil((self.burst - bucket.tokens) / self.rate)
        return f'"{self.kind}";r={max(0, math.floor(bucket.tokens))};t={full}'

    def _bucket(self, name: str) -> TokenBucket:
        # No lock is needed: this is called from the event loop only, and never waits.
        now = self.clock()
        bucket = self.buckets.pop(name, None) or TokenBucket(self.burst, now)
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.rate)
        bucket.at = now
        # Taken out above and put back here, it stands at the end: the first is the longest unused.
        self.buckets[name] = bucket
        if len(self.buckets) > BUCKETS_MAX:
            self.buckets.popitem(last=False)
        return bucket


class ReadAccount:
    """What one client may still read: its own bucket, and that of its network where it has one."""

    def __init__(self, held: Sequence[tuple[TokenBuckets, str]]) -> None:
        self.held = held

    def check(self) -> None:
        """Raise RateExceededError where a bucket is empty."""
        for (buckets, name), whose in zip(self.held, ("address", "network"), strict=False):
            if seconds := buckets.seconds_to_wait(name):
                title = f"Too many requests from your {whose}"
                detail = f"Try again in {seconds} s. Answers may be kept: send If-None-Match."
                limit = f'"{buckets.kind}";r=0;t={seconds}'
                raise RateExceededError(title, detail, seconds, buckets.policy, limit)

    def spend(self, reads: float) -> None:
        for buckets, name in self.held:
            buckets.spend(name, reads)

    @property
    def spent(self) -> float:
        """How many reads are missing to the client's own full bucket."""
        buckets, name = self.held[0]
        return buckets.spent(name)

    def headers(self) -> dict[str, str]:
        """Return what an answer says of the limits: one item for each bucket."""
        return {
            "RateLimit-Policy": ", ".join(buckets.policy for buckets, _ in self.held),
            "RateLimit": ", ".join(buckets.limit(name) for buckets, name in self.held),
        }


class ReadAccounts:
    """The buckets of all clients: of each IPv4 address, IPv6 /64, and IPv6 /48."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.addresses = TokenBuckets(per_minute, clock)
        self.networks = TokenBuckets(per_minute * NETWORK_ADDRESSES, clock, "network")

    def account(self, host: str) -> ReadAccount:
        """Return the account of a client's address; what is no address has one of its own."""
        held = [(self.addresses, network_prefix(host))]
        if network := wide_network_prefix(host):
            held.append((self.networks, network))
        return ReadAccount(held)


def network_prefix(host: str) -> str:
    """Return an address as it is counted: of IPv6 the /64, which is what one subscriber gets."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def wide_network_prefix(host: str) -> str:
    """Return the /48 of an IPv6 address, of which one customer may have all; "" of any other."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address) or address.ipv4_mapped:
        return ""
    return str(ip_network((address, 48), strict=False))
