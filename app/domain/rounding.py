"""One way to round, on pages, in pictures, in files and in the API."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final

from app.domain.vocabulary import NOT_RECOMPUTED


def round_half_up(number: Decimal, places: int) -> Decimal:
    """Return `number` to `places` decimals, halves away from zero: 28.65 becomes 28.7."""
    # Decimal rounds halves to the even digit by default (28.6), which readers would call wrong.
    return number.quantize(decimal_step(places), ROUND_HALF_UP)


@cache
def decimal_step(places: int) -> Decimal:
    """Return what numbers of so many decimals are multiples of: 0.01 for two."""
    return Decimal(1).scaleb(-places)


SHARE_DECIMALS: Final = 4
"""Decimals of a share in percent, in files and in the API."""


def rounded_share(share: Decimal) -> Decimal:
    """Return a share in percent to four decimals, or unrounded where that would make it zero."""
    # A share of exactly zero falls to the second operand too, which is zero as well.
    return round_half_up(share, SHARE_DECIMALS) or share


def given_digits(share: Decimal) -> Decimal:
    """Return a share in percent with the digits that a publisher gave, at most four decimals.

    Zeros at the end go, since they may come from adding up.
    """
    digits = rounded_share(share).normalize()
    # `normalize` makes 3E+1 of 30, which files and pages would show so.
    return digits if digits.as_tuple().exponent in range(-40, 1) else digits.quantize(Decimal(1))


def printed_share(share: Decimal, status: str) -> Decimal:
    """Return a share in percent as files print it: rounded, or with the digits it was given."""
    # “Nearly 30 percent” must not become 30.0000 in a file.
    return given_digits(share) if status in NOT_RECOMPUTED else rounded_share(share)
