"""Why something is changed: the same check for every way in."""

from typing import Final

from app import cells
from app.cells import Unreadable
from app.errors import BadInput, Problem, excerpt

LONGEST: Final = 2_000


def checked(text: str, *, needed: bool = False) -> str:
    """Trimmed. Raises BadInput where it holds what no text may, or is needed and blank."""
    try:
        reason = cells.clean(text, LONGEST, multiline=True)
    except Unreadable as error:
        raise _refused("The reason cannot be read", error.code, text, error.expected) from None
    if needed and not reason:
        raise _refused("A reason is needed", "blank", "", "a reason others will read")
    return reason


def _refused(title: str, code: str, found: str, expected: str) -> BadInput:
    problem = Problem(code, None, None, "reason", excerpt(found), expected)
    return BadInput(title, f"Expected {expected}.", [problem])
