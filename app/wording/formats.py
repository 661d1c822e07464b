"""Numbers, months, instants and lists as people write them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from unicodedata import bidirectional

from app.domain.answer import Share
from app.domain.rounding import round_half_up
from app.domain.vocabulary import Status

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS_SIGN = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"


# --- numbers, months, instants


def format_percent(share: Decimal | None, places: int = 1) -> str:
    """`28.7 %`; `<0.1 %` for what is there but would round to nothing; a dash for None."""
    if share is None:
        return EN_DASH
    rounded = round_half_up(share, places)
    if share and not rounded:
        return f"<{Decimal(1).scaleb(-places)}{NO_BREAK_SPACE}%"
    return f"{rounded}{NO_BREAK_SPACE}%"


def format_reported(share: Decimal) -> str:
    """`30 %`, `1.2 %`: no digit that the publisher did not print."""
    return f"{share.normalize():f}{NO_BREAK_SPACE}%"


def format_points(change: Decimal) -> str:
    """A difference of two shares, `+3.1 pp`: percentage points, never percent of percent."""
    rounded = round_half_up(change, 1)
    sign = "+" if rounded > 0 else MINUS_SIGN if rounded < 0 else ""
    return f"{sign}{abs(rounded)}{NO_BREAK_SPACE}pp"


def format_month_name(month: date) -> str:
    """`August 2025`."""
    return f"{month:%B}{NO_BREAK_SPACE}{month.year}"


def format_month_short(month: date) -> str:
    """`Aug 2025`."""
    return f"{month:%b}{NO_BREAK_SPACE}{month.year}"


def format_month_span(months: Sequence[date]) -> str:
    """`January 2025 to September 2026`, or the one month."""
    first, last = months[0], months[-1]
    return (
        format_month_name(first)
        if first == last
        else f"{format_month_name(first)} to {format_month_name(last)}"
    )


def format_day(instant: date) -> str:
    """`23 November 2026`; an instant's day in UTC."""
    day = instant.astimezone(UTC).date() if isinstance(instant, datetime) else instant
    return f"{day.day}{NO_BREAK_SPACE}{day:%B}{NO_BREAK_SPACE}{day.year}"


def format_instant_name(instant: datetime) -> str:
    """`23 November 2026, 10:00 UTC`."""
    return f"{format_day(instant)}, {instant.astimezone(UTC):%H:%M}{NO_BREAK_SPACE}UTC"


def isolate_direction(name: str) -> str:
    """A name written from right to left, kept from turning the words and numbers around it."""
    turned = any(bidirectional(char) in {"R", "AL", "RLE", "RLO", "RLI"} for char in name)
    return f"{FIRST_STRONG_ISOLATE}{name}{POP_ISOLATE}" if turned else name


def join_names(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def capitalize_first(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def lowercase_first(sentence: str) -> str:
    """Without the capital of a sentence's first word; “EU” and “OpenRouter” keep theirs."""
    word = sentence.partition(" ")[0]
    return sentence[:1].lower() + sentence[1:] if word[1:] == word[1:].lower() else sentence


def format_share(row: Share, places: int = 1) -> str:
    """`60.3 %`; an estimated one with the digits that its publisher printed."""
    if row.status == Status.ESTIMATED and row.share_pct is not None:
        return format_reported(row.share_pct)
    return format_percent(row.share_pct, places)


def format_share_with_status(row: Share, places: int = 1, *, noted: bool = False) -> str:
    """`60.3 %`, and the status in words where it is not final; `noted`, with the source's note."""
    status = "" if row.missing or row.status == Status.FINAL else row.status
    remark = ": ".join(part for part in (status, row.note if noted else "") if part)
    return format_share(row, places) + (f" ({remark})" if remark else "")


def quote_note(note: str) -> str:
    """The publisher's own words of a note, up to the `;`, with typographic quotation marks."""
    words, _, _ = note.partition(";")
    opened = False
    shown = []
    for char in words.strip():
        if char == '"':
            opened = not opened
            shown.append("“" if opened else "”")
        else:
            shown.append(char)
    return "".join(shown)
