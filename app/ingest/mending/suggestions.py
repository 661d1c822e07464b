"""The suggestions for all problems of one kind, written into a copy of the file."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final, NamedTuple

from app.catalogue.index import CatalogueIndex
from app.csv_io.cell_replacement import replace_cells
from app.csv_io.problem_rows import read_lines
from app.csv_io.problems import REPLACEABLE, Hint, KindKey, advice_of
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.file_rules import FileCheck
from app.ingest.rules.resolver import Resolver

SHOWN_MAX: Final = 20
"""Changed lines that are shown."""


class KindChoice(NamedTuple):
    """A kind of problem whose suggestions are taken, and the way in which its texts are read."""

    code: str
    column: int
    shape: str = ""
    way: str = ""


class ChangedRow(NamedTuple):
    """A line of the file before and after."""

    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MendedFile:
    """A copy of a file with `count` cells changed, and the first of the changed lines.

    `left` cells of the kind have no suggestion, and are as they were.
    """

    content: bytes
    count: int
    left: int
    rows: tuple[ChangedRow, ...]


@dataclass(frozen=True, slots=True)
class MendTask:
    """A file's bytes, how it is checked, and the kind whose suggestions are taken."""

    content: bytes
    catalogue: CatalogueIndex
    options: CheckOptions
    choice: KindChoice

    def run(self, file: BinaryIO) -> MendedFile:
        """Return the copy; nothing in it is changed where the file has no such problem."""
        check = FileCheck(file, Resolver(self.catalogue, self.options), self.options)
        collected = _Suggestions(self.choice)
        check.watcher = collected.add
        reading = check.run(None).reading
        texts = collected.texts()
        if not texts:
            return MendedFile(b"", 0, len(collected.hints), ())
        content, changed = replace_cells(file, reading, self.choice.column, texts)
        shown = sorted(changed)[:SHOWN_MAX]
        before, after = read_lines(file, shown), read_lines(io.BytesIO(content), shown)
        rows = tuple(ChangedRow(line, before[line], after[line]) for line in shown)
        return MendedFile(content, len(changed), len(collected.hints) - len(changed), rows)


@dataclass(slots=True)
class _Suggestions:
    """The hints for the problems of one kind, by line."""

    choice: KindChoice
    hints: dict[int, Hint] = field(default_factory=dict)

    def add(self, key: KindKey, line: int | None, hint: Hint) -> None:
        kind = (key.code, key.column, key.shape)
        if kind == self.choice[:3] and key.code in REPLACEABLE and line is not None:
            self.hints[line] = hint

    def texts(self) -> Mapping[int, str]:
        """Return the new text of each line that has one; call it when the whole file is read."""
        # Equal texts share a hint, and to find the nearest word is slow.
        by_hint: dict[Hint, str | None] = {}
        texts = {}
        for line, hint in self.hints.items():
            if hint not in by_hint:
                by_hint[hint] = self._chosen(hint)
            if (text := by_hint[hint]) is not None:
                texts[line] = text
        return texts

    def _chosen(self, hint: Hint) -> str | None:
        readings = advice_of(hint, "").readings
        if len(readings) > 1:
            readings = tuple(item for item in readings if item.way == self.choice.way)
        return readings[0].text if len(readings) == 1 else None
