"""The few ways a request can fail that a user should read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file or a parameter: where, what was found, how to mend it.

    `line` and `column` count from 1 and are None where the problem is the whole file's. `field` is
    the column's or parameter's name. `found` is at most 80 escaped characters.
    """

    code: str
    line: int | None
    column: int | None
    field: str | None
    found: str
    expected: str
    suggestion: str | None = None


def excerpt(text: str, limit: int = 80) -> str:
    """`text` as an error may show it: what cannot be seen is escaped, at most `limit` long."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:limit])
    return shown if len(text) <= limit and len(shown) <= limit else shown[: limit - 1] + "…"


class Refused(Exception):  # noqa: N818 - it names what happened, not a fault of ours
    """What was asked cannot be done; `title` says so in a sentence a user reads.

    `problem_count` counts all problems, `problems` are the first of them.
    """

    def __init__(
        self,
        title: str,
        detail: str = "",
        problems: Sequence[Problem] = (),
        problem_count: int | None = None,
    ) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.problems = tuple(problems)
        self.problem_count = len(self.problems) if problem_count is None else problem_count


class BadQuestion(Refused):
    """A parameter is unknown, repeated, malformed, or asks for what cannot be."""


class NotFound(Refused):
    """Nothing of that name exists."""


class NoFigures(NotFound):
    """The question is sound, but no published figure answers it."""


class Conflict(Refused):
    """The world has moved on since the asker looked."""


class BadFile(Refused):
    """A file has problems; nothing of it was stored."""


class Unavailable(Refused):
    """The database cannot be reached at the moment."""


class NoRoom(Refused):
    """The disk is full; nothing was stored."""


class BadInput(Refused):
    """A field of a form, or an argument, cannot be taken."""


class NotSignedIn(Refused):
    """Only a maintainer may do this, and nobody showed to be one."""


class WrongPassword(Refused):
    """Name and password do not belong together; says nothing of which is wrong."""


class TooOften(Refused):
    """Refused for the next `seconds`, whatever is asked."""

    def __init__(self, title: str, detail: str, seconds: int) -> None:
        super().__init__(title, detail)
        self.seconds = seconds
