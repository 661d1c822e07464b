"""Waits for what happens in other threads and processes."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


def wait_until(happened: Callable[[], object], seconds: float = 20) -> None:
    """Returns when it has happened. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def running(kinds: Iterable[Callable[[], None]], stopped: threading.Event) -> Iterator[None]:
    """Runs each in a thread until the block ends; `stopped` is set then, and tells them so."""
    threads = [threading.Thread(target=kind) for kind in kinds]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
