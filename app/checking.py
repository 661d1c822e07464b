"""Larger files are checked in a process of their own: in ours, readers would wait for it."""

import io
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Final

from app import rules
from app.catalogue.index import CatalogueIndex
from app.csv_io.schema import FileLimits
from app.domain.errors import UnavailableError
from app.domain.snapshot import Line
from app.domain.vocabulary import Openness
from app.rules import Checked, Progress

SMALL: Final = 64 * 1024
"""Bytes that are checked sooner than a process starts."""
PATIENCE: Final = 40
"""Seconds a file waits for its turn, and seconds its check may take."""
_PORTION: Final = 1_000

_turn = threading.Semaphore()


@dataclass(frozen=True, slots=True)
class Task:
    """A file's bytes and all that `rules.check` wants to know beside them."""

    content: bytes
    known: CatalogueIndex
    source: str | None
    openness: Openness
    reclassify: bool
    limits: FileLimits

    def run(self, file: BinaryIO) -> Checked:
        return rules.check(
            file,
            self.known,
            source=self.source,
            openness=self.openness,
            reclassify=self.reclassify,
            limits=self.limits,
        )


def check(
    file: BinaryIO,
    known: CatalogueIndex,
    *,
    source: str | None,
    openness: Openness,
    reclassify: bool,
    limits: FileLimits,
) -> Checked:
    """As `rules.check`; one file at a time.

    Raises UnavailableError where too many wait for that.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    apart = size > SMALL and (limits.bytes is None or size <= limits.bytes)
    task = Task(file.read() if apart else b"", known, source, openness, reclassify, limits)
    return _run_apart(task) if apart else task.run(file)


def _run_apart(task: Task) -> Checked:
    if not _turn.acquire(timeout=PATIENCE):
        raise UnavailableError("Other files are being checked", "Please try again in a minute.")
    try:
        done = subprocess.run(
            # Not -m: what is pickled as __main__'s would not be found again.
            [sys.executable, "-c", f"import {__name__}; {__name__}.main()"],
            input=pickle.dumps(task),
            stdout=subprocess.PIPE,
            check=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        detail = "The machine is busy. Please try again, or in smaller files."
        raise UnavailableError("Checking the file took too long", detail) from None
    finally:
        _turn.release()
    return _checked(done.stdout)


def _checked(written: bytes) -> Checked:
    """What `main` wrote; it is our own, so that unpickling it is safe."""
    out = io.BytesIO(written)
    checked: Checked = pickle.load(out)  # noqa: S301
    begin = out.tell()

    def lines(_: Progress | None) -> Iterator[Line]:
        portions = io.BytesIO(written)
        portions.seek(begin)
        while portions.tell() < len(written):
            yield from pickle.load(portions)  # noqa: S301

    return replace(checked, _read=lines)


def _no_lines(_: Progress | None) -> Iterator[Line]:
    return iter(())


def main() -> None:
    """Reads a task from standard input; writes what was checked, then its lines in portions."""
    os.nice(10)
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301
    checked = task.run(io.BytesIO(task.content))
    pickle.dump(replace(checked, _read=_no_lines), sys.stdout.buffer)
    if not checked.problem_count:
        lines = checked.lines()
        while portion := list(islice(lines, _PORTION)):
            pickle.dump(portion, sys.stdout.buffer)
