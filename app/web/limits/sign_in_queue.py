"""The queue of sign-ins: a few wait for Argon2 in threads of their own, the others come again."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar

from app.database.errors import RETRY_HINT
from app.domain.errors import TooOftenError, UnavailableError
from app.web.limits.token_bucket import network_prefix

ATTEMPTS_AT_ONCE: Final = 2
"""Attempts that are made at the same time: while one computes, the other asks the database."""
ATTEMPTS_MAX: Final = 8
"""Attempts that may be there at once in a process, those under way included."""
OF_ONE_NETWORK_MAX: Final = 4
"""Of these, how many may come from one network, so that one sender does not take all places."""
NETWORK_RETRY_S: Final = 5

Outcome = TypeVar("Outcome")


class SignInQueue:
    """Makes ATTEMPTS_AT_ONCE sign-ins at a time and lets a handful wait.

    A refused attempt costs neither a thread nor a connection, and one that waits takes none from
    the pool that answers readers.
    """

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(ATTEMPTS_AT_ONCE, "sign-in")
        self.present: Counter[str] = Counter()

    async def run(self, address: str, attempt: Callable[[], Outcome]) -> Outcome:
        """Return what `attempt` returns, which may block. It is called from the event loop.

        Raise UnavailableError where ATTEMPTS_MAX are there already, TooOftenError where too many
        are of the network of `address`, or what `attempt` raises.
        """
        network = network_prefix(address)
        if self.present.total() >= ATTEMPTS_MAX:
            raise UnavailableError("Too many are signing in at this moment", RETRY_HINT)
        if self.present[network] >= OF_ONE_NETWORK_MAX:
            title = "Too many are signing in from your network at this moment"
            raise TooOftenError(title, RETRY_HINT, NETWORK_RETRY_S)
        self.present[network] += 1
        # The id of the request, which stands in every line of the log, is in the context.
        future = asyncio.get_running_loop().run_in_executor(
            self.threads, copy_context().run, attempt
        )
        # Not in `finally`: an attempt goes on where the task that waits for it is cancelled.
        future.add_done_callback(lambda _: self._leave(network))
        return await asyncio.shield(future)

    def _leave(self, network: str) -> None:
        self.present[network] -= 1
        if not self.present[network]:
            del self.present[network]
