"""The queue of reads: who is made next, so that dear answers do not keep others waiting."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from math import inf
from typing import Final

from app.database.errors import RETRY_HINT
from app.domain.errors import TooOftenError, UnavailableError
from app.web.limits.read_costs import MeasuredCosts, WorkClock

OF_ONE_ADDRESS_AT_ONCE: Final = 2
"""Answers that are made for one address at the same time; its other reads wait."""
OF_ONE_ADDRESS_MAX: Final = 60
"""Reads of one address that may be there at once, those in the making included."""
PRESENT_MAX: Final = 1_000
"""Reads that may be there at once, of whoever."""
SHORT_AT_ONCE: Final = 3
"""Short reads that are made at the same time: one process computes for one at a time anyway."""
LONG_AT_ONCE: Final = 1
"""Long reads that are made at the same time, beside the short ones."""
RUNNING_MAX: Final = 8
"""Reads that are made at once at most, where short ones turn out to be long."""
LONG_S: Final = 1.0
"""Seconds of work from which on a read is long, unless five typical ones take as long."""
SPENT_MAX_S: Final = 2.0
"""Seconds of work, or of ten typical reads, from which on the reads of an address are long."""
OVERDUE_S: Final = 1.0
"""Seconds after which a short read that is still made leaves its place to another."""
SHORT_WAIT_MAX_S: Final = 3.0
LONG_WAIT_MAX_S: Final = 20.0
"""Seconds for which a read may wait for its turn; then it is asked to come again."""
LATER_BY_COST: Final = 20
"""Seconds by which a read goes back in the line for each second of work that it may cost."""
AGAIN_HINT: Final = "Ask again when they are answered."


@dataclass(slots=True, eq=False)
class Turn:
    """A read that waits for its turn, and then has it until `ReadQueue.end`."""

    address: str
    long: bool
    due: float
    granted: asyncio.Future[None]
    mark: float = 0.0
    overdue: asyncio.TimerHandle | None = None
    ended: bool = field(default=False)


class ReadQueue:
    """Lets some reads be made at a time; the others wait, at nobody else's cost.

    Short ones have places of their own: what is known to cost little, for who has had little.
    Among those that wait the one goes first that came first, costs least, and is for who had
    least. A waiting read holds neither a thread nor a connection.
    """

    # What nobody asked yet counts as long: whoever wants to do harm asks for what is new each time,
    # and readers mostly for what others read too. Where nobody does harm, it waits for nothing.

    def __init__(self, work: WorkClock | None = None) -> None:
        self.work = work or WorkClock()
        self.costs = MeasuredCosts()
        self.present: Counter[str] = Counter()
        self.waiting: list[Turn] = []
        self.running: list[Turn] = []

    async def take(self, address: str, question: str = "", spent_s: float = 0.0) -> Turn:
        """Wait for a turn and return it, which `end` is to be called with.

        `question` is path and query, `spent_s` the seconds of work that the address had lately.
        Raise TooOftenError where too many reads of the address are there, UnavailableError where
        too many are there or the turn does not come.
        """
        if self.present[address] >= OF_ONE_ADDRESS_MAX:
            raise TooOftenError("Too many requests from your address wait already", AGAIN_HINT, 5)
        if self.present.total() >= PRESENT_MAX:
            raise _too_many()
        mean_s, typical_s = self.costs.mean_s(question), self.costs.typical_s
        cheap = mean_s is not None and mean_s <= max(LONG_S, 5 * typical_s)
        long = not cheap or spent_s > max(SPENT_MAX_S, 10 * typical_s)
        cost_s = (typical_s if mean_s is None else mean_s) + spent_s
        try:
            async with asyncio.timeout(LONG_WAIT_MAX_S if long else SHORT_WAIT_MAX_S):
                return await self._wait(address, cost_s, long=long)
        except TimeoutError:
            raise _too_many() from None

    async def follow(self, address: str, spent_s: float) -> Turn:
        """Wait, for as long as it takes, for a turn of an answer that has begun, and return it.

        It is made as a long read is: the next part of a file may wait, a page that is looked at
        may not.
        """
        return await self._wait(address, spent_s, long=True)

    async def _wait(self, address: str, cost_s: float, *, long: bool) -> Turn:
        loop = asyncio.get_running_loop()
        due = loop.time() + LATER_BY_COST * cost_s
        turn = Turn(address, long, due, loop.create_future())
        self.present[address] += 1
        self.waiting.append(turn)
        self._start_next()
        # A read that is given up while it waits must not stay for ever.
        try:
            await turn.granted
        except asyncio.CancelledError:
            self.end(turn)
            raise
        return turn

    def end(self, turn: Turn) -> float:
        """End a turn and return the seconds of work since it came; 0 where it has ended before."""
        if turn.ended:
            return 0.0
        turn.ended = True
        # Addresses without a read are forgotten, or memory would grow with every visitor.
        self.present[turn.address] -= 1
        if not self.present[turn.address]:
            del self.present[turn.address]
        if turn in self.waiting:
            self.waiting.remove(turn)
            return 0.0
        self.running.remove(turn)
        if turn.overdue is not None:
            turn.overdue.cancel()
        work_s = self.work.end(turn.mark)
        self._start_next()
        return work_s

    def _start_next(self) -> None:
        """Begin the turns that there are places for."""
        loop = asyncio.get_running_loop()
        while (turn := self._next_turn()) is not None:
            self.waiting.remove(turn)
            self.running.append(turn)
            turn.mark = self.work.begin()
            if not turn.long:
                turn.overdue = loop.call_later(OVERDUE_S, self._make_long, turn)
            if not turn.granted.done():  # it may have been cancelled at this very moment
                turn.granted.set_result(None)

    def _next_turn(self) -> Turn | None:
        """Return the waiting turn that begins now, None where there is no place for any."""
        of_kind = Counter(turn.long for turn in self.running)
        has_place = {True: of_kind[True] < LONG_AT_ONCE, False: of_kind[False] < SHORT_AT_ONCE}
        # Whoever joins a long line finds no place free: that must not cost a look at the line.
        if not any(has_place.values()) or len(self.running) >= RUNNING_MAX:
            return None
        of_address = Counter(turn.address for turn in self.running)
        # A long one takes time from the short: where some of those wait, it stands in their line.
        first_short = min((turn.due for turn in self.waiting if not turn.long), default=inf)
        startable = (
            turn
            for turn in self.waiting
            if has_place[turn.long]
            and of_address[turn.address] < OF_ONE_ADDRESS_AT_ONCE
            and not (turn.long and turn.due > first_short)
        )
        return min(startable, key=lambda turn: turn.due, default=None)

    def _make_long(self, turn: Turn) -> None:
        # Nothing told beforehand that it takes so long; no thread can be stopped.
        turn.long = True
        self._start_next()


def _too_many() -> UnavailableError:
    return UnavailableError("Too many are asking at this moment", RETRY_HINT)
