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

from app.errors import excerpt
from app.months import guess_month, month_key, parse_month, this_month
from app.words import (
    OPENNESS_BY_NAME,
    ORIGINS_BY_NAME,
    Openness,
    Origin,
    Status,
    loose,
    nearest,
    origin_of_country,
)

NAME_LENGTH: Final = 200
NOTE_LENGTH: Final = 500
FIRST_YEAR: Final = 2000

Suggest = Callable[[], str | None]


class Unreadable(ValueError):  # noqa: N818 - it says what the cell is
    """A cell's text is not what its column holds; `suggest` is asked only where it is shown."""

    def __init__(self, code: str, expected: str, suggest: "str | Suggest | None" = None) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected
        self._suggest = suggest

    def suggestion(self) -> str | None:
        return self._suggest() if callable(self._suggest) else self._suggest


@dataclass(slots=True)
class Context:
    """What a file's other cells say about reading this one: delimiter and decimal mark so far."""

    delimiter: str = ","
    decimal_mark: str | None = None


Parser = Callable[[str, Context], Any]
"""Takes a trimmed text that is not blank. Raises Unreadable."""


# Characters that show nothing, or turn what follows around; and those that are no characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb"
    "\ufffd-\uffff\ud800-\udfff\U000e0000-\U000e0fff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
# Spaces by their looks, and what only changes the character before it.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"})
_BLANKS = frozenset("\u2800\U0001d159")
_BREAKS = re.compile(r"\r\n?")


def clean(text: str, limit: int, *, multiline: bool = False) -> str:
    """`text` trimmed and in Unicode's composed form. Raises Unreadable for what is no text."""
    if len(text) > limit:
        text = text.strip(" \t\r\n")
        if len(text) > limit:
            raise Unreadable("too_long", f"at most {limit} characters; there are {len(text)}")
    if text.isascii() and text.isprintable():
        return text.strip()
    if (bad := _FORBIDDEN.search(text)) is not None:
        raise _forbidden(text, bad.start())
    text = _BREAKS.sub("\n", unicodedata.normalize("NFC", text).strip())
    if text and not any(map(_seen, text)):
        raise _forbidden(text, 0)
    if not multiline and ("\n" in text or "\t" in text):
        expected = "one line of text, without line breaks and tabs"
        raise Unreadable("line_break", expected, excerpt(" ".join(text.split())))
    return text


def _seen(char: str) -> bool:
    return char not in _BLANKS and unicodedata.category(char) not in _UNSEEN


def _forbidden(text: str, place: int) -> Unreadable:
    char = text[place]
    code_point = ord(char)
    if 0xDC80 <= code_point <= 0xDCFF:  # what surrogateescape makes of a byte
        return _not_utf8(code_point - 0xDC00)
    where = f"character {place + 1} is U+{code_point:04X} {_character_name(char)}"
    if char == "\ufffd":
        return Unreadable("damaged_text", f"text as it was before a conversion damaged it; {where}")
    cleaned = excerpt(_FORBIDDEN.sub("", text).strip())
    return Unreadable("forbidden_character", f"visible characters only; {where}", cleaned or None)


def _character_name(char: str) -> str:
    kinds = {"Cc": "(control character)", "Cs": "(lone surrogate)", "Cn": "(noncharacter)"}
    fallback = kinds.get(unicodedata.category(char), "(invisible)")
    return unicodedata.name(char, fallback)


def _not_utf8(byte: int) -> Unreadable:
    looks = bytes([byte]).decode("cp1252", "ignore")
    hint = f" (in Windows-1252 it is “{looks}”)" if looks.isprintable() and looks else ""
    expected = f"UTF-8 text; byte 0x{byte:02X} is not{hint}. Save the file as “CSV UTF-8”"
    return Unreadable("not_utf8", expected)


# --- words ---------------------------------------------------------------------------------------


def text(cell: str, _context: Context) -> str:
    return cell


def choice(
    names: Mapping[str, Any], values: Iterable[str], hint: Callable[[str], str | None] | None = None
) -> Parser:
    """One of `values`, by any of its `names` (as `loose` writes them); `hint` may know better."""
    expected = "one of " + ", ".join(values)

    def suggest(cell: str) -> str | None:
        found = nearest(cell, names, cutoff=0.72)
        return (hint and hint(cell)) or (str(names[found]) if found else None)

    def parse(cell: str, _context: Context) -> Any:
        value = names.get(loose(cell))
        if value is None:
            raise Unreadable("unknown_word", expected, partial(suggest, cell))
        return value

    return parse


origin = choice(ORIGINS_BY_NAME, Origin, hint=origin_of_country)
openness = choice(OPENNESS_BY_NAME, Openness)
status = choice({loose(value): value for value in Status}, Status)


_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def yes(cell: str, _context: Context) -> bool:
    """`yes` or `no`; give its column `blank=False`."""
    value = _YES.get(loose(cell))
    if value is None:
        raise Unreadable("unknown_word", "yes, no or nothing")
    return value


_SLUG = re.compile(r"[a-z0-9][a-z0-9._:/-]*", re.ASCII)


def slug(cell: str, _context: Context) -> str:
    """Lower-case ASCII, as addresses use it; capitals are read as small letters."""
    if _SLUG.fullmatch(cell.lower()) is None:
        expected = "small letters, digits and . _ : / -, beginning with a letter or digit"
        raise Unreadable("not_a_slug", expected, partial(slug_of, cell))
    return cell.lower()


def slug_of(name: str) -> str | None:
    """The slug a name makes: without accents, the rest as hyphens. None where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._:/-]+", "-", plain)[:NAME_LENGTH].strip("._:/-") or None


def country(cell: str, _context: Context) -> str:
    """An ISO 3166-1 alpha-2 code, by its shape."""
    if re.fullmatch(r"[A-Z]{2}", cell, re.ASCII) is None:
        suggestion = cell.upper() if re.fullmatch(r"[A-Za-z]{2}", cell, re.ASCII) else None
        raise Unreadable("not_a_country", "a country as two capitals, such as CN", suggestion)
    return cell


def url(cell: str, _context: Context) -> str:
    """An absolute http or https address."""
    try:
        parts = urlsplit(cell)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or any(char.isspace() for char in cell):
        raise Unreadable("not_an_address", "an address that begins with https:// or http://")
    return cell


# --- time ----------------------------------------------------------------------------------------


def month(cell: str, _context: Context) -> date:
    """`YYYY-MM` or `YYYY-MM-01`, from 2000 to the running month in UTC, as its first day."""
    found = parse_month(cell.removesuffix("-01") if len(cell) == len("2025-08-01") else cell)
    if found is None:
        expected = "a month as YYYY-MM, such as 2025-08"
        raise Unreadable("not_a_month", expected, partial(_suggest_month, cell))
    if found > this_month():
        raise Unreadable("future_month", f"a month not after {month_key(this_month())} (UTC)")
    if found.year < FIRST_YEAR:
        raise Unreadable("too_early", f"a month from {FIRST_YEAR}-01 on")
    return found


def _suggest_month(cell: str) -> str | None:
    found = guess_month(cell)
    if found is None or found > this_month() or found.year < FIRST_YEAR:
        return None
    return month_key(found)


def day(cell: str, _context: Context) -> date:
    """`YYYY-MM-DD`."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell, re.ASCII):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            pass
    raise Unreadable("not_a_day", "a day as YYYY-MM-DD, such as 2025-01-20")


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
            raise Unreadable(code, self.expected, partial(self.suggest, cell, context))
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
            raise Unreadable("decimal_comma", expected, point)
        if grouped and context.decimal_mark != mark:
            expected = (
                f"a number that reads one way only: {whole}{fraction}, or {whole}{mark}{fraction}0"
            )
            raise Unreadable("ambiguous_number", expected)
        if context.decimal_mark not in (None, mark):
            expected = f"“{context.decimal_mark}” as decimal mark, as in the cells above"
            suggestion = f"{whole}{context.decimal_mark}{fraction}"
            raise Unreadable("mixed_decimal_marks", expected, suggestion)

    def _bounded(self, whole: str, fraction: str) -> Decimal:
        if len(whole.lstrip("0")) > self.integer_digits:
            expected = f"{self.expected}, with at most {self.integer_digits} digits before the mark"
            raise Unreadable("out_of_range", expected)
        if len(fraction) > self.decimals:
            expected = f"at most {self.decimals} digits after the mark; there are {len(fraction)}"
            raise Unreadable("too_precise", expected, partial(self._rounded, whole, fraction))
        number = Decimal(f"{whole}.{fraction}") if fraction else Decimal(whole)
        if self.maximum is not None and number > self.maximum:
            raise Unreadable("out_of_range", self.expected)
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
        except Unreadable:
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
