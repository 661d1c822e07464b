"""Passwords: what one must be, and how they are stored and compared."""

import unicodedata
from threading import BoundedSemaphore
from typing import Final

from pwdlib import PasswordHash

from app.domain.errors import BadInputError

SHORTEST: Final = 12
LONGEST: Final = 1000

HASHER: Final = PasswordHash.recommended()
# Of a password nobody knows. Its parameters must be those of HASHER, or comparing takes other time.
NOBODYS: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$c86bC1h0aQgQLA/S6xzp8g"
    "$LpTgFFTQmoanA7N0Bqs9SXiNNpJTouaxDx/a/azdru8"
)
# Each computation takes 64 MiB.
_at_once = BoundedSemaphore(2)


def hashed(password: str) -> str:
    """What is stored of a password. Raises BadInputError where it is too short."""
    if not SHORTEST <= len(password) <= LONGEST:
        title = f"A password has at least {SHORTEST} characters and at most {LONGEST}"
        raise BadInputError(title, "A few unrelated words make a good one.")
    with _at_once:
        return HASHER.hash(_octets(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the stored one; where it cannot be, saying no takes the same time."""
    possible = stored is not None and len(password) <= LONGEST
    # A longer one is not even composed: 64 KiB of accents take three seconds.
    typed = _octets(password[:LONGEST])
    with _at_once:
        found = HASHER.verify(typed, stored if possible and stored else NOBODYS)
    return found and possible


def _octets(password: str) -> bytes:
    # Keyboards differ in how they compose an accented letter.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
