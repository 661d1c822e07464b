"""One way to round, on pages, in pictures, in files and in the API."""

from decimal import ROUND_HALF_UP, Decimal


def half_up(number: Decimal, places: int) -> Decimal:
    """28.65 to one place is 28.7, as readers round."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
