"""Parsers of cells: each turns a text into a value, or says what it expected.

They get a text that `clean_text` has trimmed and that is not blank.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from app.csv_io.column_names.words import CELL_WORDS
from app.csv_io.months.advice import FIRST_YEAR, not_a_day, not_a_month
from app.csv_io.schema import NAME_MAX_LENGTH, CellContext, CellParser
from app.domain.calendar import format_month, parse_month, this_month
from app.domain.naming.matching import fold_name, nearest_match
from app.domain.sources.source_terms import (
    CADENCE_SYNONYMS,
    STATISTIC_SYNONYMS,
    WINDOW_SYNONYMS,
    Cadence,
    Statistic,
    Window,
)
from app.domain.text import UnreadableCellError, is_web_address
from app.domain.vocabulary import (
    OPENNESS_BY_NAME,
    ORIGINS_BY_NAME,
    Openness,
    Origin,
    Status,
    origin_of_country,
)

# --- words ---------------------------------------------------------------------------------------


def parse_text(cell: str, _context: CellContext) -> str:
    """Return the cell as it is."""
    return cell


def choice_parser(
    names: Mapping[str, Any], values: Iterable[str], hint: Callable[[str], str | None] | None = None
) -> CellParser:
    """Return a parser of one of `values`, by any of its `names` as `fold_name` writes them.

    `hint` may suggest a value for a cell that none of the names is like.
    """
    expected = "one of " + ", ".join(values)

    def suggest(cell: str) -> str | None:
        # The words are short: at difflib's usual 0.6, Russia is like USA and India like China.
        nearest_name = nearest_match(cell, names, cutoff=0.72)
        return (hint and hint(cell)) or (str(names[nearest_name]) if nearest_name else None)

    def parse(cell: str, _context: CellContext) -> Any:
        value = names.get(fold_name(cell))
        if value is None:
            raise UnreadableCellError("unknown_word", expected, partial(suggest, cell))
        return value

    return parse


def names_of_choices(
    values: Iterable[StrEnum], synonyms: Mapping[Any, Iterable[str]]
) -> Mapping[str, Any]:
    """Return each value by its own name and its synonyms, as `fold_name` writes them."""
    return {
        fold_name(name): value for value in values for name in (value, *synonyms.get(value, ()))
    }


def word_hint(column: str) -> Callable[[str], str | None]:
    """Return a hint that knows the words of other languages for a column's values."""
    values = {
        fold_name(word): value for value, words in CELL_WORDS[column].items() for word in words
    }
    return lambda cell: values.get(fold_name(cell))


_home_hint = word_hint("origin")

parse_origin = choice_parser(
    ORIGINS_BY_NAME, Origin, hint=lambda cell: _home_hint(cell) or origin_of_country(cell)
)
parse_openness = choice_parser(OPENNESS_BY_NAME, Openness, hint=word_hint("openness"))
parse_status = choice_parser(
    {fold_name(value): value for value in Status}, Status, hint=word_hint("status")
)
parse_window = choice_parser(names_of_choices(Window, WINDOW_SYNONYMS), Window)
parse_statistic = choice_parser(names_of_choices(Statistic, STATISTIC_SYNONYMS), Statistic)
parse_cadence = choice_parser(names_of_choices(Cadence, CADENCE_SYNONYMS), Cadence)


_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def parse_yes(cell: str, _context: CellContext) -> bool:
    """Return whether the cell says yes. A column of it needs `blank=False` to be two-valued."""
    value = _YES.get(fold_name(cell))
    if value is None:
        raise UnreadableCellError("unknown_word", "yes, no or nothing")
    return value


_SLUG = re.compile(r"[a-z0-9][a-z0-9._:/-]*", re.ASCII)


def parse_slug(cell: str, _context: CellContext) -> str:
    """Return the cell as a slug: ASCII as addresses use it, with capitals put in lower case."""
    if _SLUG.fullmatch(cell.lower()) is None:
        expected = "small letters, digits and . _ : / -, beginning with a letter or digit"
        raise UnreadableCellError("not_a_slug", expected, partial(slug_from_name, cell))
    return cell.lower()


def slug_from_name(name: str) -> str | None:
    """Return the slug a name makes, or None for a name without a Latin letter or digit.

    Accents and letters of other scripts go; a space or mark that no slug may hold becomes a hyphen.
    """
    # NFKD takes letters and their accents apart, so that only the accents are not ASCII. Letters
    # without such a form, such as ø, go whole.
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._:/-]+", "-", plain)[:NAME_MAX_LENGTH].strip("._:/-") or None


def parse_country(cell: str, _context: CellContext) -> str:
    """Return an ISO 3166-1 alpha-2 code; only its shape is checked, two capital letters."""
    if re.fullmatch(r"[A-Z]{2}", cell, re.ASCII) is None:
        suggestion = cell.upper() if re.fullmatch(r"[A-Za-z]{2}", cell, re.ASCII) else None
        raise UnreadableCellError(
            "not_a_country", "a country as two capitals, such as CN", suggestion
        )
    return cell


def parse_url(cell: str, _context: CellContext) -> str:
    """Return an absolute http or https address."""
    if not is_web_address(cell):
        raise UnreadableCellError(
            "not_an_address", "an address that begins with https:// or http://"
        )
    return cell


# --- time ----------------------------------------------------------------------------------------


def parse_month_cell(cell: str, context: CellContext) -> date:
    """Return the first day of a month, written `YYYY-MM` or `YYYY-MM-01`.

    It may be from 2000-01 to the running month in UTC.
    """
    # Only in a text of ten characters is “-01” a day: at the end of 2025-01 it is the month.
    first_day = parse_month(cell.removesuffix("-01") if len(cell) == len("2025-08-01") else cell)
    if first_day is None:
        raise not_a_month(cell, context)
    if first_day > this_month():
        raise UnreadableCellError(
            "future_month", f"a month not after {format_month(this_month())} (UTC)"
        )
    if first_day.year < FIRST_YEAR:
        raise UnreadableCellError("too_early", f"a month from {FIRST_YEAR}-01 on")
    if len(cell) == len("2025-08-01"):
        context.first_days.add(first_day)
    else:
        context.has_plain_months = True
    return first_day


def parse_day(cell: str, context: CellContext) -> date:
    """Return a day written `YYYY-MM-DD`."""
    # The pattern comes first because `fromisoformat` takes 20250120 and week dates too.
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell, re.ASCII):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            pass
    raise not_a_day(cell, context)


def parse_days(cell: str, _context: CellContext) -> int:
    """Return a number of days of a month, from 1 to 31."""
    if re.fullmatch(r"[0-9]{1,2}", cell, re.ASCII) and 1 <= int(cell) <= 31:
        return int(cell)
    raise UnreadableCellError("not_days", "a number of days, from 1 to 31")


def parse_days_after(cell: str, _context: CellContext) -> int:
    """Return a number of days after the end of a month, from 0 to 366."""
    if re.fullmatch(r"[0-9]{1,3}", cell, re.ASCII) and int(cell) <= 366:
        return int(cell)
    raise UnreadableCellError("not_days", "a number of days, from 0 to 366")
