"""Answers that are made anew each time, at both sizes, beside a bare application."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from tests.benchmarks.checking import running_server
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.bare import fetch_bytes, run_bare_server
from tests.benchmarks.performance.comparison import BARE, Comparison, sample_in_turn, total
from tests.benchmarks.performance.databases import Databases
from tests.benchmarks.performance.goals import Goal, Result, Size
from tests.benchmarks.performance.load import Load, Question, Sample, Target
from tests.benchmarks.performance.parts.warm import FRONT, SHARES, TRENDS

LONG_SOURCE: Final = Question("/api/v1/shares?source=lab-59")
PICTURE: Final = Question("/trends.png")
ALONE_S: Final = 1.5


def measure_cold(databases: Databases, load: Load) -> list[Result]:
    with ExitStack() as stack:
        small, large = [
            stack.enter_context(serving_without_store(databases, size))
            for size in (Size.BUNDLED, Size.MILLION)
        ]
        return [
            *measure_shares(load, small, large),
            *measure_page(load, FRONT, goals.COLD_FRONT, small, large),
            *measure_page(load, TRENDS, goals.COLD_TRENDS, small, large),
            *measure_pictures(load, small, large),
        ]


@contextmanager
def serving_without_store(databases: Databases, size: Size) -> Iterator[Target]:
    given = {"DATABASE_URL": databases.url(size), "ANSWER_STORE_MIB": "0"}
    with running_server(str(databases.folder), **given) as served:
        yield Target(served.address, served.pid, database_pid=databases.server_pid)


def measure_shares(load: Load, small: Target, large: Target) -> list[Result]:
    with run_bare_server(fetch_bytes(small.address, SHARES)) as bare:
        of_bare, of_small, of_large, of_long = sample_in_turn(
            load,
            bare.asked(SHARES),
            small.asked(SHARES),
            large.asked(SHARES),
            large.asked(LONG_SOURCE),
        )
    results = []
    for size, ours in ((Size.BUNDLED, of_small), (Size.MILLION, of_large)):
        compared = Comparison(ours, of_bare)
        ratio = compared.ratio("{:.4f}", BARE)
        results.append(Result(goals.COLD_SHARES, size, compared.lower, ratio, figures(ours)))
    for goal, ours in ((goals.COLD_SHARES_GROWN, of_large), (goals.COLD_SHARES_LONG, of_long)):
        compared = Comparison(ours, of_small)
        ratio = compared.ratio("{:.2f}", "the bundled size")
        results.append(Result(goal, Size.MILLION, compared.lower, ratio, figures(ours)))
    return results


def measure_page(
    load: Load, page: Question, limits: dict[Size, Goal], small: Target, large: Target
) -> list[Result]:
    """Return what a page costs at both sizes, judged by CPU of the worker and of PostgreSQL."""
    with run_bare_server(fetch_bytes(small.address, page)) as bare:
        of_bare, *of_ours = sample_in_turn(
            load, bare.asked(page), small.asked(page), large.asked(page)
        )
    results = []
    for size, ours in zip((Size.BUNDLED, Size.MILLION), of_ours, strict=True):
        compared, cost_ms = Comparison(ours, of_bare), total(ours).whole_cpu_ms
        ratio = compared.ratio("{:.4f}", BARE)
        results.append(Result(limits[size], size, cost_ms, ratio, figures(ours)))
    return results


def measure_pictures(load: Load, small: Target, large: Target) -> list[Result]:
    """Return how long one reader waits for a picture."""
    results = []
    with run_bare_server(fetch_bytes(small.address, PICTURE)) as bare:
        theirs = load.measure(bare.asked(PICTURE), ALONE_S / 3, connections=1)
    for size, target in ((Size.BUNDLED, small), (Size.MILLION, large)):
        ours = load.measure(target.asked(PICTURE), ALONE_S, connections=1)
        compared = Comparison([ours], [theirs])
        ratio = compared.ratio("{:.4f}", BARE)
        results.append(Result(goals.COLD_PNG, size, 1 / ours.rate, ratio, figures([ours])))
    return results


def figures(samples: list[Sample]) -> str:
    whole = total(samples)
    return (
        f"{whole.rate:,.1f} answers/s; {whole.cpu_ms:.1f} ms CPU of the worker and"
        f" {whole.database_cpu_ms:.1f} of PostgreSQL"
    )
