"""Measures all goals and writes docs/performance.md: `make bench`, Linux only.

    .venv/bin/python -m tests.benchmarks.performance [PART ...]

With parts (import, warm, cold, memory, paint, crowd, publish) only those are measured and printed.
Everything runs on an embedded PostgreSQL of its own, which is gone afterwards.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.benchmarks.performance.databases import Databases, run_databases
from tests.benchmarks.performance.document import RunDescription, row, write_document
from tests.benchmarks.performance.goals import Result
from tests.benchmarks.performance.load import CONNECTIONS, Load
from tests.benchmarks.performance.machine import DOCUMENT, describe_commit, describe_machine
from tests.benchmarks.performance.parts.cold import measure_cold
from tests.benchmarks.performance.parts.crowding import measure_crowd
from tests.benchmarks.performance.parts.importing import measure_import
from tests.benchmarks.performance.parts.memory import HEAVY_S, measure_memory
from tests.benchmarks.performance.parts.painting import measure_painting
from tests.benchmarks.performance.parts.publishing import measure_publishing
from tests.benchmarks.performance.parts.warm import measure_warm

# What publishes comes last: it changes what the others read.
PARTS: Final[dict[str, Callable[[Databases, Load], list[Result]]]] = {
    "import": lambda databases, _: measure_import(databases),
    "warm": measure_warm,
    "cold": measure_cold,
    "memory": measure_memory,
    "paint": lambda databases, _: measure_painting(databases),
    "crowd": lambda databases, _: measure_crowd(databases),
    "publish": lambda databases, _: measure_publishing(databases),
}


def measure_parts(names: list[str], databases: Databases, load: Load) -> list[Result]:
    """Return the results of some parts, and print them as they come."""
    results = []
    for name in names:
        began = time.monotonic()
        of_part = PARTS[name](databases, load)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        print("\n".join(map(row, of_part)), flush=True)
        results += of_part
    return results


def main(names: list[str]) -> None:
    if unknown := set(names) - set(PARTS):
        raise SystemExit(f"No part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
    began, load_before, commit = time.monotonic(), os.getloadavg()[0], describe_commit()
    with (
        tempfile.TemporaryDirectory(prefix="modelshare-bench-") as folder,
        run_databases(Path(folder)) as databases,
        Load() as load,
    ):
        results = measure_parts(names or list(PARTS), databases, load)
        if names:
            return
        run = RunDescription(
            moment=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            commit=commit,
            machine=describe_machine(databases.bundled, load_before),
            bundled=databases.contents[databases.bundled],
            million=databases.contents[databases.million],
            seconds=time.monotonic() - began,
        )
    text = write_document(results, run, connections=CONNECTIONS, heavy_s=HEAVY_S)
    DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    print(f"{DOCUMENT.name} is written after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
