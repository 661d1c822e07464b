"""Files that are sent in portions: only so many at once, and each portion in its turn."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from app.database.errors import RETRY_HINT
from app.domain.errors import TooOftenError, UnavailableError
from app.web.limits.token_bucket import network_prefix
from app.web.middleware.rate_limit import following_turn

STREAMS_AT_ONCE: Final = 8
"""Files that a process sends in portions at the same time."""
OF_ONE_ADDRESS: Final = 2
ADDRESS_RETRY_S: Final = 30


class StreamPlaces:
    """The places of files that are being sent: as many as are fit for the memory they take."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    @contextmanager
    def place(self, host: str) -> Iterator[None]:
        """Hold a place. Raise TooOftenError where the address has its own, UnavailableError."""
        address = network_prefix(host)
        if self.taken[address] >= OF_ONE_ADDRESS:
            title = f"Your address is being sent {OF_ONE_ADDRESS} files already"
            raise TooOftenError(title, "Ask again when they have come.", ADDRESS_RETRY_S)
        if self.taken.total() >= STREAMS_AT_ONCE:
            raise UnavailableError("Too many files are being sent at this moment", RETRY_HINT)
        self.taken[address] += 1
        try:
            yield
        finally:
            self.taken[address] -= 1
            if not self.taken[address]:
                del self.taken[address]


class StreamedCSV(StreamingResponse):
    """CSV, or another file, that is made while it is sent.

    It is refused in words where too many are being sent.
    """

    def __init__(
        self,
        request: Request,
        portions: Iterator[bytes],
        headers: Mapping[str, str],
        media_type: str = "text/csv",
    ) -> None:
        super().__init__(_in_turn(request.scope, portions), media_type=media_type, headers=headers)
        self.places: StreamPlaces = request.app.state.stream_places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Here and not in the endpoint: an answer that is never sent would keep its place.
        host, *_ = scope.get("client") or ("",)
        with self.places.place(host):
            await super().__call__(scope, receive, send)


async def _in_turn(scope: Scope, portions: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield portions, each of which is computed in a thread and a turn of its own."""
    while True:
        async with following_turn(scope):
            portion = await run_in_threadpool(next, portions, None)
        if portion is None:
            return
        yield portion
