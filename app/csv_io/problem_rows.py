"""Problems with the line as it stands in the file, and the file's own names of its columns."""

import io
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import BinaryIO, Final

from app.csv_io.file_type import detect_encoding, detect_file_type
from app.csv_io.problems import ProblemList, problem_excerpt
from app.csv_io.schema import FileReading
from app.csv_io.text_rows.byte_stream import ByteStream
from app.domain.errors import Problem, ProblemGroup

ROW_EXCERPT: Final = 200
"""Characters of a line that are displayed."""


def place_problems(
    file: BinaryIO, reading: FileReading, problems: ProblemList
) -> tuple[tuple[Problem, ...], tuple[ProblemGroup, ...]]:
    """Return the first problems and all their groups, with the rows and names of the file.

    `file` is the one that was read, whole, with `reading`.
    """
    first, groups = problems.first, problems.groups
    numbers = {problem.line for problem in first}
    numbers |= {cell.line for group in groups for cell in group.cells}
    rows = read_lines(file, {number for number in numbers if number is not None})
    names = {column.position: column.header for column in reading.columns_in_file}
    return (
        tuple(_placed_problem(problem, rows, names) for problem in first),
        tuple(_placed_group(group, rows, names) for group in groups),
    )


def _placed_problem(problem: Problem, rows: Mapping[int, str], names: Mapping[int, str]) -> Problem:
    return replace(problem, header=names.get(problem.column or 0), row=rows.get(problem.line or 0))


def _placed_group(
    group: ProblemGroup, rows: Mapping[int, str], names: Mapping[int, str]
) -> ProblemGroup:
    cells = tuple(replace(cell, row=rows.get(cell.line or 0)) for cell in group.cells)
    return replace(group, header=names.get(group.column or 0), cells=cells)


def read_lines(file: BinaryIO, numbers: Collection[int]) -> dict[int, str]:
    """Return the beginnings of a text file's lines by their numbers, from 1; of others nothing."""
    file.seek(0)
    head = file.read(4096)
    if not numbers or detect_file_type(head) is not None:
        return {}
    encoding = detect_encoding(head)
    file.seek(encoding.bom)
    buffer = io.BufferedReader(ByteStream(file, encoding.bom, None), 2**16)
    text = io.TextIOWrapper(buffer, encoding.codec, encoding.errors, newline="")
    rows: dict[int, str] = {}
    last = max(numbers)
    for number, line in enumerate(text, 1):
        if number in numbers:
            rows[number] = problem_excerpt(line[: ROW_EXCERPT + 1].rstrip("\r\n"), ROW_EXCERPT)
        if number >= last:
            break
    return rows
