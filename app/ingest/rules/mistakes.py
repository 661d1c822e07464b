"""A mistake in a line: what is wrong in which column, before its place in the file is known."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, TypeVar

from app.csv_io.reader import CsvTable
from app.domain.errors import excerpt

_Result = TypeVar("_Result")

SHARE_VALUE_TOLERANCE: Final = Decimal("0.1")
"""Points by which a share may differ from the one its value gives."""


class LineMistakeError(Exception):
    """A line that cannot be resolved: the arguments of ProblemList.add after the place."""

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


LineMistakes = tuple[LineMistakeError, ...]


def attempt(mistakes: list[LineMistakeError], step: Callable[[], _Result]) -> _Result | None:
    """Return what `step` returns; where it raises a mistake, None, and the mistake is added."""
    try:
        return step()
    except LineMistakeError as mistake:
        # A traceback would keep the frames alive as long as the mistake.
        mistakes.append(mistake.with_traceback(None))
        return None


def no_origin(developer: str | None) -> LineMistakeError:
    """Return the mistake of a line that has no home, with a developer that is not known."""
    reason = f": “{excerpt(developer, 60)}” is not in the catalogue" if developer else ""
    expected = f"chinese, us, european, other or unknown{reason}"
    return LineMistakeError("no_origin", "origin", "", expected)


def line_twice(
    model: str | None, names: tuple[str, str, str | None], month: str, first: int
) -> LineMistakeError:
    """Return the mistake of a line that line `first` has for the month already.

    `names` are its origin, openness and developer.
    """
    column = "model" if model else "developer" if names[2] else "origin"
    found = model or ", ".join(name for name in names if name)
    expected = f"each slice once in a month; line {first} has it for {month} already"
    return LineMistakeError("line_twice", column, found, expected)


def figures_disagree(share: Decimal | None, given: Decimal) -> LineMistakeError | None:
    """Return the mistake of a line whose share is not the one `given` by its value, in percent."""
    if share is None or abs(share - given) <= SHARE_VALUE_TOLERANCE:
        return None
    expected = f"within {SHARE_VALUE_TOLERANCE} points of {given:.2f}, which the values give"
    return LineMistakeError("figures_disagree", "share_pct", f"{share:f}", expected)


def line_mistakes(
    table: CsvTable,
    about: object,
    share: Decimal | None,
    value: Decimal | None,
    unreadable: frozenset[str] = frozenset(),
) -> Iterator[LineMistakeError]:
    """Yield every mistake of a line: in its names, and that it has no figure.

    `about` is what the resolver returned. Of a line with `unreadable` columns only those that are
    mistakes whatever stands in these.
    """
    if isinstance(about, tuple):
        yield from (mistake for mistake in about if _is_certain(mistake, unreadable))
    if share is None and value is None and not unreadable & {"share_pct", "value"}:
        field = "share_pct" if table.header.position("share_pct") else "value"
        expected = "a figure: leave out lines without one, nothing is not 0"
        yield LineMistakeError("no_figure", field, "", expected)


def _is_certain(mistake: LineMistakeError, unreadable: frozenset[str]) -> bool:
    if mistake.column in unreadable:
        return False
    # What is missing in one column may follow from another: a home from its developer.
    names = {"developer", "model", "origin", "openness"}
    return bool(mistake.found) or mistake.column == "source" or not unreadable & names


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
