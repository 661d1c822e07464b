"""A reference to one number: what was asked, what was answered, and when; its short text.

The text is the token of `/cite/{token}`. It names no row of a database, so that every server which
holds the same figures can find the number again.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlencode

from app.domain.answer import Share
from app.domain.calendar import format_month, parse_month
from app.domain.errors import NotFoundError, excerpt
from app.domain.questions.question import Question
from app.domain.rounding import printed_share
from app.domain.vocabulary import View

TOKEN_MAX_LENGTH: Final = 2_000
"""Characters of the longest token; that of a question with many filters has some hundred."""
_SEPARATOR: Final = "~"  # stands in no slug, month or number, and in an address as it is
_LEFT_OUT: Final = "-"  # before a group of what the question leaves out; no slug begins with it
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class NumberReference:
    """One number of an answer.

    `left_out`: the group is one of those that the question leaves out of the whole. `parameters`
    are the question's that are not at their default, without vintage and looks, and with the
    sources only where the number depends on all of them. `share_pct`
    is as files print it, `vintage` is that of the answer.
    """

    source: str
    month: date
    group: str
    left_out: bool
    vintage: datetime
    share_pct: Decimal
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def token(self) -> str:
        """The reference as text that may stand in the path of an address as it is."""
        microseconds = (self.vintage - _EPOCH) // timedelta(microseconds=1)
        parts = [
            format_month(self.month),
            (_LEFT_OUT if self.left_out else "") + self.group,
            self.source,
            _to_base_36(microseconds),
            f"{self.share_pct:f}",
        ]
        if self.parameters:
            parts.append(urlencode(self.parameters, safe=",:/"))
        return _SEPARATOR.join(parts)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the question that it is a number of, at no vintage."""
        given = dict(self.parameters)
        return (
            [*self.parameters] if "source" in given else [("source", self.source), *given.items()]
        )


def refer_to_number(
    vintage: datetime | None, question: Question, row: Share, *, left_out: bool
) -> NumberReference | None:
    """Return the reference to a number of an answer of this vintage; None without a figure."""
    if row.share_pct is None or vintage is None:
        return None
    return NumberReference(
        source=row.source,
        month=row.month,
        group=row.group,
        left_out=left_out,
        vintage=vintage.astimezone(UTC),
        share_pct=printed_share(row.share_pct, row.status),
        parameters=_parameters(question),
    )


# An answer has hundreds of numbers, and one question.
@lru_cache(maxsize=64)
def _parameters(question: Question) -> tuple[tuple[str, str], ...]:
    """The parameters that the references to all numbers of a question have."""
    plain = question.having(source=(), as_of=None, events="headline", view=View.LINES, bounds="on")
    # Which developers or models are named depends on the months and the sources asked for, and so
    # does what a filter finds of a source; a home does not.
    by_home = question.by in ("origin", "openness")
    if by_home:
        plain = plain.having(from_=None, to=None, top=Question().top)
    filtered = question.company or question.developer or question.model
    if len(question.source) > 1 and (filtered or not by_home):
        plain = plain.having(source=question.source)
    return tuple(plain.pairs())


def parse_token(token: str) -> NumberReference:
    """Return the reference that a token is the text of. Raises NotFoundError for another text."""
    refused = NotFoundError(
        f"“{excerpt(token)}” names no number", "Copy it whole, from /cite/ to its end."
    )
    if len(token) > TOKEN_MAX_LENGTH:
        raise refused
    try:
        return _read_parts(token.split(_SEPARATOR))
    # int, Decimal, timedelta and urllib each refuse in a way of their own.
    except (ValueError, InvalidOperation, OverflowError):
        raise refused from None


def _read_parts(parts: list[str]) -> NumberReference:
    # A token without parameters has five parts; unpacking refuses any other number of them.
    month_text, group, source, moment, digits, query = [*parts, ""][:6] if len(parts) < 6 else parts
    month, share_pct = parse_month(month_text), Decimal(digits)
    # Decimal reads NaN and 1E9 too, which `token` never writes.
    if month is None or not set(digits) <= set("0123456789.") or not group or not source:
        raise ValueError
    return NumberReference(
        source=source,
        month=month,
        group=group.removeprefix(_LEFT_OUT),
        left_out=group.startswith(_LEFT_OUT),
        vintage=_EPOCH + timedelta(microseconds=_from_base_36(moment)),
        share_pct=share_pct,
        parameters=tuple(parse_qsl(query, strict_parsing=True) if query else ()),
    )


# All numbers of an answer have its vintage.
@lru_cache(maxsize=64)
def _to_base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _from_base_36(text: str) -> int:
    if not set(text) <= set(_DIGITS):
        raise ValueError(text)
    return int(text, len(_DIGITS))
