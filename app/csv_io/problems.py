"""The problems of a file: the first are kept, all are counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from app.domain.errors import Problem, excerpt

PROBLEMS_KEPT_MAX: Final = 100
"""Problems of one file that are kept to be displayed."""


@dataclass(slots=True)
class ProblemList:
    """The first hundred problems of a file, and how many there are."""

    first: list[Problem] = field(default_factory=list)
    count: int = 0

    @property
    def full(self) -> bool:
        """Whether further problems are only counted."""
        return len(self.first) >= PROBLEMS_KEPT_MAX

    def add(  # noqa: PLR0917 - in Problem's own order
        self,
        code: str,
        line: int | None,
        column: int | None,
        field: str | None,
        found: str,
        expected: str,
        suggestion: str | Callable[[], str | None] | None = None,
    ) -> None:
        """Count a problem, and keep it while there is room.

        `suggestion` may be a callable, which is called for kept problems only: to find the nearest
        word is slow, and a file can have a problem in each of its cells.
        """
        full = self.full
        self.count += 1
        if not full:
            shown = suggestion() if callable(suggestion) else suggestion
            named = excerpt(field) if field is not None else None
            problem = Problem(code, line, column, named, _problem_excerpt(found), expected, shown)
            self.first.append(problem)


def _problem_excerpt(text: str) -> str:
    """Return an excerpt that shows bytes which are no UTF-8 as bytes, not as surrogates."""
    # Two hundred characters are more than an excerpt holds, and a cell may be megabytes long.
    if not text.isascii():
        text = text[:200].encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return excerpt(text)
