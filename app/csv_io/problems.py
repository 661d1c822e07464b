"""Collects the problems of a file, keeping the first and counting all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from app.domain.errors import Problem, excerpt

PROBLEMS_KEPT_MAX: Final = 100


@dataclass(slots=True)
class ProblemList:
    """The first hundred problems of a file, and how many there are."""

    first: list[Problem] = field(default_factory=list)
    count: int = 0

    @property
    def full(self) -> bool:
        """Further problems are only counted."""
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
        """`suggestion` may be a call: finding the nearest word is slow, and most are not kept."""
        full = self.full
        self.count += 1
        if not full:
            shown = suggestion() if callable(suggestion) else suggestion
            named = excerpt(field) if field is not None else None
            problem = Problem(code, line, column, named, _problem_excerpt(found), expected, shown)
            self.first.append(problem)


def _problem_excerpt(text: str) -> str:
    """An excerpt, with bytes that are no UTF-8 as bytes."""
    if not text.isascii():
        text = text[:200].encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return excerpt(text)
