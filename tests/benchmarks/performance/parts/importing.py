"""Imports beside a raw COPY of the same lines, as whole processes."""

from tests.benchmarks.importing import Cost
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.databases import Databases
from tests.benchmarks.performance.goals import Result, Size


def measure_import(databases: Databases) -> list[Result]:
    databases.import_some()
    _ = databases.million
    return [result for lines, costs in databases.costs.items() for result in judge(lines, costs)]


def judge(lines: int, costs: dict[str, Cost]) -> list[Result]:
    copied, imported = costs["COPY"], costs["import"]
    times = imported.seconds / copied.seconds
    by_cpu = (imported.cpu + imported.server_cpu) / (copied.cpu + copied.server_cpu)
    figures = (
        f"{imported.seconds:.2f} and {copied.seconds:.2f} s; CPU {imported.cpu:.1f} and"
        f" {copied.cpu:.1f} s, of PostgreSQL {imported.server_cpu:.1f} and"
        f" {copied.server_cpu:.1f} s"
    )
    ratio = f"{times:.1f} times raw COPY; {by_cpu:.1f} by CPU"
    memory_ratio = f"{imported.memory / copied.memory:.1f} times raw COPY"
    memory = f"{lines:,} lines: {imported.memory:.0f} and {copied.memory:.0f} MiB"
    return [
        Result(goals.IMPORT[lines], Size.NEITHER, times, ratio, figures),
        Result(goals.IMPORT_MEMORY, Size.NEITHER, imported.memory, memory_ratio, memory),
    ]
