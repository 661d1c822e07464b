"""Larger files are checked in a process of their own: in ours, readers would wait for it."""

import io
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import BinaryIO, Final

from app.catalogue.index import CatalogueIndex
from app.domain.errors import UnavailableError
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.checked import CheckedFile
from app.ingest.rules.file_rules import check_lines

IN_PROCESS_MAX_BYTES: Final = 64 * 1024
"""Bytes that are checked sooner than a process starts."""

_turn = threading.Semaphore()


@dataclass(frozen=True, slots=True)
class CheckTask:
    """A file's bytes and all that `check_lines` is told beside them; pickled for the process."""

    content: bytes
    catalogue: CatalogueIndex
    options: CheckOptions

    def run(self, file: BinaryIO) -> CheckedFile:
        return check_lines(file, self.catalogue, self.options)


def check_in_process(
    file: BinaryIO, catalogue: CatalogueIndex, options: CheckOptions
) -> CheckedFile:
    """Return what `check_lines` does; files that have a limit of time are checked one at a time.

    Raises UnavailableError where too many wait for that, or the check takes too long. A file
    without a limit of time is checked in this process.
    """
    limits = options.limits
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    # A file that is too large is refused at once.
    worth_a_process = size > IN_PROCESS_MAX_BYTES and (limits.bytes is None or size <= limits.bytes)
    apart = limits.seconds is not None and worth_a_process
    task = CheckTask(file.read() if apart else b"", catalogue, options)
    return _run_apart(task) if apart else task.run(file)


def _run_apart(task: CheckTask) -> CheckedFile:
    timeout_s = task.options.limits.seconds
    # One after the other in each worker: two checks at once would take both cores from readers.
    if not _turn.acquire(timeout=timeout_s):
        raise UnavailableError("Other files are being checked", "Please try again in a minute.")
    try:
        done = subprocess.run(
            # Not -m: what is pickled as __main__'s would not be found again.
            [sys.executable, "-c", f"import {__name__}; {__name__}.run_check_process()"],
            input=pickle.dumps(task),
            stdout=subprocess.PIPE,
            check=True,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired:
        detail = "The machine is busy. Please try again, or in smaller files."
        raise UnavailableError("Checking the file took too long", detail) from None
    finally:
        _turn.release()
    # The bytes are our own process's, so that unpickling them is safe.
    checked: CheckedFile = pickle.loads(done.stdout)  # noqa: S301
    return checked


def run_check_process() -> None:
    """Read a task from standard input; write what was checked, its lines with it."""
    # Readers go before: the process gives way to those that serve.
    os.nice(10)
    task: CheckTask = pickle.load(sys.stdin.buffer)  # noqa: S301
    pickle.dump(task.run(io.BytesIO(task.content)), sys.stdout.buffer)
