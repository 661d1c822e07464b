"""What a process takes, read from /proc: CPU seconds and memory. Linux only."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LIBRARIES_ALONE = """
import fastapi, psycopg, uvicorn
application = fastapi.FastAPI()
print(flush=True)
input()
"""


def cpu_seconds(pid: int, *, children: bool = False) -> float:
    """Return the CPU seconds of a process, if asked with those of its children, ended ones too."""
    seconds = own_cpu_seconds(pid, ended_children=children)
    if children:
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        for child in [int(text) for task in tasks for text in task.read_text("ascii").split()]:
            # One that has just ended counts among the ended ones next time.
            with suppress(FileNotFoundError, ProcessLookupError):
                seconds += own_cpu_seconds(child)
    return seconds


def own_cpu_seconds(pid: int, *, ended_children: bool = False) -> float:
    # The second field is the program's name in brackets, which may have blanks.
    times = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, times[11 : 15 if ended_children else 13])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """Return the memory that a process holds, pages shared with others in full."""
    return kib_of(Path(f"/proc/{pid}/status"), "VmRSS") / 1024


def proportional_mib(pid: int) -> float:
    """Return the memory that a process holds, of shared pages only its part."""
    return kib_of(Path(f"/proc/{pid}/smaps_rollup"), "Pss") / 1024


def kib_of(file: Path, name: str) -> int:
    match = re.search(rf"^{name}:\s+(\d+) kB", file.read_text("ascii"), re.MULTILINE)
    assert match is not None, (file, name)
    return int(match[1])


def resident_mib_of_libraries() -> float:
    """Return what a process holds that has imported FastAPI, uvicorn and psycopg, and no more."""
    command = [sys.executable, "-c", LIBRARIES_ALONE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        memory = resident_mib(process.pid)
        process.stdin.write(b"\n")
    return memory
