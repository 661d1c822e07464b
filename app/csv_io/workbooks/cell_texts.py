"""The values of a sheet's cells as texts, as a CSV file would hold them."""

from datetime import datetime, time
from decimal import Decimal
from typing import Final

# Doubles hold every whole number below this; of larger ones the last digits are not what was typed.
_WHOLE_MAX: Final = 2**53
_SHOWN_DIGITS: Final = 15
"""Digits that spreadsheets show of a number; what a double has beyond them is its rounding."""


def number_text(number: float | Decimal) -> str | None:
    """Return a number in plain digits with a point, or None where a double has lost its digits."""
    # Most numbers are as short as they were typed: those need no Decimal, which takes ten times as
    # long.
    if isinstance(number, float):
        if number.is_integer():
            return str(int(number)) if abs(number) < _WHOLE_MAX else None
        if len(plain := repr(number)) <= _SHOWN_DIGITS and "e" not in plain:
            return _without_groups(plain)
    value = number if isinstance(number, Decimal) else Decimal(repr(number))
    if value == value.to_integral_value():
        return f"{int(value)}" if abs(value) < _WHOLE_MAX else None
    text = str(value)
    if len(text) > _SHOWN_DIGITS:
        text = f"{value:.{_SHOWN_DIGITS}g}"
    plain = f"{Decimal(text):f}"
    # 0.1 + 0.2 is 0.300000000000000 when rounded: the zeros are none of the number's digits.
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return _without_groups(plain)


def _without_groups(plain: str) -> str:
    # Three decimals could be a group of thousands in a text; of a number they cannot.
    return plain + "0" if plain[-4:-3] == "." else plain


def percent_text(number: float) -> str | None:
    """Return a number that is shown as percent in percent: 29.7 of 0.297."""
    return number_text(Decimal(f"{Decimal(repr(number)):.{_SHOWN_DIGITS}g}") * 100)


def cell_text(value: object, *, percent: bool) -> str | None:
    """Return the text of a value of calamine's, or None for a number that lost its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return percent_text(value) if percent else number_text(value)
    # A day has no time in it, whichever of the two types it comes as.
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
