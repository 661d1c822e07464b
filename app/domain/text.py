"""Text that people typed: cleaned, kept to one line, and refused where it cannot be displayed."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from app.domain.errors import Advice, BadInputError, Problem, excerpt

Suggestion = Callable[[], str | None]
"""Computes a suggestion, or None where there is none; it may be slow."""


class UnreadableCellError(ValueError):
    """A cell's text is not what its column holds.

    `code` names the kind of problem for programs, `expected` says what would be right. `suggest` is
    the suggestion or computes it: only the problems that are shown need one. `advise` goes before
    both where it takes the whole file to tell them. `shape` is the same of texts that are alike.
    """

    def __init__(
        self,
        code: str,
        expected: str,
        suggest: "str | Suggestion | None" = None,
        *,
        advise: Callable[[], Advice] | None = None,
        shape: str = "",
    ) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected
        self.shape = shape
        self.advise = advise
        self._suggest = suggest

    def suggestion(self) -> str | None:
        """Return the suggestion, computed now if it has to be, or None."""
        if self.advise is not None:
            return self.advise().suggestion
        return self._suggest() if callable(self._suggest) else self._suggest


# Characters that show nothing or reverse what follows, and code points that are no characters. A
# zero-width joiner is among them: two names that look alike would be two names. Tab, line feed and
# carriage return are not, since notes may have lines. U+FFFD and the surrogates are what decoding
# made of bytes that are no text.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb"
    "\ufffd-\uffff\ud800-\udfff\U000e0000-\U000e0fff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
# The Unicode categories of spaces and separators, of controls, and of marks that only change the
# character before them: a text of these alone shows nothing.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"})
# Unicode calls the blank Braille pattern and the null notehead symbols, yet they show nothing.
_BLANKS = frozenset("\u2800\U0001d159")
_BREAKS = re.compile(r"\r\n?")


def clean_text(text: str, limit: int, *, multiline: bool = False) -> str:
    """Return `text` trimmed, in Unicode's composed form (NFC), with line feeds as line ends.

    Raises UnreadableCellError where it has more than `limit` characters, holds or consists of
    what cannot be seen, or has several lines or a tab without `multiline`.
    """
    # The length comes first: a cell may be megabytes long, and the steps below read all of it.
    if len(text) > limit:
        text = text.strip(" \t\r\n")
        _check_length(text, limit)
    # Nearly all cells end here, and none of what follows could change or refuse them.
    if text.isascii() and text.isprintable():
        return text.strip()
    if (bad := _FORBIDDEN.search(text)) is not None:
        raise _forbidden(text, bad.start())
    text = _BREAKS.sub("\n", unicodedata.normalize("NFC", text).strip())
    # Again, as some letters have a composed form of two or three characters.
    _check_length(text, limit)
    if text and not any(map(_seen, text)):
        raise _forbidden(text, 0)
    if not multiline and ("\n" in text or "\t" in text):
        expected = "one line of text, without line breaks and tabs"
        raise UnreadableCellError("line_break", expected, excerpt(" ".join(text.split())))
    return text


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise UnreadableCellError("too_long", f"at most {limit} characters; there are {len(text)}")


def _seen(char: str) -> bool:
    return char not in _BLANKS and unicodedata.category(char) not in _UNSEEN


def _forbidden(text: str, place: int) -> UnreadableCellError:
    char = text[place]
    code_point = ord(char)
    # The reader decodes with `surrogateescape`, which keeps a bad byte as U+DC00 plus the byte.
    if 0xDC80 <= code_point <= 0xDCFF:
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
    # Unicode gives these categories no names.
    kinds = {"Cc": "(control character)", "Cs": "(lone surrogate)", "Cn": "(noncharacter)"}
    fallback = kinds.get(unicodedata.category(char), "(invisible)")
    return unicodedata.name(char, fallback)


def _not_utf8(byte: int) -> UnreadableCellError:
    # Windows-1252 is what Excel's plain “CSV” writes in the West, so showing the letter helps to
    # find the cell. It is only a hint: the file is not read as Windows-1252.
    looks = bytes([byte]).decode("cp1252", "ignore")
    hint = f" (in Windows-1252 it is “{looks}”)" if looks.isprintable() and looks else ""
    expected = f"UTF-8 text; byte 0x{byte:02X} is not{hint}. Save the file as “CSV UTF-8”"
    return UnreadableCellError("not_utf8", expected)


def is_web_address(text: str) -> bool:
    """Return whether `text` is an absolute http or https address."""
    # `urlsplit` raises ValueError for half an IPv6 address, and drops tabs and line ends silently.
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return sound and not any(char.isspace() for char in text)


# What XML 1.0 cannot hold even as a reference, lone surrogates among it. One such character makes
# the whole document unreadable.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def replace_unwritable(text: str) -> str:
    """Return the text with U+FFFD for every character that XML cannot hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


REASON_MAX_LENGTH: Final = 2_000
"""Characters that the reason for publishing, withdrawing or correcting something may have."""


def checked_reason(text: str, *, needed: bool = False) -> str:
    """Return the reason cleaned by `clean_text`.

    Raises BadInputError where `clean_text` refuses it, or where it is `needed` and blank.
    """
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
