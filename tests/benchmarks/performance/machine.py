"""What a run was made on: the machine, the versions, the commit. No name of a host or folder."""

import os
import platform
import subprocess
from pathlib import Path

import psycopg

from app.paths import PROJECT
from tests.benchmarks.performance.processes import kib_of

DOCUMENT = PROJECT / "docs" / "performance.md"


def describe_machine(url: str, load: float) -> str:
    """Return cores, memory, versions and the load average that was there before the run."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        version = connection.info.server_version
    gib = kib_of(Path("/proc/meminfo"), "MemTotal") / 2**20
    parts = (
        f"{os.cpu_count()} cores and {gib:.0f} GiB",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"PostgreSQL {version // 10_000}.{version % 10_000}",
    )
    return f"{', '.join(parts)}; the load average was {load:.1f} before"


def describe_commit() -> str:
    """Return the commit, and whether files differ from it."""
    commit = git("rev-parse", "--short=10", "HEAD")
    changed = git("status", "--porcelain", "--", ":!docs/performance.md")
    return f"`{commit}`{' with changes' if changed else ''}"


def git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", PROJECT, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
