"""Formats of numbers, months, instants and lists for people.

Names of months come from strftime. They are English because nothing in the process calls
`locale.setlocale`, and must stay so: sentences around them are English.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from unicodedata import bidirectional

from app.domain.answer import Share
from app.domain.calendar import days_in
from app.domain.rounding import decimal_step, given_digits, round_half_up
from app.domain.snapshot import DaysCovered
from app.domain.vocabulary import NOT_RECOMPUTED, Status

# By name, because in an editor the characters look like others or like nothing.
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS_SIGN = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"


# --- numbers, months, instants


def format_percent(share: Decimal | None, places: int = 1) -> str:
    """Return a share in percent as `28.7 %`, to `places` decimals, or a dash for None.

    What is there but would round to zero is `<0.1 %`.
    """
    if share is None:
        return EN_DASH
    rounded = round_half_up(share, places)
    if share and not rounded:
        return f"<{decimal_step(places)}{NO_BREAK_SPACE}%"
    return f"{rounded}{NO_BREAK_SPACE}%"


def format_reported(share: Decimal) -> str:
    """Return a reported share as `30 %` or `1.2 %`, without digits the publisher did not print."""
    return f"{given_digits(share):f}{NO_BREAK_SPACE}%"


def format_points(change: Decimal) -> str:
    """Return a difference of two shares as `+3.1 pp`: percentage points, not percent of percent."""
    # Only what is rounded has a sign: -0.04 is 0.0. `abs` drops the sign that Decimal keeps of it.
    rounded = round_half_up(change, 1)
    sign = "+" if rounded > 0 else MINUS_SIGN if rounded < 0 else ""
    return f"{sign}{abs(rounded)}{NO_BREAK_SPACE}pp"


def format_month_name(month: date) -> str:
    """Return a month as `August 2025`."""
    return f"{month:%B}{NO_BREAK_SPACE}{month.year}"


def format_month_short(month: date) -> str:
    """Return a month as `Aug 2025`."""
    return f"{month:%b}{NO_BREAK_SPACE}{month.year}"


def format_month_span(months: Sequence[date]) -> str:
    """Return `January 2025 to September 2026` for months in order, or the one month."""
    first, last = months[0], months[-1]
    return (
        format_month_name(first)
        if first == last
        else f"{format_month_name(first)} to {format_month_name(last)}"
    )


def format_day(instant: date) -> str:
    """Return a day, or the day of an instant in UTC, as `23 November 2026`."""
    # A datetime is a date too; the signature takes both.
    day = instant.astimezone(UTC).date() if isinstance(instant, datetime) else instant
    return f"{day.day}{NO_BREAK_SPACE}{day:%B}{NO_BREAK_SPACE}{day.year}"


def format_instant_name(instant: datetime) -> str:
    """Return an instant as `23 November 2026, 10:00 UTC`."""
    return f"{format_day(instant)}, {instant.astimezone(UTC):%H:%M}{NO_BREAK_SPACE}UTC"


def isolate_direction(name: str) -> str:
    """Return a name in isolation marks if it is written from right to left.

    Without them, a Hebrew or Arabic name turns the order of the numbers and marks beside it.
    """
    # Only such names get the marks, which would otherwise be in everything that people copy. No
    # character of ASCII is written from right to left, and a chart asks at each of its points.
    if name.isascii():
        return name
    turned = any(bidirectional(char) in {"R", "AL", "RLE", "RLO", "RLI"} for char in name)
    return f"{FIRST_STRONG_ISOLATE}{name}{POP_ISOLATE}" if turned else name


def join_names(names: Iterable[str]) -> str:
    """Return `a, b and c`. Raises ValueError where there are no names."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def join_source_names(names: Iterable[str]) -> str:
    """Return `a, “b, c” and d`: a name with a comma in it would fall into two."""
    return join_names(f"“{name}”" if "," in name else name for name in names)


def capitalize_first(sentence: str) -> str:
    """Return the sentence with a capital first; `str.capitalize` would make all others small."""
    return sentence[:1].upper() + sentence[1:]


def lowercase_first(sentence: str) -> str:
    """Return a sentence to go on with: its first word is small, “EU” and “OpenRouter” stay."""
    word = sentence.partition(" ")[0]
    return sentence[:1].lower() + sentence[1:] if word[1:] == word[1:].lower() else sentence


def format_share(row: Share, places: int = 1) -> str:
    """Return a share as `60.3 %`; one not recomputed with the digits that were given."""
    if row.status in NOT_RECOMPUTED and row.share_pct is not None:
        return format_reported(row.share_pct)
    return format_percent(row.share_pct, places)


def format_share_with_status(row: Share, places: int = 1, *, noted: bool = False) -> str:
    """Return a share with its status where that is not final, as `60.3 % (provisional)`.

    With `noted`, the remark on the month follows the status, and its bounds the remark.
    """
    status = "" if row.missing or row.status == Status.FINAL else row.status
    # “reported: reported as late 2024” would say it twice.
    if noted and row.status == Status.REPORTED and row.note.startswith(Status.REPORTED):
        status = ""
    remark = ": ".join(part for part in (status, format_remark(row) if noted else "") if part)
    if noted and (bounds := format_bounds(row, places)):
        remark = f"{remark}; {bounds}" if remark else bounds
    return format_share(row, places) + (f" ({remark})" if remark else "")


def format_bounds(row: Share, places: int = 1) -> str:
    """Return what else a share might be: `at most 69.5 %`, or `at least 6 %, at most 9 %`.

    It is empty where the bounds read like the share, and where it is not recomputed: who reports a
    figure has counted all that belongs.
    """
    if row.low_pct is None or row.high_pct is None or row.status in NOT_RECOMPUTED:
        return ""
    if row.low_pct == row.share_pct == row.high_pct:
        return ""
    low, share, high = (
        format_percent(value, places) for value in (row.low_pct, row.share_pct, row.high_pct)
    )
    # “At least <0.1 %” would say nothing.
    if low == share or low.startswith("<"):
        return "" if high == share else f"at most {high}"
    return f"at least {low}" if high == share else f"at least {low}, at most {high}"


def format_remark(row: Share) -> str:
    """Return what is to be known of a share's month, as `13 of 30 days covered; the note`."""
    covered = f"{format_days(row.days)} covered" if row.days else ""
    return "; ".join(part for part in (covered, row.note) if part)


def format_days(days: DaysCovered) -> str:
    """Return the days of a month as `13 of 30 days`."""
    return f"{days.days} of {days_in(days.first_day.replace(day=1))} days"


def quote_note(note: str) -> str:
    """Return the publisher's own words in a note, with typographic quotation marks.

    They stand before the first `;`; what follows is the maintainer's.
    """
    # Notes are typed with straight marks, which do not say whether they open or close: they
    # alternate.
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
