"""How readers fare beside sign-ins, dear questions and slow streams, all at once."""

from typing import Final

from tests.benchmarks.checking import running_server
from tests.benchmarks.crowd import let_costs_be_learnt, read_beside
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.databases import Databases
from tests.benchmarks.performance.goals import Result, Size

CROWD: Final = "all of it"
CROWD_S: Final = 10.0


def measure_crowd(databases: Databases) -> list[Result]:
    given = {"DATABASE_URL": databases.bundled, "RATE_LIMIT": "120"}
    with running_server(str(databases.folder), **given) as served:
        let_costs_be_learnt(served)
        alone, _ = read_beside(served, "nothing", CROWD_S / 4)
        readers, answered = read_beside(served, CROWD, CROWD_S)
    slow, slow_alone = readers.slowest(0.95), alone.slowest(0.95)
    refused = sum(count for status, count in readers.statuses.items() if status != "200")
    figures = f"median {readers.slowest(0.5):.2f} s, slowest {max(readers.waits):.2f} s"
    ratio = f"{slow / slow_alone:.0f} times the {slow_alone:.3f} s beside nobody"
    return [
        Result(goals.CROWD, Size.BUNDLED, slow, ratio, figures),
        Result(
            goals.REFUSED,
            Size.BUNDLED,
            refused,
            "",
            f"{len(readers.waits)} reads; crowd: {answered}",
        ),
    ]
