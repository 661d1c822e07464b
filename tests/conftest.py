"""Begins and ends a test run; loads the fixtures where tests may need them.

The pure rooms start nothing: `pytest tests/domain` imports neither the application nor a browser.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

import pytest

PURE_ROOMS: Final = ("domain", "csv_io", "wording", "charts", "ingest/rules", "ingest/fetchers")
RUN: Final = "MODELSHARE_TEST_RUN"
MEMORY: Final = Path("/dev/shm")
TEMPORARY_FILES_MAX_BYTES: Final = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    if all(is_pure(Path(argument.partition("::")[0])) for argument in config.args):
        return
    if is_controller(config):
        write_to_memory()
        os.environ[RUN] = tempfile.mkdtemp(prefix="modelshare-tests-")
    config.pluginmanager.import_plugin("tests.fixtures")


def write_to_memory() -> None:
    """Keep temporary files, the cluster's too, in memory where there is room for them.

    To copy a database takes 10 ms there, and up to 150 on a disk.
    """
    if (
        "TMPDIR" not in os.environ
        and MEMORY.is_dir()
        and shutil.disk_usage(MEMORY).free >= TEMPORARY_FILES_MAX_BYTES
    ):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked for anew


def is_pure(path: Path) -> bool:
    """Return whether everything under `path` is a test of a room that knows no database."""
    tests = Path(__file__).parent
    return any(path.resolve().is_relative_to(tests / room) for room in PURE_ROOMS)


def is_controller(config: pytest.Config) -> bool:
    """Return whether this process distributes the tests, and is none of pytest-xdist's workers."""
    return not hasattr(config, "workerinput")


def pytest_unconfigure(config: pytest.Config) -> None:
    fixtures = config.pluginmanager.get_plugin("tests.fixtures")
    if fixtures is not None and is_controller(config):
        fixtures.end_run(Path(os.environ[RUN]))
        shutil.rmtree(os.environ[RUN])
