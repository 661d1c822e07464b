"""A data directory for each file of tests, and users of it that are killed at the end."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database.embedded.server import wait_until_stopped
from tests.database.embedded.builders import IS_ROOT, NOBODY, ORDINARILY, Start, User


@pytest.fixture(scope="module", params=["root", "ordinary"] if IS_ROOT else ["ordinary"])
def prefix(request: pytest.FixtureRequest) -> list[str]:
    return ORDINARILY if request.param == "ordinary" else []


@pytest.fixture(scope="module")
def home(prefix: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Longer than a socket's path may be, with all that paths are broken by.
    home = tmp_path_factory.mktemp("home") / ("a long way off, über 'alles' & " * 5).strip()
    home.mkdir()
    if prefix:
        os.chown(home, NOBODY, NOBODY)
    return home


@pytest.fixture
def start(home: Path, prefix: list[str]) -> Iterator[Start]:
    users = []

    def start() -> User:
        users.append(User(home, prefix))
        return users[-1]

    yield start
    for user in users:
        user.kill(signal.SIGKILL)
    wait_until_stopped(home)
