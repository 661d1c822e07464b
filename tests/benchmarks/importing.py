"""What an import costs beside a raw COPY of the same lines, both as whole processes.

    .venv/bin/python -m tests.benchmarks.importing [LINES ...]

Fills an embedded PostgreSQL of its own with sources, and imports a file of values by month and
model (100,032 and 1,000,320 lines) whose names the catalogue does not know. The raw COPY puts
prepared rows into a table like `observation` without its keys, indexes and checks. Prints seconds,
CPU seconds of process and server, the most memory of the process, and how many times the COPY the
import takes. Ends with 1 where that, or the memory, is beyond the goal. Reads /proc: Linux only.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.embedded.server import run_embedded_postgres
from app.database.migrate import upgrade_schema
from app.database.session import Database
from app.domain.calendar import add_months, format_month

MODELS, MONTHS = 521, 32
LINES_OF_SOURCE = MODELS * MONTHS
MOST_TIMES = {6 * LINES_OF_SOURCE: 8, 60 * LINES_OF_SOURCE: 12}
MOST_MEMORY = 150.0  # MiB
LOOK_INTERVAL_S = 0.005
MODELSHARE = Path(sys.executable).with_name("modelshare")
COPY_ROWS = """
import sys, psycopg
with psycopg.connect(sys.argv[1]) as connection, open(sys.argv[2], "rb") as rows:
    connection.execute("CREATE TABLE raw (LIKE observation)")
    with connection.cursor().copy("COPY raw FROM STDIN") as copy:
        while portion := rows.read(65536):
            copy.write(portion)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process: seconds, CPU seconds with its children and of the server, MiB at most."""

    seconds: float
    cpu: float
    server_cpu: float
    memory: float


def write_files(directory: Path, lines: int) -> tuple[Path, Path]:
    """The file to import, and its rows as COPY reads them."""
    random = Random(lines)
    upload, rows = directory / f"{lines}.csv", directory / f"{lines}.rows"
    with upload.open("w") as file, rows.open("w") as copied:
        file.write("month,source,origin,openness,developer,model,value\n")
        for number in range(lines):
            source, rest = divmod(number, LINES_OF_SOURCE)
            month, model = divmod(rest, MODELS)
            value, maker = random.randrange(10**12), f"Maker {model % 16}"
            when = format_month(add_months(date(2023, 1, 1), month))
            origin = ("chinese", "us", "european", "other")[model % 4]
            openness = "open" if model % 3 else "closed"
            file.write(f"{when},lab-{source},{origin},{openness},{maker},Model {model},{value}\n")
            snapshot = number // MODELS + 1
            cells = f"{snapshot}\t{number + 2}\t{origin}\t{openness}\t{model % 16}\t{model}"
            copied.write(f"{cells}\t{random.random():.10f}\t{value}\tfinal\t\n")
    return upload, rows


def fill(url: str, sources: int) -> None:
    db = Database(url)
    upgrade_schema(db)
    for number in range(sources):
        texts = {"source": f"lab-{number}", "name": f"Lab {number}", "publisher": "Lab"}
        texts |= {"metric": "tokens", "population": "Its own traffic"}
        with db.writing() as session:
            edit_entry(session, SOURCE_TYPE, texts, by="benchmark", reason="benchmark")
    db.close()


def server_cpu(data_dir: Path) -> float:
    """CPU seconds of the server's connections that have ended."""
    pid = (data_dir / "postgres" / "postmaster.pid").read_text().split("\n")[0]
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, times[13:15])) / os.sysconf("SC_CLK_TCK")


def most_resident_mib(pid: int) -> float:
    """What a process has held at most since it became its program; 0 where it has ended."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(match[1]) / 1024 if (match := re.search(r"VmHWM:\s+(\d+)", status)) else 0.0


def cost(command: list[str], data_dir: Path, environment: dict[str, str]) -> Cost:
    server_before, began = server_cpu(data_dir), time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT
        )
        # Not the largest of `usage`: that is at least what the process held that started it.
        memory = 0.0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            memory = max(memory, most_resident_mib(process.pid))
            time.sleep(LOOK_INTERVAL_S)
        _, status, usage = ended
        seconds = time.perf_counter() - began
        if status:
            output.seek(0)
            raise SystemExit(f"{command[:2]} ended with {status}: {output.read(2000).decode()}")
    time.sleep(0.3)  # the connection's process ends after ours
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(seconds, cpu, server_cpu(data_dir) - server_before, memory)


def measure(url: str, data_dir: Path, files: tuple[Path, Path]) -> Iterator[tuple[str, Cost]]:
    upload, rows = files
    plain = url.replace("+psycopg", "")
    yield "COPY", cost([sys.executable, "-c", COPY_ROWS, plain, str(rows)], data_dir, {})
    yield "import", cost([str(MODELSHARE), "import", str(upload)], data_dir, {"DATABASE_URL": url})


def main(counts: list[int]) -> None:
    fine = True
    print(f"{'lines':>9} {'':8} {'seconds':>8} {'CPU':>7} {'server':>7} {'memory':>8} {'times':>6}")
    for lines in counts:
        with tempfile.TemporaryDirectory() as name, run_embedded_postgres(Path(name) / "db") as url:
            fill(url, -(-lines // LINES_OF_SOURCE))
            costs = dict(measure(url, Path(name) / "db", write_files(Path(name), lines)))
            for what, it in costs.items():
                times = it.seconds / costs["COPY"].seconds
                print(
                    f"{lines:9,} {what:8} {it.seconds:8.2f} {it.cpu:7.2f} {it.server_cpu:7.2f}"
                    f" {it.memory:5.0f} MiB {times:5.1f}"
                )
            fine &= times <= MOST_TIMES.get(lines, 12) and it.memory <= MOST_MEMORY
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or list(MOST_TIMES))
