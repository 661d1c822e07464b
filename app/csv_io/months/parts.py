"""A text that may be a date, taken apart: its numbers, and the month, day and year it names."""

import re
from typing import Final, NamedTuple

from app.csv_io.months.names import FILLERS, MONTHS_BY_WORD, WEEKDAYS, fold_letters

_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_LITERAL: Final = re.compile(r'=?"(.*)"|\'(.*)')
_CHINESE_DIGITS: Final = {sign: str(i) for i, sign in enumerate("〇一二三四五六七八九")} | {
    "零": "0"
}
_CHINESE_WEEKDAY: Final = re.compile(r"\(?(?:星期|礼拜|周|週)[一二三四五六日天]\)?")
_TOKEN: Final = re.compile(
    r"(?P<year>[0-9]{2}|[0-9]{4})年(?:度)?|(?P<month>[0-9]{1,2})月份?|(?P<day>[0-9]{1,2})[日号號]"
    r"|m(?P<counted>[0-9]{1,2})(?![0-9])"
    r"|(?P<ordinal>[0-9]{1,2})(?:st|nd|rd|th|er|o|a|°)(?![a-z])"
    r"|(?P<number>[0-9]+)"
    r"|(?P<word>[a-z]+)|(?P<mark>[ .,/_:'’-]+)"
)  # fmt: skip


class DateParts(NamedTuple):
    """A text taken apart: its numbers, what lies between them, and what is named.

    `order` has a letter for each part: `n` a number, `m` a month's name, `c` a month as in M08, `d`
    a day as in 1st.
    """

    numbers: list[str]
    order: str
    marks: set[str]
    month: int | None
    year: int | None
    day: int | None


def fold_date(text: str) -> str:
    """Return the text folded, with hyphens for dashes and digits for Chinese numerals."""
    literal = _LITERAL.fullmatch(text.strip())
    inner = (literal[1] or literal[2] or "") if literal else text
    plain = _DASHES.sub("-", fold_letters(inner)).strip()
    if "年" in plain or "月" in plain:
        plain = _CHINESE_WEEKDAY.sub("", plain).strip()
        plain = re.sub("[〇零一二三四五六七八九十]+", _chinese_number, plain)
        plain = re.sub(r"\s*([年月日号號])\s*", r"\1", plain)
    return " ".join(plain.split())


def _chinese_number(match: re.Match[str]) -> str:
    """Return digits for Chinese numerals up to 99, or for those of a year said digit by digit."""
    signs = match[0]
    tens, ten, ones = signs.partition("十")
    if ten:
        return (_digits(tens) or "1") + (_digits(ones) or "0")
    return _digits(signs)


def _digits(signs: str) -> str:
    return "".join(_CHINESE_DIGITS.get(sign, sign) for sign in signs)


def take_apart(plain: str) -> DateParts | None:
    """Return the parts of a text, or None where it holds a word or sign that no date has."""
    numbers: list[str] = []
    order, place, marks, words = "", 0, set(), []
    named = dict.fromkeys(("year", "month", "counted", "day", "ordinal"))
    while place < len(plain):
        match = _TOKEN.match(plain, place)
        if match is None:
            return None
        place = match.end()
        if match["number"]:
            numbers.append(match["number"])
            order += "n"
        elif match["word"]:
            words.append(match["word"])
            order += "" if match["word"] in (WEEKDAYS | FILLERS) - {"mar"} else "m"
        elif match["mark"]:
            if order and place < len(plain):
                marks.add(match["mark"].strip() or " ")
        elif (name := match.lastgroup) is not None:
            if named[name]:
                return None
            named[name] = match[name]
            order += {"month": "m", "counted": "c", "ordinal": "d"}.get(name, "")
    month = _month_of(words)
    counted = named["month"] or named["counted"]
    if month == 0 or (month and counted):
        return None
    year, day = named["year"], named["day"] or named["ordinal"]
    return DateParts(
        numbers,
        order,
        marks,
        month or (int(counted) if counted else None),
        _full_year(year) if year else None,
        int(day) if day else None,
    )


def _month_of(words: list[str]) -> int | None:
    """Return the number of the month among the words, None without words, 0 for other words."""
    words = [word for word in words if word not in FILLERS or word in MONTHS_BY_WORD]
    months = [word for word in words if word in MONTHS_BY_WORD]
    others = [word for word in words if word not in months]
    # Of “mar. 5 août” the first is Tuesday.
    if len(months) > 1 and months[0] in WEEKDAYS:
        months.pop(0)
    if not months and others:
        return 0
    if len(months) > 1 or any(word not in WEEKDAYS for word in others):
        return 0
    return MONTHS_BY_WORD[months[0]] if months else None


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
