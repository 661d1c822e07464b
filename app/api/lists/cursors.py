"""Opaque cursors: where a page of a list begins, and the vintage that all its pages show."""

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
"""The place of the last row of a page: a list's own sort key, or how many rows came before."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The beginning of a page. `str` of it is the text that a client sends back.

    `name` is the `cursor_name` of the list and question it belongs to; `as_of` is the vintage of
    the first page; `after` is the place of the last row before.
    """

    name: str
    as_of: datetime
    after: CursorKey

    def __str__(self) -> str:
        content = json.dumps([self.name, format_instant(self.as_of), self.after]).encode()
        return format_cursor(_check(content) + content)


def _check(content: bytes) -> bytes:
    # It has no secret key: it finds what was cut off or mistyped. A forged cursor opens nothing
    # that an address with `as_of` does not.
    return sha256(content).digest()[:CHECKSUM_BYTES]


def parse_cursor(text: str) -> Cursor | None:
    """Return the cursor of a text, None if `Cursor.__str__` cannot have made it."""
    # Whatever is sent must lead to a refusal: hence the limit, and RecursionError for JSON that is
    # nested as deep as that allows.
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
    """Return bytes as Base64 for addresses, without padding."""
    # Base64 has several spellings of the same bytes. Only this one is taken back, so that one page
    # has one address and one entity tag.
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _cursor(content: Any) -> Cursor | None:
    match content:
        case [str(name), str(instant), [*after]] if all(map(_is_key, after)):
            as_of = parse_instant(instant)
            return Cursor(name, as_of, tuple(after)) if as_of else None
    return None


def _is_key(value: Any) -> bool:
    # What could not be a key of ours must not reach PostgreSQL: a NUL in a text, or an integer
    # beyond its type, would be an error there. True and False are ints of Python.
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    return type(value) is int and 0 <= value < 2**31


def cursor_name(*texts: str) -> str:
    """Return 12 hexadecimal digits that name a list and question by their texts."""
    return sha256("\n".join(texts).encode()).hexdigest()[:12]
