"""Opaque cursors: where the next page of a list begins, and the vintage all its pages show."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from app.domain.calendar import format_instant, parse_instant

CURSOR_MAX_LENGTH: Final = 1_000
CHECKSUM_BYTES: Final = 8
CursorKey = tuple[str | int, ...]
"""The key of a row; what comes after it comes next."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`asked` names the list and question it belongs to."""

    asked: str
    as_of: datetime
    after: CursorKey

    def __str__(self) -> str:
        content = json.dumps([self.asked, format_instant(self.as_of), self.after]).encode()
        return urlsafe_b64encode(_check(content) + content).decode().rstrip("=")


def _check(content: bytes) -> bytes:
    # Not a secret: it finds what was cut off or mistyped. A forged cursor opens nothing.
    return sha256(content).digest()[:CHECKSUM_BYTES]


def parse_cursor(text: str) -> Cursor | None:
    """None where `text` is no cursor that we made."""
    if len(text) > CURSOR_MAX_LENGTH or not text.isascii():
        return None
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if (
            format_cursor(sealed) != text
            or _check(sealed[CHECKSUM_BYTES:]) != sealed[:CHECKSUM_BYTES]
        ):
            return None
        return _cursor(json.loads(sealed[CHECKSUM_BYTES:]))
    except (Error, ValueError, RecursionError):
        return None


def format_cursor(sealed: bytes) -> str:
    """Base64 has several spellings of the same bytes; this is ours."""
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _cursor(content: Any) -> Cursor | None:
    match content:
        case [str(asked), str(instant), [*after]] if all(map(_is_key, after)):
            as_of = parse_instant(instant)
            return Cursor(asked, as_of, tuple(after)) if as_of else None
    return None


def _is_key(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    return type(value) is int and 0 <= value < 2**31


def cursor_name(*asked: str) -> str:
    """What a cursor remembers of the list and question it belongs to."""
    return sha256("\n".join(asked).encode()).hexdigest()[:12]
