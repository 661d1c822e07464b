"""What a worker of two holds: idle, and after the dearest questions there are."""

from typing import Final

from tests.benchmarks.crowd import dear_question
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.databases import Databases
from tests.benchmarks.performance.goals import Result, Size
from tests.benchmarks.performance.load import Load, Question, Target
from tests.benchmarks.performance.processes import (
    proportional_mib,
    resident_mib,
    resident_mib_of_libraries,
)
from tests.faults.service import service

HEAVY_S: Final = 8.0
QUESTIONS: Final = tuple(Question(dear_question(turn)) for turn in range(4_000))
UNREACHED_LIMIT: Final = "1000000"
"""A RATE_LIMIT under which reads are counted and queue, as they do by default."""


def measure_memory(databases: Databases, load: Load) -> list[Result]:
    alone = resident_mib_of_libraries()
    return [
        result
        for size in (Size.BUNDLED, Size.MILLION)
        for result in measure_size(databases, load, size, alone)
    ]


def measure_size(databases: Databases, load: Load, size: Size, alone: float) -> list[Result]:
    place = databases.folder / f"memory-{size.name}"  # a log of its own
    with service(databases.url(size), place, RATE_LIMIT=UNREACHED_LIMIT) as running:
        workers = running.wait_for_both()
        idle, idle_part = held(workers)
        target = Target(running.address, running.process.pid, QUESTIONS)
        sample = load.measure(target, HEAVY_S, visitor=lambda number: f"203.0.113.{number}")
        heavy, heavy_part = held(workers)
    alone_words = f"{alone:.0f} MiB"
    return [
        Result(
            goals.IDLE_WORKER,
            size,
            idle,
            ratio(idle, alone),
            f"{idle_part:.0f} MiB proportional; FastAPI, uvicorn and psycopg {alone_words}",
        ),
        Result(
            goals.HEAVY_WORKER,
            size,
            heavy,
            ratio(heavy, alone),
            f"{heavy_part:.0f} MiB proportional; {sample.answers} answers in {HEAVY_S:.0f} s",
        ),
    ]


def ratio(memory: float, alone: float) -> str:
    return f"{memory / alone:.2f} times the libraries alone"


def held(workers: set[int]) -> tuple[float, float]:
    """Return the MiB of the largest worker, resident and proportional."""
    return max(map(resident_mib, workers)), max(map(proportional_mib, workers))
