"""The check whether a password of the configuration is too weak to be a secret."""

from typing import Final

SECRET_MIN_LENGTH: Final = 16
_FEWEST_DIFFERENT: Final = 6
_WELL_KNOWN: Final = frozenset(
    "admin changeme default example letmein modelshare open password postgres postgresql qwerty"
    " replace secret server your".split()
)


def secret_weakness(password: str | None) -> str | None:
    """Return what is wrong with a password, such as "is missing", or None. It is never quoted."""
    if not password:
        return "is missing"
    if len(password) < SECRET_MIN_LENGTH:
        return f"is shorter than {SECRET_MIN_LENGTH} characters"
    if len(set(password)) < _FEWEST_DIFFERENT:
        return "repeats a few characters"
    if not _without_well_known(password):
        return "is made of words that everybody tries first"
    return None


def _without_well_known(password: str) -> str:
    """Return what is left once digits, signs and the words everybody tries are taken out."""
    rest = "".join(char for char in password.lower() if char.isalpha())
    # Long words first: "postgres" would leave "ql" of "postgresql".
    for word in sorted(_WELL_KNOWN, key=len, reverse=True):
        rest = rest.replace(word, "")
    # A few letters between such words add nothing.
    return rest if len(rest) > len("me_it") else ""
