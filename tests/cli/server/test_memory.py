"""The heap of a server process, which its threads share."""

import platform
import subprocess
import sys

import pytest

# Eight threads that have all allocated before one of them ends; glibc then lists its heaps.
THREADS = """
import ctypes, threading
library, together = ctypes.CDLL(None), threading.Barrier(8)
def allocate():
    library.malloc(1000)
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
library.malloc_stats()
"""


def heaps(before: str) -> int:
    process = subprocess.run(
        [sys.executable, "-c", before + THREADS], capture_output=True, check=True, text=True
    )
    return process.stderr.count("Arena ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others have one heap anyway")
def test_the_threads_of_a_worker_allocate_from_one_heap() -> None:
    shared = "from app.cli.server.memory import share_one_heap; share_one_heap()"
    assert heaps(shared) == 1
    assert heaps("") > 1
