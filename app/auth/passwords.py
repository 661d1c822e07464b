"""Passwords: their length, their hashes, and the comparison with one."""

import os
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
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
HASHING_NICENESS: Final = 10
"""How far a computation steps back for what else runs, on the scale of `nice`."""


def _step_back() -> None:
    # Only Linux has a niceness for each thread, which the four that Argon2 starts take over.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), HASHING_NICENESS)


# One at a time, since each takes 64 MiB and four threads; and in a thread of its own, since one
# that has stepped back cannot step forward again.
_hashing_thread = ThreadPoolExecutor(1, "argon2", initializer=_step_back)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password. Raise BadInputError if it is too short or long."""
    if not PASSWORD_MIN_LENGTH <= len(password) <= PASSWORD_MAX_LENGTH:
        lengths = f"at least {PASSWORD_MIN_LENGTH} characters and at most {PASSWORD_MAX_LENGTH}"
        title = f"A password has {lengths}"
        raise BadInputError(title, "A few unrelated words make a good one.")
    return _hashing_thread.submit(HASHER.hash, _password_bytes(password)).result()


def verify_password(password: str, stored: str | None) -> bool:
    """Return whether a password is that of the hash `stored`; None is no password.

    It takes the same time whether there is a hash or not.
    """
    possible = stored is not None and len(password) <= PASSWORD_MAX_LENGTH
    # A longer one is cut off before Unicode normalization: 64 KiB of accents take three seconds.
    typed = _password_bytes(password[:PASSWORD_MAX_LENGTH])
    compared = stored if possible and stored else DUMMY_HASH
    return _hashing_thread.submit(HASHER.verify, typed, compared).result() and possible


def _password_bytes(password: str) -> bytes:
    # Keyboards differ in how they compose an accented letter. Changing the form or the encoding
    # would lock out everyone whose password has one.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
