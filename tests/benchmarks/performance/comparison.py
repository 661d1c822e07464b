"""Servers that are asked in turn, and how many times the answers of one those of another are."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.performance.load import Load, Sample, Target

TURNS: Final = 3
TURN_S: Final = 0.8
WARM_UP_S: Final = 0.25
BARE: Final = "bare uvicorn"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Samples of two servers that were taken in turn; a ratio is the first's to the second's."""

    ours: list[Sample]
    theirs: list[Sample]

    @property
    def rates(self) -> float:
        """The ratio of answers a second, the median of the turns."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)

    @property
    def cpu(self) -> float:
        """The ratio of answers for the same CPU, the median of the turns."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return statistics.median(theirs.whole_cpu_ms / ours.whole_cpu_ms for ours, theirs in pairs)

    @property
    def lower(self) -> float:
        return min(self.rates, self.cpu)

    def ratio(self, template: str, other: str) -> str:
        return f"{template.format(self.rates)} of {other}; {template.format(self.cpu)} by CPU"

    @property
    def figures(self) -> str:
        """Answers a second, CPU and how busy each process was, the first before the second."""
        ours, theirs = total(self.ours), total(self.theirs)
        return (
            f"{ours.rate:,.0f} and {theirs.rate:,.0f} answers/s; {ours.cpu_ms:.3f} and"
            f" {theirs.cpu_ms:.3f} ms CPU; {ours.busy:.0%} and {theirs.busy:.0%} busy"
        )


def total(samples: Sequence[Sample]) -> Sample:
    """Return several samples as one."""
    return Sample(
        sum(sample.answers for sample in samples),
        sum(sample.seconds for sample in samples),
        sum(sample.cpu for sample in samples),
        sum(sample.database_cpu for sample in samples),
    )


def sample_in_turn(load: Load, *targets: Target) -> list[list[Sample]]:
    """Return the samples of each target, as many as there are turns."""
    for target in targets:
        load.measure(target, WARM_UP_S)
    turns = [[load.measure(target, TURN_S) for target in targets] for _ in range(TURNS)]
    return [list(samples) for samples in zip(*turns, strict=True)]
