"""Larger files are checked in a process of their own: in ours, readers would wait for it."""

import io
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import Field, dataclass, replace
from typing import Any, BinaryIO, ClassVar, Final, Protocol, TypeVar

from app.catalogue.index import CatalogueIndex
from app.csv_io.file_type import is_workbook
from app.domain.errors import UnavailableError
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.checked import CheckedFile
from app.ingest.rules.file_rules import check_lines

IN_PROCESS_MAX_BYTES: Final = 64 * 1024
"""Bytes that are checked sooner than a process starts."""

_turn = threading.Semaphore()


_Result_co = TypeVar("_Result_co", covariant=True)


class FileTask(Protocol[_Result_co]):
    """What is made of a file's bytes; a dataclass, pickled for the process."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def content(self) -> bytes: ...

    @property
    def options(self) -> CheckOptions: ...

    def run(self, file: BinaryIO) -> _Result_co: ...


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
    """Return what `check_lines` does; raises what `run_task` does."""
    return run_task(file, CheckTask(b"", catalogue, options))


def run_task(file: BinaryIO, task: FileTask[_Result_co]) -> _Result_co:
    """Return what a task makes of a file; those with a limit of time are run one at a time.

    Raises UnavailableError where too many wait for that, or it takes too long. A task without a
    limit of time is run in this process, as is a small file.
    """
    limits = task.options.limits
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    # A small workbook may unpack to many lines. A file that is too large is refused at once.
    large = size > IN_PROCESS_MAX_BYTES or is_workbook(file)
    worth_a_process = large and (limits.bytes is None or size <= limits.bytes)
    if limits.seconds is not None and worth_a_process:
        return _run_apart(replace(task, content=file.read()))
    return task.run(file)


def _run_apart(task: FileTask[_Result_co]) -> _Result_co:
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
    result: _Result_co = pickle.loads(done.stdout)  # noqa: S301
    return result


def run_check_process() -> None:
    """Read a task from standard input; write what it makes of its file."""
    # Readers go before: the process gives way to those that serve.
    os.nice(10)
    task: FileTask[object] = pickle.load(sys.stdin.buffer)  # noqa: S301
    pickle.dump(task.run(io.BytesIO(task.content)), sys.stdout.buffer)
