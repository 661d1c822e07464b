"""The few ways a request can fail that a user should read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file or a parameter: where, what was found, how to mend it.

    `line` and `column` count from 1 and are None where the problem is the whole file's. `field` is
    the column's or parameter's name, `header` the name that the file gives the column. `found` is
    at most 80 escaped characters. `row` is the line as it stands in the file, or its beginning.
    `cell` is the place in a workbook's sheet, such as B7.
    """

    code: str
    line: int | None
    column: int | None
    field: str | None
    found: str
    expected: str
    suggestion: str | None = None
    header: str | None = None
    row: str | None = None
    cell: str | None = None

    def sentence(self) -> str:
        """Return “Found X; expected Y. Did you mean Z?”, of which only Y is always there."""
        start = f"Found “{self.found}”; expected" if self.found else "Expected"
        return f"{start} {self.expected}.{readings_sentence(self.suggestion)}"


class Reading(NamedTuple):
    """One thing that a text can mean; `way` tells it from the other readings, such as day first."""

    text: str
    way: str = ""


class Advice(NamedTuple):
    """How to mend what was found, where that depends on the rest of the file.

    With several `readings` nobody but the author can say which is meant.
    """

    expected: str
    readings: tuple[Reading, ...] = ()

    @property
    def suggestion(self) -> str | None:
        """The readings as a suggestion: `2025-01 or 2025-09`."""
        return " or ".join(dict.fromkeys(reading.text for reading in self.readings)) or None


def readings_sentence(suggestion: str | None) -> str:
    """Return “ Did you mean “2025-08”?” with a space before it, or nothing."""
    return f" Did you mean “{suggestion}”?" if suggestion else ""


@dataclass(frozen=True, slots=True)
class ProblemCell:
    """A text that is wrong in one way, in `count` lines; `line` is the first, `row` its text."""

    found: str
    count: int
    line: int | None
    suggestion: str | None
    row: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All the problems of a file that are of one kind: one thing to mend.

    `shape` parts the spellings within a column. `spans` are the first and last lines of runs of
    lines; with `more_lines` there are others. `cells` are the different texts, the first twenty.
    `ways` are those in which a text of the kind can be read, where they are several. The
    suggestions of a `replaceable` group can be written into the file as they are. `cell` is the
    first of them in a workbook's sheet, such as B7.
    """

    code: str
    column: int | None
    field: str | None
    shape: str
    expected: str
    count: int
    spans: tuple[tuple[int, int], ...]
    more_lines: bool
    cells: tuple[ProblemCell, ...]
    ways: tuple[Reading, ...] = ()
    replaceable: bool = False
    header: str | None = None
    cell: str | None = None

    @property
    def lines(self) -> str:
        """The lines as `2-601, 603`; empty where the kind is of the whole file."""
        spans = [f"{first}-{last}" if last > first else f"{first}" for first, last in self.spans]
        return ", ".join([*spans, "…"] if self.more_lines else spans)


def excerpt(text: str, limit: int = 80) -> str:
    """Return `text` as an error may show it: invisible signs escaped, at most `limit` long."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:limit])
    return shown if len(text) <= limit and len(shown) <= limit else shown[: limit - 1] + "…"


class UserError(Exception):
    """What was asked cannot be done; `title` says so in a sentence a user reads.

    `problem_count` counts all problems, `problems` are the first of them. `problem_type` names the
    kind of error in the API's problem details: programs depend on it. `groups` are all problems
    of a file by kind.
    """

    problem_type: ClassVar[str] = "Refused"

    def __init__(
        self,
        title: str,
        detail: str = "",
        problems: Sequence[Problem] = (),
        problem_count: int | None = None,
        groups: Sequence[ProblemGroup] = (),
    ) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.groups = tuple(groups)
        self.problems = tuple(problems)
        self.problem_count = len(self.problems) if problem_count is None else problem_count


class BadQuestionError(UserError):
    """A parameter is unknown, repeated, malformed, or asks for what cannot be."""

    problem_type = "BadQuestion"


class NotFoundError(UserError):
    """Nothing of that name exists."""

    problem_type = "NotFound"


class NoFiguresError(NotFoundError):
    """The question is sound, but no published figure answers it."""

    problem_type = "NoFigures"


class ConflictError(UserError):
    """What was to be done no longer fits: somebody else has changed the same thing meanwhile."""

    problem_type = "Conflict"


class BadFileError(UserError):
    """A file has problems; nothing of it was stored."""

    problem_type = "BadFile"


class UnavailableError(UserError):
    """The database cannot be reached at the moment."""

    problem_type = "Unavailable"


class NoRoomError(UserError):
    """The disk is full; nothing was stored."""

    problem_type = "NoRoom"


class BadInputError(UserError):
    """A field of a form, or an argument, cannot be taken."""

    problem_type = "BadInput"


class PublisherError(UserError):
    """A publisher cannot be reached, or answers with what cannot be taken for its figures."""

    problem_type = "Publisher"


class PublisherDeniedError(PublisherError):
    """A publisher answers 401 or 403: to whoever asks without the right, or of what is not there.

    The Hugging Face Hub says so of every model that it does not have.
    """

    problem_type = "PublisherDenied"


class NotSignedInError(UserError):
    """Only a maintainer may do this, and nobody showed to be one."""

    problem_type = "NotSignedIn"


class WrongPasswordError(UserError):
    """Name and password do not belong together; says nothing of which is wrong."""

    problem_type = "WrongPassword"


class TooOftenError(UserError):
    """Too many requests of one kind: refused for the next `seconds`."""

    problem_type = "TooOften"

    def __init__(self, title: str, detail: str, seconds: int) -> None:
        super().__init__(title, detail)
        self.seconds = seconds
