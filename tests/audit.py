"""Asks whether a locked package has a known hole: `python -m tests.audit`, part of `make test`.

Ends with 1 where one has. Where nobody can be asked it says so and ends with 0.
"""

import json
import subprocess
import sys
from typing import Any

from app.paths import PROJECT

LOCK = PROJECT / "requirements.txt"
PATIENCE = 120  # seconds
NOT_AUDITED = "DEPENDENCIES NOT AUDITED: no list of known holes can be read from here."


def audited() -> list[dict[str, Any]]:
    """What is known of every locked package; empty where nobody could be asked."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip"]
    options = ["--require-hashes", "--format=json", "--progress-spinner=off", "--timeout=10"]
    try:
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError):
        return []
    return packages


def verdict(packages: list[dict[str, Any]]) -> tuple[int, str]:
    """The exit code, and what to say."""
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        return 0, NOT_AUDITED
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in {hole['fix_versions']}"
        for package in audited
        for hole in package["vulns"]
    ]
    counted = f"Audited {len(audited)} of {len(packages)} dependencies: {len(holes)} known holes."
    return int(bool(holes)), "\n".join([*holes, counted])


if __name__ == "__main__":
    code, words = verdict(audited())
    print(words)
    sys.exit(code)
