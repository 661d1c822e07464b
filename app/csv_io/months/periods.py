"""Stretches of time that are no month: quarters, halves, years, weeks."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.domain.calendar import add_months, format_month


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter, half, year or week: what it is called, and its months."""

    name: str
    months: tuple[date, ...]

    def months_text(self) -> str:
        """Return the months as `2025-07, 2025-08, 2025-09`, a year's as its first and last."""
        texts = [format_month(month) for month in self.months]
        return f"{texts[0]} to {texts[-1]}" if len(texts) > 3 else ", ".join(texts)


_MARK = r"[ .,/_'-]*"
_YEAR = r"(?P<year>20[0-9]{2})"
_SHORT_YEAR = r"(?P<year>(?:20)?[0-9]{2})"
_QUARTER_WORD = r"(?:quarters?|quartale?|trimestres?|trimestri|trim|tri|qtr|q|t)"
_HALF_WORD = r"(?:semestres?|semestri|semester|halbjahr|half|sem|hj|h|s)"
_ORDINAL = r"(?:st|nd|rd|th|er|e|eme|o|a|°|\.)?"


def _shapes(word: str, numbers: str) -> tuple[re.Pattern[str], ...]:
    """Return the orders of a period's word, its number, and the year."""
    part = f"(?P<part>{numbers})"
    return tuple(
        re.compile(shape)
        for shape in (
            f"{_YEAR}{_MARK}{word}{_MARK}{part}",
            f"{_YEAR}{_MARK}{part}{_ORDINAL}{_MARK}{word}",
            f"{word}{_MARK}{part}{_MARK}(?:de |del |di |of |du )?{_SHORT_YEAR}",
            f"{part}{_ORDINAL}{_MARK}{word}{_MARK}(?:de |del |di |of |du )?{_SHORT_YEAR}",
        )
    )


_QUARTERS: Final = (
    *_shapes(_QUARTER_WORD, "[1-4]"),
    re.compile(f"{_YEAR}年?第?(?P<part>[1-4一二三四])季度?"),
)
_HALVES: Final = _shapes(_HALF_WORD, "[12]")
_WHOLE_YEAR: Final = re.compile(f"(?:fy ?)?{_YEAR}年?")
_WEEK: Final = re.compile(f"{_YEAR}-?(?:w|kw)(?P<part>[0-5]?[0-9])(?:-[1-7])?")
_CHINESE_PARTS: Final = {"一": 1, "二": 2, "三": 3, "四": 4}


def find_period(plain: str) -> Period | None:
    """Return the quarter, half, year or week that a folded text names, or None."""
    for name, shapes, months in (("quarter", _QUARTERS, 3), ("half of a year", _HALVES, 6)):
        for shape in shapes:
            if (match := shape.fullmatch(plain)) is not None:
                part = _CHINESE_PARTS.get(match["part"]) or int(match["part"])
                return _months(name, _year(match["year"]), part, months)
    if (match := _WHOLE_YEAR.fullmatch(plain)) is not None:
        return _months("year", int(match["year"]), 1, 12)
    if (match := _WEEK.fullmatch(plain)) is not None:
        return _week(int(match["year"]), int(match["part"]))
    return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _months(name: str, year: int, part: int, count: int) -> Period:
    first = date(year, (part - 1) * count + 1, 1)
    return Period(name, tuple(add_months(first, index) for index in range(count)))


def _week(year: int, number: int) -> Period | None:
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    ends = (monday, monday + timedelta(days=6))
    return Period("week", tuple(sorted({day.replace(day=1) for day in ends})))
