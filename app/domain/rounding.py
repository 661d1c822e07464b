"""One way to round, on pages, in pictures, in files and in the API."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final


def round_half_up(number: Decimal, places: int) -> Decimal:
    """28.65 to one place is 28.7, as readers round."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


SHARE_DECIMALS: Final = 4


def rounded_share(share: Decimal) -> Decimal:
    """To four places; whole where they would make nothing of a share that is there."""
    return round_half_up(share, SHARE_DECIMALS) or share
