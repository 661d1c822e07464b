"""Text that people typed: cleaned, kept to one line, and refused where it cannot be shown."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from app.domain.errors import BadInputError, Problem, excerpt

Suggestion = Callable[[], str | None]


class UnreadableCellError(ValueError):
    """A cell's text is not what its column holds; `suggest` is asked only where it is shown."""

    def __init__(self, code: str, expected: str, suggest: "str | Suggestion | None" = None) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected
        self._suggest = suggest

    def suggestion(self) -> str | None:
        return self._suggest() if callable(self._suggest) else self._suggest


# Characters that show nothing, or turn what follows around; and those that are no characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb"
    "\ufffd-\uffff\ud800-\udfff\U000e0000-\U000e0fff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
# Spaces by their looks, and what only changes the character before it.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"})
_BLANKS = frozenset("\u2800\U0001d159")
_BREAKS = re.compile(r"\r\n?")


def clean_text(text: str, limit: int, *, multiline: bool = False) -> str:
    """`text` trimmed and in Unicode's composed form.

    Raises UnreadableCellError for what is no text.
    """
    if len(text) > limit:
        text = text.strip(" \t\r\n")
        if len(text) > limit:
            raise UnreadableCellError(
                "too_long", f"at most {limit} characters; there are {len(text)}"
            )
    if text.isascii() and text.isprintable():
        return text.strip()
    if (bad := _FORBIDDEN.search(text)) is not None:
        raise _forbidden(text, bad.start())
    text = _BREAKS.sub("\n", unicodedata.normalize("NFC", text).strip())
    if text and not any(map(_seen, text)):
        raise _forbidden(text, 0)
    if not multiline and ("\n" in text or "\t" in text):
        expected = "one line of text, without line breaks and tabs"
        raise UnreadableCellError("line_break", expected, excerpt(" ".join(text.split())))
    return text


def _seen(char: str) -> bool:
    return char not in _BLANKS and unicodedata.category(char) not in _UNSEEN


def _forbidden(text: str, place: int) -> UnreadableCellError:
    char = text[place]
    code_point = ord(char)
    if 0xDC80 <= code_point <= 0xDCFF:  # what surrogateescape makes of a byte
        return _not_utf8(code_point - 0xDC00)
    where = f"character {place + 1} is U+{code_point:04X} {_character_name(char)}"
    if char == "\ufffd":
        return UnreadableCellError(
            "damaged_text", f"text as it was before a conversion damaged it; {where}"
        )
    cleaned = excerpt(_FORBIDDEN.sub("", text).strip())
    return UnreadableCellError(
        "forbidden_character", f"visible characters only; {where}", cleaned or None
    )


def _character_name(char: str) -> str:
    kinds = {"Cc": "(control character)", "Cs": "(lone surrogate)", "Cn": "(noncharacter)"}
    fallback = kinds.get(unicodedata.category(char), "(invisible)")
    return unicodedata.name(char, fallback)


def _not_utf8(byte: int) -> UnreadableCellError:
    looks = bytes([byte]).decode("cp1252", "ignore")
    hint = f" (in Windows-1252 it is “{looks}”)" if looks.isprintable() and looks else ""
    expected = f"UTF-8 text; byte 0x{byte:02X} is not{hint}. Save the file as “CSV UTF-8”"
    return UnreadableCellError("not_utf8", expected)


REASON_MAX_LENGTH: Final = 2_000


def checked_reason(text: str, *, needed: bool = False) -> str:
    """Trimmed. Raises BadInputError where it holds what no text may, or is needed and blank."""
    try:
        reason = clean_text(text, REASON_MAX_LENGTH, multiline=True)
    except UnreadableCellError as error:
        raise _bad_reason("The reason cannot be read", error.code, text, error.expected) from None
    if needed and not reason:
        raise _bad_reason("A reason is needed", "blank", "", "a reason others will read")
    return reason


def _bad_reason(title: str, code: str, found: str, expected: str) -> BadInputError:
    problem = Problem(code, None, None, "reason", excerpt(found), expected)
    return BadInputError(title, f"Expected {expected}.", [problem])
