"""A mistake in a line: what is wrong in which column, before its place in the file is known."""

from collections.abc import Callable

from app.csv_io.reader import CsvTable


class LineMistakeError(Exception):
    """A line that cannot be resolved: the arguments of Problems.add after the place."""

    def __init__(
        self,
        code: str,
        column: str,
        found: str,
        expected: str,
        suggestion: str | Callable[[], str | None] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.found = found
        self.expected = expected
        self.suggestion = suggestion


def add_mistake(table: CsvTable, line: int, mistake: LineMistakeError) -> None:
    """Add a mistake of a line to the problems of its table."""
    table.problems.add(
        mistake.code,
        line,
        table.header.position(mistake.column),
        mistake.column,
        mistake.found,
        mistake.expected,
        mistake.suggestion,
    )
