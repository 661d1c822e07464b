"""Passwords: their length, their hashes, and the comparison with one."""

import unicodedata
from threading import BoundedSemaphore
from typing import Final

from pwdlib import PasswordHash

from app.domain.errors import BadInputError

PASSWORD_MIN_LENGTH: Final = 12
PASSWORD_MAX_LENGTH: Final = 1000

HASHER: Final = PasswordHash.recommended()
# The hash of a password that nobody knows. Its parameters must be those of HASHER: else comparing
# with it takes another time, and tells which names exist.
DUMMY_HASH: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$c86bC1h0aQgQLA/S6xzp8g"
    "$LpTgFFTQmoanA7N0Bqs9SXiNNpJTouaxDx/a/azdru8"
)
# Each computation takes 64 MiB: forty sign-ins at once must not take the server's memory.
_hashing_slots = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password. Raise BadInputError if it is too short or long."""
    if not PASSWORD_MIN_LENGTH <= len(password) <= PASSWORD_MAX_LENGTH:
        lengths = f"at least {PASSWORD_MIN_LENGTH} characters and at most {PASSWORD_MAX_LENGTH}"
        title = f"A password has {lengths}"
        raise BadInputError(title, "A few unrelated words make a good one.")
    with _hashing_slots:
        return HASHER.hash(_password_bytes(password))


def verify_password(password: str, stored: str | None) -> bool:
    """Return whether a password is that of the hash `stored`; None is no password.

    It takes the same time whether there is a hash or not.
    """
    possible = stored is not None and len(password) <= PASSWORD_MAX_LENGTH
    # A longer one is cut off before Unicode normalization: 64 KiB of accents take three seconds.
    typed = _password_bytes(password[:PASSWORD_MAX_LENGTH])
    with _hashing_slots:
        is_right = HASHER.verify(typed, stored if possible and stored else DUMMY_HASH)
    return is_right and possible


def _password_bytes(password: str) -> bytes:
    # Keyboards differ in how they compose an accented letter. Changing the form or the encoding
    # would lock out everyone whose password has one.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
