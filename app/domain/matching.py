"""Names compared: without case and separators, and the nearest one for a suggestion."""

import difflib
import re
from collections.abc import Iterable

_LOOSE = re.compile(r"[\s_-]+")


def fold_name(text: str) -> str:
    """`text` without case, spaces, `_` and `-`: how column names and synonyms are compared."""
    return _LOOSE.sub("", text).casefold()


_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s_-]+(?=\d)")


def name_key(name: str) -> str:
    """A name as names are compared: `fold_name`, but `2-5` and `2 5` stay apart from `25`."""
    return "-".join(map(fold_name, _BETWEEN_DIGITS.split(name)))


WHOLE_MATCH_MIN_LETTERS = 5
"""Letters that, found whole in a name, suggest it: a model's slug begins with its developer's."""


def nearest_match(text: str, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The choice most like `found`, or None where nothing is alike enough to suggest."""
    by_loose = {fold_name(choice): choice for choice in choices}
    folded = fold_name(text[:80])
    whole = [
        choice_key
        for choice_key in by_loose
        if len(folded) >= WHOLE_MATCH_MIN_LETTERS and folded in choice_key
    ]
    if whole:
        return by_loose[min(whole, key=lambda choice_key: (len(choice_key), choice_key))]
    # difflib is quadratic in length: a 10 kB value must not cost a second.
    matches = difflib.get_close_matches(folded, by_loose, n=1, cutoff=cutoff)
    return by_loose[matches[0]] if matches else None
