"""A file whose line ends were taken out on its way, as `curl -d @file` does."""

import csv
import re
from collections.abc import Collection
from typing import Final

from app.domain.naming.matching import fold_name

REMEDY: Final = (
    "a line end after the header and after each line: `curl -d` and `--data` take them out of a "
    "file; send it with `--data-binary @file.csv`"
)
_SAMPLE_CHARACTERS: Final = 65_536
_RUN_INTO_MONTH: Final = re.compile(r"[^\d\s][\"']?[0-9]{4}-[0-9]{2}(-[0-9]{2})?", re.ASCII)


def has_lost_line_ends(line: str, delimiter: str, known_names: Collection[str]) -> bool:
    """Return whether the only line of a file is a header with the lines run into it.

    `known_names` are the names of columns as `fold_name` writes them.
    """
    if line.endswith(("\n", "\r")) or len(delimiter) != 1:
        return False
    cells = next(csv.reader([line[:_SAMPLE_CHARACTERS]], delimiter=delimiter), [])
    if not cells or fold_name(cells[0]) not in known_names:
        return False
    # The last name of the header and the first cell below it have become one: “share_pct2025-08”.
    for index, cell in enumerate(cells[1:-1], 1):
        name = fold_name(cell)
        if name in known_names:
            continue
        if _RUN_INTO_MONTH.search(cell):
            return True
        if any(name.startswith(known) for known in known_names):
            return any(mark.isdigit() for mark in "".join(cells[index + 1 :]))
    return False
