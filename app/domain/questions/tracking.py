"""The parameters that newsletters, advertisements and social networks add to a link on its way."""

from typing import Final

TRACKING_PREFIXES: Final = ("utm_",)
TRACKING_NAMES: Final = frozenset(
    {
        # Google Ads and Analytics, Meta, Microsoft, Mailchimp, Instagram, X, Yandex.
        *("gclid", "_ga", "_gl", "fbclid", "msclkid", "mc_cid", "mc_eid"),
        *("igshid", "twclid", "yclid"),
        # X and blogs say whence a reader comes, YouTube and Spotify who shared a link.
        *("ref", "ref_src", "si"),
    }
)


def is_tracking_parameter(name: str) -> bool:
    """Return whether a parameter of this name was added by others, and asks nothing of us."""
    return name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES)


def expected_beside(expected: str, name: str) -> str:
    """Return what is expected in the place of an unknown parameter, with a hint if it tracks."""
    hint = "; tracking parameters have no place here" if is_tracking_parameter(name) else ""
    return f"{expected}{hint}"
