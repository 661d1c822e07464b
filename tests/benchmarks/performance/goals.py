"""The goals that were set, and what one run measured of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Size(StrEnum):
    """How much the database holds."""

    BUNDLED = "bundled"
    MILLION = "a million"
    NEITHER = "–"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is measured, its limit in the unit of `template`, and the part of the run it is of."""

    subject: str
    template: str
    """Writes a value with its unit, as `{:.2f} s`."""
    part: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def words(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.template.format(self.at_most)}"
        return "–" if self.at_least is None else f"≥ {self.template.format(self.at_least)}"

    def is_reached(self, value: float) -> bool | None:
        """Return whether a value is within the limit; None where none was set."""
        if self.at_most is not None:
            return value <= self.at_most
        return None if self.at_least is None else value >= self.at_least


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of a goal: the value it is judged by, the ratio, and the figures behind."""

    goal: Goal
    size: Size
    value: float
    ratio: str
    """To what, and how many times; empty where nothing is compared."""
    figures: str


_TIMES: Final = "{:.1f} times"
_MILLISECONDS: Final = "{:.0f} ms"
_SECONDS: Final = "{:.2f} s"
_SHARE: Final = "{:.2f}"
_SMALL_SHARE: Final = "{:.4f}"
_MIB: Final = "{:.0f} MiB"

WARM_SHARES: Final = Goal("warm `/api/v1/shares`", _SHARE, "warm", at_least=0.85)
WARM_FRONT: Final = Goal("warm `/`", _SHARE, "warm", at_least=0.6)
WARM_TRENDS: Final = Goal("warm `/trends`", _SHARE, "warm", at_least=0.6)
NOT_MODIFIED: Final = Goal("304 of `/api/v1/shares`", _SHARE, "warm", at_least=0.85)

COLD_SHARES: Final = Goal("cold `/api/v1/shares`", _SMALL_SHARE, "cold", at_least=0.012)
COLD_SHARES_GROWN: Final = Goal(
    "cold `/api/v1/shares` at a million, against the bundled size", _SHARE, "cold", at_least=0.8
)
COLD_SHARES_LONG: Final = Goal(
    "the same of a source with 16,672 lines, against the bundled size", _SHARE, "cold"
)
COLD_FRONT: Final = {
    Size.BUNDLED: Goal("cold `/`, CPU", _MILLISECONDS, "cold", at_most=35),
    Size.MILLION: Goal("cold `/`, CPU", _MILLISECONDS, "cold", at_most=60),
}
COLD_TRENDS: Final = dict.fromkeys(Size, Goal("cold `/trends`, CPU", _MILLISECONDS, "cold"))
COLD_PNG: Final = Goal("cold `/trends.png`, one after the other", _SECONDS, "cold", at_most=0.12)

IMPORT: Final = {
    100_032: Goal("import of 100,032 lines", _TIMES, "import", at_most=8),
    1_000_320: Goal("import of 1,000,320 lines", _TIMES, "import", at_most=12),
}
IMPORT_MEMORY: Final = Goal("memory of an import, at most", _MIB, "import", at_most=150)

IDLE_WORKER: Final = Goal("a worker of two, idle", _MIB, "memory", at_most=80)
HEAVY_WORKER: Final = Goal("the same after heavy pages", _MIB, "memory", at_most=110)

FIRST_PAINT: Final = Goal("first paint of `/trends`, cold browser", _SHARE, "paint", at_most=0.4)
LIVE_CHART: Final = Goal("live chart of `/trends`", _SHARE, "paint", at_most=1.15)
FIRST_VISIT: Final = Goal(
    "first visit of `/trends`, on the way", "{:.2f} KiB", "paint", at_most=370
)

VISIBLE: Final = Goal("published to visible on every worker, p95", _SECONDS, "publish", at_most=1)

CROWD: Final = Goal(
    "readers beside 180 sign-ins, 50 of the dearest questions, 24 streams, p95",
    _SECONDS,
    "crowd",
    at_most=1,
)
REFUSED: Final = Goal("the same: readers refused", "{:.0f}", "crowd", at_most=0)
