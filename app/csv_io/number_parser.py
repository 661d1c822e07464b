"""Numbers in cells: exact decimals, or the way out for what a spreadsheet wrote."""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from app.csv_io.schema import NAME_MAX_LENGTH, CellContext
from app.domain.text import UnreadableCellError

# --- numbers -------------------------------------------------------------------------------------

_NUMBER = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberParser:
    """A plain number of at most so many digits; never a float, so what is written is what is read.

    With `groups`, a mark before exactly three digits may be a thousands separator and is refused,
    unless a cell above has it as decimal mark.
    """

    expected: str
    integer_digits: int
    decimals: int
    maximum: Decimal | None = None
    groups: bool = False
    percent: bool = False

    def __call__(self, cell: str, context: CellContext) -> Decimal:
        # Most are whole numbers: a third of the time of the way below.
        if cell.isdecimal() and cell.isascii() and self._surely_fits(cell):
            return Decimal(cell)
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

    def _surely_fits(self, digits: str) -> bool:
        return self.maximum is None and len(digits) <= self.integer_digits

    def may_continue(self, whole: str, rest: str) -> bool:
        """Whether `rest` could be the decimals, or a group of thousands, of `whole`."""
        if len(whole) > self.integer_digits or len(rest) > self.decimals:
            return False
        return self.maximum is None or Decimal(f"{whole}.{rest}") <= self.maximum

    def _check_mark(self, whole: str, mark: str, fraction: str, context: CellContext) -> None:
        grouped = self.groups and len(fraction) == 3 and len(whole) <= 3 and whole[0] != "0"
        if context.delimiter == "," and mark == ",":
            expected = f"{self.expected}: a comma is no decimal mark between commas"
            point = None if grouped else f"{whole}.{fraction}"
            raise UnreadableCellError("decimal_comma", expected, point)
        if grouped and context.decimal_mark != mark:
            expected = (
                f"a number that reads one way only: {whole}{fraction}, or {whole}{mark}{fraction}0"
            )
            raise UnreadableCellError("ambiguous_number", expected)
        if context.decimal_mark not in (None, mark):
            expected = f"“{context.decimal_mark}” as decimal mark, as in the cells above"
            suggestion = f"{whole}{context.decimal_mark}{fraction}"
            raise UnreadableCellError("mixed_decimal_marks", expected, suggestion)

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
        return f"{Decimal(f'{whole}.{fraction[:40]}'):.{self.decimals}f}"

    def suggest(self, cell: str, context: CellContext) -> str | None:
        """The plain number `cell` must mean, where it can mean no other."""
        plain = without_number_format(cell, percent=self.percent)
        if plain is None or (self.groups and context.delimiter == "," and _ONE_GROUP.search(cell)):
            return None
        comma = cell.rfind(",") > cell.rfind(".")
        mark = context.decimal_mark or ("," if comma and context.delimiter != "," else ".")
        plain = plain.replace(".", mark)
        try:
            self(plain, replace(context))
        except UnreadableCellError:
            return None
        return plain


# A double written out has up to 17 digits, and as many zeros before them as it likes.
parse_share = NumberParser(
    "a percentage from 0 to 100 in plain digits, such as 29.7", 3, 24, Decimal(100), percent=True
)
parse_value = NumberParser(
    "a number of 0 or more in plain digits, such as 918849571429", 18, 6, groups=True
)

_ONE_GROUP = re.compile(r"(?<![0-9,])[0-9]{1,3},[0-9]{3}(?![0-9.,])", re.ASCII)
_NEGATIVE = re.compile(r"[-\u2212]\s*[0-9].*", re.DOTALL)
_MINUS_ZERO = re.compile(r"-0+([.,]0+)?", re.ASCII)
_SPACES = re.compile(r"[ \xa0\u2000-\u200a\u202f\u3000]")
_GROUPED = re.compile(
    r"[0-9]{1,3}(?:([ _'\u2019])[0-9]{3}(?:\1[0-9]{3})*|,[0-9]{3}(?:,[0-9]{3})+|"
    r",[0-9]{3}(?:,[0-9]{3})*(?=\.)|\.[0-9]{3}(?:\.[0-9]{3})+|"
    r"\.[0-9]{3}(?:\.[0-9]{3})*(?=,))",
    re.ASCII,
)
_SCIENTIFIC = re.compile(r"([0-9]+(?:\.[0-9]+)?)[eE]([+-]?[0-9]{1,2})", re.ASCII)


def without_number_format(cell: str, *, percent: bool) -> str | None:
    """A formatted number as plain digits with a point, or None where its meaning is not certain."""
    if len(cell) > NAME_MAX_LENGTH:
        return None
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
