"""What reads cost, measured: the work of each, and what an address cost lately."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from statistics import median
from typing import Final

KEPT_MAX: Final = 5_000
"""Addresses of which the cost is kept; the longest unused go first."""
NEWEST_WEIGHT: Final = 0.3
"""How much the newest measurement counts in a mean, against all before it."""
ADDRESS_MAX_LENGTH: Final = 500
LATEST_KEPT: Final = 101


class WorkClock:
    """Shares the seconds of a process among the reads that are being made.

    Of two that are made at the same time each is charged half of it. So a read costs about the
    same whoever else reads, and all together cost no more than the time that has passed.
    """

    # The time of a thread would be exact, but leaves out what the database does for it; the time
    # until the answer would charge readers for the crowd they wait in.
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.running = 0
        self.work_s = 0.0
        self.at = clock()

    def begin(self) -> float:
        """Return the mark that `end` takes."""
        self._advance()
        self.running += 1
        return self.work_s

    def end(self, mark: float) -> float:
        """Return the seconds of work since the mark."""
        self._advance()
        self.running -= 1
        return self.work_s - mark

    def _advance(self) -> None:
        now = self.clock()
        if self.running:
            self.work_s += (now - self.at) / self.running
        self.at = now


class MeasuredCosts:
    """The mean of what each address cost lately, in seconds of work."""

    def __init__(self) -> None:
        self.means: OrderedDict[str, float] = OrderedDict()
        self.latest: deque[float] = deque(maxlen=LATEST_KEPT)

    def note(self, address: str, work_s: float) -> None:
        """Note what an answer cost; `address` is path and query."""
        key = address[:ADDRESS_MAX_LENGTH]
        before = self.means.pop(key, work_s)
        self.means[key] = before + NEWEST_WEIGHT * (work_s - before)
        if len(self.means) > KEPT_MAX:
            self.means.popitem(last=False)
        self.latest.append(work_s)

    def mean_s(self, address: str) -> float | None:
        """Return what the address costs, None where nobody asked it lately."""
        return self.means.get(address[:ADDRESS_MAX_LENGTH])

    @property
    def typical_s(self) -> float:
        """The median of the latest reads, 0 before the first."""
        return median(self.latest) if self.latest else 0.0
