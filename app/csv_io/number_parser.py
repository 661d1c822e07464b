"""Numbers in cells: exact decimals, and suggestions for what a spreadsheet has formatted."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial

from app.csv_io.schema import NAME_MAX_LENGTH, CellContext
from app.domain.text import UnreadableCellError

_NUMBER = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?", re.ASCII)


@dataclass(frozen=True)
class NumberParser:
    """A parser of numbers from 0 to `maximum`, written in plain digits with at most one mark.

    It returns a Decimal, never a float: what is written is what is read. `expected` says for errors
    what the column holds. With `groups`, a mark before exactly three digits may be a thousands
    separator and is refused, unless a cell above has it as decimal mark. With `percent`, a `%` is
    left out of suggestions.
    """

    expected: str
    integer_digits: int
    decimals: int
    maximum: Decimal | None = None
    groups: bool = False
    percent: bool = False

    # No slots: it is kept in the instance's dictionary.
    @cached_property
    def _whole_digits(self) -> int:
        return self.integer_digits if self.maximum is None else len(str(self.maximum)) - 1

    def __call__(self, cell: str, context: CellContext) -> Decimal:
        number = self.parse_plain(cell, context)
        if number is not None:
            return number
        match = _NUMBER.fullmatch(cell)
        if match is None:
            code = "negative_number" if _NEGATIVE.fullmatch(cell) else "not_a_number"
            raise UnreadableCellError(code, self.expected, partial(self.suggest, cell, context))
        whole, mark, fraction = match.groups()
        if mark:
            self._check_mark(whole, mark, fraction, context)
        number = self._bounded(whole, fraction or "")
        context.decimal_mark = mark or context.decimal_mark
        return number

    def parse_plain(self, cell: str, context: CellContext) -> Decimal | None:
        """Return what most cells hold, in a third of the time: digits that fit, whatever they are.

        None is a cell that has to be looked at: one with the file's first decimal mark, say.
        """
        # `isdecimal` alone would take the digits of other scripts too.
        if cell.isdecimal() and cell.isascii() and len(cell) <= self._whole_digits:
            return Decimal(cell)
        # A mark that the file has shown before can be no thousands separator.
        whole, _, fraction = cell.partition(".")
        known = context.decimal_mark == "." and whole.isdecimal() and fraction.isdecimal()
        fits = len(whole) <= self._whole_digits and len(fraction) <= self.decimals
        return Decimal(cell) if known and fits and cell.isascii() else None

    def may_continue(self, whole: str, rest: str) -> bool:
        """Return whether `rest` could be the decimals, or a group of thousands, of `whole`."""
        if len(whole) > self.integer_digits or len(rest) > self.decimals:
            return False
        return self.maximum is None or Decimal(f"{whole}.{rest}") <= self.maximum

    def _check_mark(self, whole: str, mark: str, fraction: str, context: CellContext) -> None:
        # 1234.567 and 0.123 cannot be grouped thousands: the first group has at most three digits
        # and does not begin with 0.
        grouped = self.groups and len(fraction) == 3 and len(whole) <= 3 and whole[0] != "0"
        if context.delimiter == "," and mark == ",":
            expected = f"{self.expected}: a comma is no decimal mark between commas"
            point = None if grouped else self._if_taken(f"{whole}.{fraction}", context)
            raise UnreadableCellError("decimal_comma", expected, point)
        if grouped and context.decimal_mark != mark:
            expected = (
                f"a number that reads one way only: {whole}{fraction}, or {whole}{mark}{fraction}0"
            )
            raise UnreadableCellError("ambiguous_number", expected)
        if context.decimal_mark not in (None, mark):
            expected = f"“{context.decimal_mark}” as decimal mark, as in the cells above"
            suggestion = self._if_taken(f"{whole}{context.decimal_mark}{fraction}", context)
            raise UnreadableCellError("mixed_decimal_marks", expected, suggestion)

    def _if_taken(self, text: str, context: CellContext) -> str | None:
        """Return a text that would be read as a number of this column, or None."""
        # A copy of the context: what is only tried must not settle the mark of the cells below.
        try:
            self(text, replace(context))
        except UnreadableCellError:
            return None
        return text

    def _bounded(self, whole: str, fraction: str) -> Decimal:
        if len(whole.lstrip("0")) > self.integer_digits:
            expected = f"{self.expected}, with at most {self.integer_digits} digits before the mark"
            raise UnreadableCellError("out_of_range", expected)
        if len(fraction) > self.decimals:
            expected = f"at most {self.decimals} digits after the mark; there are {len(fraction)}"
            raise UnreadableCellError(
                "too_precise", expected, partial(self._rounded, whole, fraction)
            )
        number = Decimal(f"{whole}.{fraction}") if fraction else Decimal(whole)
        if self.maximum is not None and number > self.maximum:
            raise UnreadableCellError("out_of_range", self.expected)
        return number

    def _rounded(self, whole: str, fraction: str) -> str:
        # Forty digits are more than any column keeps, and a cell may have many more.
        return f"{Decimal(f'{whole}.{fraction[:40]}'):.{self.decimals}f}"

    def suggest(self, cell: str, context: CellContext) -> str | None:
        """Return the plain number that `cell` must mean, or None where it can mean two or none."""
        plain = without_number_format(cell, percent=self.percent)
        if plain is None or (self.groups and context.delimiter == "," and _ONE_GROUP.search(cell)):
            return None
        comma = cell.rfind(",") > cell.rfind(".")
        mark = context.decimal_mark or ("," if comma and context.delimiter != "," else ".")
        return self._if_taken(plain.replace(".", mark), context)


# Programs write doubles out with up to 17 significant digits, and with zeros before them where the
# share is small: 24 decimals take those, so no such file has to be rounded by hand.
parse_share = NumberParser(
    "a percentage from 0 to 100 in plain digits, such as 29.7", 3, 24, Decimal(100), percent=True
)
parse_value = NumberParser(
    "a number of 0 or more in plain digits, such as 918849571429", 18, 6, groups=True
)

# One comma before three digits, as in 1,234, can be either mark.
_ONE_GROUP = re.compile(r"(?<![0-9,])[0-9]{1,3},[0-9]{3}(?![0-9.,])", re.ASCII)
_NEGATIVE = re.compile(r"[-\u2212]\s*[0-9].*", re.DOTALL)
# Rounding writes a tiny negative difference as -0 or -0.0.
_MINUS_ZERO = re.compile(r"-0+([.,]0+)?", re.ASCII)
# Besides the plain space: no-break, thin, narrow no-break and ideographic ones. French number
# formats group digits with the narrow no-break space.
_SPACES = re.compile(r"[ \xa0\u2000-\u200a\u202f\u3000]")
# Thousands in groups. A comma or a point only counts as separator where it comes twice or where the
# other one follows as decimal mark; the Swiss group with apostrophes.
_GROUPED = re.compile(
    r"[0-9]{1,3}(?:([ _'\u2019])[0-9]{3}(?:\1[0-9]{3})*|,[0-9]{3}(?:,[0-9]{3})+|"
    r",[0-9]{3}(?:,[0-9]{3})*(?=\.)|\.[0-9]{3}(?:\.[0-9]{3})+|"
    r"\.[0-9]{3}(?:\.[0-9]{3})*(?=,))",
    re.ASCII,
)
_SCIENTIFIC = re.compile(r"([0-9]+(?:\.[0-9]+)?)[eE]([+-]?[0-9]{1,2})", re.ASCII)


def without_number_format(cell: str, *, percent: bool) -> str | None:
    """Return a formatted number as plain digits with a point, or None where it is no number.

    With `percent`, a `%` at the end is left out. A mark that occurs once is taken for the decimal
    mark, so callers must rule out cells such as 1,234 themselves.
    """
    if len(cell) > NAME_MAX_LENGTH:
        return None
    # Digits of other scripts and of full width become ASCII ones.
    plain = "".join(str(unicodedata.decimal(char, char)) for char in _SPACES.sub(" ", cell))
    if percent:
        plain = plain.replace("\uff05", "%").removesuffix("%").rstrip()
    plain = plain.removeprefix("+").lstrip()
    if _MINUS_ZERO.fullmatch(plain):
        return "0"
    if (match := _SCIENTIFIC.fullmatch(plain)) is not None:
        return f"{Decimal(match[1]).scaleb(int(match[2])):f}"
    if (match := _GROUPED.match(plain)) is not None:
        plain = re.sub(r"[^0-9]", "", match[0]) + plain[match.end() :]
    match = re.fullmatch(r"([0-9]*)[.,]?([0-9]*)", plain, re.ASCII)
    if match is None or not (match[1] or match[2]):
        return None
    return (match[1] or "0") + (f".{match[2]}" if match[2] else "")
