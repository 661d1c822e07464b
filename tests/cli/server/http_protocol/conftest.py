"""The service as it is run, and either event loop that it may run on."""

from collections.abc import Iterator

import pytest

from tests.cli.server.http_protocol.builders import EventLoop
from tests.faults.service import Service


@pytest.fixture(scope="module")
def served(
    read_only_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("wire") / "log"
    running = Service(read_only_database_url, log, WEB_CONCURRENCY="1")
    yield running
    running.stop()


@pytest.fixture(params=["uvloop", "asyncio"])
def loop(request: pytest.FixtureRequest) -> EventLoop:
    """Either transport that the protocol may have to do with."""
    name: EventLoop = request.param
    return name
