"""Comparison of names: without case and separators, and the nearest one for a suggestion."""

import difflib
import re
from collections.abc import Iterable

_LOOSE = re.compile(r"[\s_-]+")


def fold_name(text: str) -> str:
    """Return `text` without case, spaces, `_` and `-`, as column names and synonyms compare."""
    return _LOOSE.sub("", text).casefold()


# Versions differ by such a separator alone: Qwen2-5 7B is another model than Qwen2 57B.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s_-]+(?=\d)")


def name_key(name: str) -> str:
    """Return the key by which names of the catalogue compare.

    It is `fold_name` with a `-` kept between digits: `2-5` equals `2 5` and differs from `25`.
    A name of separators only has an empty key.
    """
    return "-".join(map(fold_name, _BETWEEN_DIGITS.split(name)))


WHOLE_MATCH_MIN_LETTERS = 5
"""Fewest letters that suggest a name by standing whole in it, as a developer's in its models'."""


def nearest_match(
    text: str, choices: Iterable[str], cutoff: float = 0.6, *, whole: bool = True
) -> str | None:
    """Return the choice most like `text`, or None where nothing is alike enough to suggest.

    `cutoff` is the least similarity, from 0 to 1, that difflib must find. With `whole` a choice in
    which the text stands whole goes first.
    """
    by_loose = {fold_name(choice): choice for choice in choices}
    # difflib is quadratic in length: a value of 10 kB must not cost a second.
    folded = fold_name(text[:80])
    containing = [
        choice_key
        for choice_key in by_loose
        if whole and len(folded) >= WHOLE_MATCH_MIN_LETTERS and folded in choice_key
    ]
    # The shortest is the one with least beside it; the alphabet decides the rest, so that the same
    # file gets the same suggestions each time.
    if containing:
        return by_loose[min(containing, key=lambda choice_key: (len(choice_key), choice_key))]
    matches = difflib.get_close_matches(folded, by_loose, n=1, cutoff=cutoff)
    return by_loose[matches[0]] if matches else None
