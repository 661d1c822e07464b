"""Answers from the store of finished ones, each beside a bare application of the same bytes."""

from typing import Final

from tests.benchmarks.checking import running_server
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.bare import fetch_bytes, run_bare_server
from tests.benchmarks.performance.comparison import BARE, Comparison, sample_in_turn
from tests.benchmarks.performance.databases import Databases
from tests.benchmarks.performance.goals import Goal, Result, Size
from tests.benchmarks.performance.load import Load, Question, Target

SHARES: Final = Question("/api/v1/shares")
FRONT: Final = Question("/")
TRENDS: Final = Question("/trends")


def measure_warm(databases: Databases, load: Load) -> list[Result]:
    return [
        result
        for size in (Size.BUNDLED, Size.MILLION)
        for result in measure_size(databases, load, size)
    ]


def measure_size(databases: Databases, load: Load, size: Size) -> list[Result]:
    with running_server(str(databases.folder), DATABASE_URL=databases.url(size)) as served:
        tag = dict(fetch_bytes(served.address, SHARES).headers)[b"etag"].decode()
        questions: dict[Goal, Question] = {
            goals.WARM_SHARES: SHARES,
            goals.WARM_FRONT: FRONT,
            goals.WARM_TRENDS: TRENDS,
            goals.NOT_MODIFIED: Question(SHARES.path, (("If-None-Match", tag),), 304),
        }
        ours = Target(served.address, served.pid)
        results = []
        for goal, question in questions.items():
            with run_bare_server(fetch_bytes(served.address, question)) as bare:
                compared = Comparison(
                    *sample_in_turn(load, ours.asked(question), bare.asked(question))
                )
            ratio = compared.ratio("{:.2f}", BARE)
            results.append(Result(goal, size, compared.lower, ratio, compared.figures))
    return results
