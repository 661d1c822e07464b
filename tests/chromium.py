"""The Chromium that browser tests drive: found on this machine, else installed.

`python -m tests.chromium` installs one where there is none. It fails where that does not work under
CI=true; elsewhere it says so loudly, and the browser tests will be skipped.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

# The shell has no window to draw, so the browser tests take two thirds of the time.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FONTS = ("fonts-liberation", "fonts-dejavu-core")
# Nothing is asked of anybody but the server under test. Root has no sandbox.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
PATIENCE = 600  # seconds; about 200 MB on a slow line


def find() -> str | None:
    return next((program for program in candidates() if runs(program)), None)


def candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    yield str(MAC)
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def runs(program: str) -> bool:
    """Whether it starts: a snap's stub and a Chromium that lacks system libraries do not."""
    try:
        subprocess.run([program, "--version"], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def install() -> str | None:
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
        ways.append([*apt, "update"])
        install = [*apt, "install", "-y", "--no-install-recommends", *FONTS]
        ways.extend([*install, name] for name in (SHELL, "chromium"))
    for way in ways:
        try_out(way)
        if program := find():
            return program
    return None


def try_out(command: list[str]) -> None:
    print("Chromium:", " ".join(command), flush=True)
    quick = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        tried = subprocess.run(
            command,
            env=os.environ | quick,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        print(f"Chromium: given up after {PATIENCE} s", flush=True)
        return
    if tried.returncode != 0:
        print("Chromium: that failed.", *tried.stderr.strip().splitlines()[:1], flush=True)


def main() -> int:
    program = find() or install()
    if program:
        print(f"Chromium: {program}")
        return 0
    print("=" * 80)
    print("No Chromium could be found or installed. Install one to run the browser tests.")
    print("=" * 80)
    return int(os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main())
