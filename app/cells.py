"""What a cell may say: each parser turns its text into a value, or says what it expected."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from app.domain.calendar import format_month, guess_month, parse_month, this_month
from app.domain.matching import fold_name, nearest_match
from app.domain.text import UnreadableCellError
from app.domain.vocabulary import (
    OPENNESS_BY_NAME,
    ORIGINS_BY_NAME,
    Openness,
    Origin,
    Status,
    origin_of_country,
)

NAME_LENGTH: Final = 200
NOTE_LENGTH: Final = 500
FIRST_YEAR: Final = 2000


@dataclass(slots=True)
class Context:
    """What a file's other cells say about reading this one: delimiter and decimal mark so far."""

    delimiter: str = ","
    decimal_mark: str | None = None


Parser = Callable[[str, Context], Any]
"""Takes a trimmed text that is not blank. Raises Unreadable."""


# --- words ---------------------------------------------------------------------------------------


def text(cell: str, _context: Context) -> str:
    return cell


def choice(
    names: Mapping[str, Any], values: Iterable[str], hint: Callable[[str], str | None] | None = None
) -> Parser:
    """One of `values`, by any of its `names` (as `loose` writes them); `hint` may know better."""
    expected = "one of " + ", ".join(values)

    def suggest(cell: str) -> str | None:
        found = nearest_match(cell, names, cutoff=0.72)
        return (hint and hint(cell)) or (str(names[found]) if found else None)

    def parse(cell: str, _context: Context) -> Any:
        value = names.get(fold_name(cell))
        if value is None:
            raise UnreadableCellError("unknown_word", expected, partial(suggest, cell))
        return value

    return parse


origin = choice(ORIGINS_BY_NAME, Origin, hint=origin_of_country)
openness = choice(OPENNESS_BY_NAME, Openness)
status = choice({fold_name(value): value for value in Status}, Status)


_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def yes(cell: str, _context: Context) -> bool:
    """`yes` or `no`; give its column `blank=False`."""
    value = _YES.get(fold_name(cell))
    if value is None:
        raise UnreadableCellError("unknown_word", "yes, no or nothing")
    return value


_SLUG = re.compile(r"[a-z0-9][a-z0-9._:/-]*", re.ASCII)


def slug(cell: str, _context: Context) -> str:
    """Lower-case ASCII, as addresses use it; capitals are read as small letters."""
    if _SLUG.fullmatch(cell.lower()) is None:
        expected = "small letters, digits and . _ : / -, beginning with a letter or digit"
        raise UnreadableCellError("not_a_slug", expected, partial(slug_of, cell))
    return cell.lower()


def slug_of(name: str) -> str | None:
    """The slug a name makes: without accents, the rest as hyphens. None where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._:/-]+", "-", plain)[:NAME_LENGTH].strip("._:/-") or None


def country(cell: str, _context: Context) -> str:
    """An ISO 3166-1 alpha-2 code, by its shape."""
    if re.fullmatch(r"[A-Z]{2}", cell, re.ASCII) is None:
        suggestion = cell.upper() if re.fullmatch(r"[A-Za-z]{2}", cell, re.ASCII) else None
        raise UnreadableCellError(
            "not_a_country", "a country as two capitals, such as CN", suggestion
        )
    return cell


def url(cell: str, _context: Context) -> str:
    """An absolute http or https address."""
    try:
        parts = urlsplit(cell)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or any(char.isspace() for char in cell):
        raise UnreadableCellError(
            "not_an_address", "an address that begins with https:// or http://"
        )
    return cell


# --- time ----------------------------------------------------------------------------------------


def month(cell: str, _context: Context) -> date:
    """`YYYY-MM` or `YYYY-MM-01`, from 2000 to the running month in UTC, as its first day."""
    found = parse_month(cell.removesuffix("-01") if len(cell) == len("2025-08-01") else cell)
    if found is None:
        expected = "a month as YYYY-MM, such as 2025-08"
        raise UnreadableCellError("not_a_month", expected, partial(_suggest_month, cell))
    if found > this_month():
        raise UnreadableCellError(
            "future_month", f"a month not after {format_month(this_month())} (UTC)"
        )
    if found.year < FIRST_YEAR:
        raise UnreadableCellError("too_early", f"a month from {FIRST_YEAR}-01 on")
    return found


def _suggest_month(cell: str) -> str | None:
    found = guess_month(cell)
    if found is None or found > this_month() or found.year < FIRST_YEAR:
        return None
    return format_month(found)


def day(cell: str, _context: Context) -> date:
    """`YYYY-MM-DD`."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell, re.ASCII):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            pass
    raise UnreadableCellError("not_a_day", "a day as YYYY-MM-DD, such as 2025-01-20")


# --- numbers -------------------------------------------------------------------------------------

_NUMBER = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
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

    def __call__(self, cell: str, context: Context) -> Decimal:
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

    def _check_mark(self, whole: str, mark: str, fraction: str, context: Context) -> None:
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

    def suggest(self, cell: str, context: Context) -> str | None:
        """The plain number `cell` must mean, where it can mean no other."""
        plain = unformatted(cell, percent=self.percent)
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
share = Number(
    "a percentage from 0 to 100 in plain digits, such as 29.7", 3, 24, Decimal(100), percent=True
)
value = Number("a number of 0 or more in plain digits, such as 918849571429", 18, 6, groups=True)

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


def unformatted(cell: str, *, percent: bool) -> str | None:
    """A formatted number as plain digits with a point, or None where its meaning is not certain."""
    if len(cell) > NAME_LENGTH:
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
