"""The rows of a publisher's answers, and how one is read: strictly, or an error that says where."""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from app.domain.errors import PublisherError, excerpt
from app.domain.sources.publisher_answer import PublisherAnswer

VALUE_MAX: Final = 2**63 - 1
"""The largest count that a publisher's row may have: more is no count of tokens on this earth."""
FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2100
_COUNT: Final = re.compile(r"[0-9]{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RowCells:
    """The cells of the upload file that a publisher's row is counted in; empty ones are blank.

    Rows with equal cells are one line of a month.
    """

    source: str
    developer: str = ""
    model: str = ""
    origin: str = ""
    openness: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PublisherRow:
    """One row of an answer: what was counted under the publisher's `name` on a day.

    `number` counts the answer's rows from 1. `value` is in the unit of the source's metric, or
    percent of all usage where the publisher gives shares.
    """

    number: int
    day: date
    name: str
    cells: RowCells
    value: Decimal


def bad_answer(answer: PublisherAnswer, what: str) -> PublisherError:
    """Return the error of an answer that cannot be taken, with its address."""
    title = f"The publisher’s answer {excerpt(answer.name)} cannot be taken: {what}"
    return PublisherError(title, f"Asked: {excerpt(answer.url, 300)}. Nothing was stored.")


def read_json(answer: PublisherAnswer) -> dict[str, Any]:
    """Return the object that an answer holds. Raises PublisherError for anything else."""
    document = _load_json(answer)
    if not isinstance(document, dict):
        raise bad_answer(answer, "it is no JSON object")
    return document


def read_json_list(answer: PublisherAnswer) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each object of the list that an answer is, with its number from 1."""
    document = _load_json(answer)
    if not isinstance(document, list):
        raise bad_answer(answer, "it is no JSON list")
    yield from _objects(answer, document)


def _load_json(answer: PublisherAnswer) -> Any:
    try:
        # Binary fractions would not be what the publisher wrote. Decimal has no exponent of twenty
        # digits, and says so by an ArithmeticError.
        return json.loads(answer.content, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        start = excerpt(answer.content[:60].decode("utf-8", "replace").strip(), 40)
        raise bad_answer(answer, f"it is no JSON, or broken off; it begins “{start}”") from None


def _objects(
    answer: PublisherAnswer, rows: Collection[Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise bad_answer(answer, f"row {number} is no object")
        yield number, row


def json_rows(
    answer: PublisherAnswer, document: Mapping[str, Any], key: str, fields: Collection[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each object of the list under `key` with its number; all have just these fields."""
    rows = document.get(key)
    if not isinstance(rows, list):
        raise bad_answer(answer, f"it has no list “{key}”")
    for number, row in _objects(answer, rows):
        check_fields(answer, row, fields, f"row {number}")
        yield number, row


def csv_rows(
    answer: PublisherAnswer, fields: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of a CSV answer with its number, below a header of just these fields."""
    try:
        text = answer.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_answer(answer, f"byte {error.start} is no UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        check_fields(answer, reader.fieldnames or (), fields, "the header")
        for number, row in enumerate(reader, 1):
            # Python puts cells beyond the header under None, and None into cells that are missing.
            if None in row or None in row.values():
                raise bad_answer(answer, f"row {number} has not {len(fields)} cells")
            yield number, row
    except csv.Error as error:
        raise bad_answer(answer, f"it is no CSV: {error}") from None
    # What was broken off in the middle of a row may still have all its cells.
    if not text.endswith("\n"):
        raise bad_answer(answer, "it is broken off: its last row has no end")


def check_fields(
    answer: PublisherAnswer, present: Collection[str], expected: Collection[str], where: str
) -> None:
    """Raise PublisherError where fields are missing, or there are others than are known.

    A field that is new may change what the others mean: a person has to look at it.
    """
    missing = [name for name in expected if name not in present]
    unknown = [str(name) for name in present if name not in expected]
    if missing:
        raise bad_answer(answer, f"{where} has no “{missing[0]}”")
    if unknown:
        raise bad_answer(answer, f"{where} has an unknown field “{excerpt(unknown[0], 40)}”")


def read_day(answer: PublisherAnswer, text: object, where: str) -> date:
    """Return a day written YYYY-MM-DD. Raises PublisherError."""
    try:
        if isinstance(text, str) and len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            # Farther ones cannot be counted from, and are slips all the same.
            if FIRST_YEAR <= day.year <= LAST_YEAR:
                return day
    except ValueError:
        pass
    raise bad_answer(answer, f"{where} has “{excerpt(str(text), 40)}” for a day")


def read_count(answer: PublisherAnswer, text: object, where: str) -> Decimal:
    """Return a whole number written in digits alone, below 2^63. Raises PublisherError."""
    if isinstance(text, str) and _COUNT.fullmatch(text) and int(text) <= VALUE_MAX:
        return Decimal(text)
    raise bad_answer(answer, f"{where} has “{excerpt(str(text), 40)}” for a count")


def read_share(answer: PublisherAnswer, number: object, where: str) -> Decimal:
    """Return a share in percent that JSON has as a number from 0 to 100. Raises PublisherError."""
    # JSON's NaN and Infinity come as floats, and true counts as 1.
    if isinstance(number, int | Decimal) and not isinstance(number, bool) and 0 <= number <= 100:
        return Decimal(number)
    raise bad_answer(answer, f"{where} has “{excerpt(str(number), 40)}” for a share")


def check_value(
    answer: PublisherAnswer, document: Mapping[str, Any], key: str, expected: str
) -> None:
    """Raise PublisherError unless the answer says `expected` under `key`."""
    if document.get(key) != expected:
        shown = excerpt(str(document.get(key)), 60)
        raise bad_answer(answer, f"its {key.replace('_', ' ')} is “{shown}”, not “{expected}”")


def check_days(
    answer: PublisherAnswer,
    rows: Collection[PublisherRow],
    span: tuple[date, date],
    *,
    whole: bool,
    never_published: Collection[date] = (),
) -> None:
    """Raise PublisherError for a day outside of the span, twice the same row, or a hole.

    `span` are the first and the last day asked for. With `whole` every day of it must be there;
    without, the newest may be missing still.
    """
    first, last = span
    seen: set[tuple[date, str]] = set()
    for row in rows:
        if not first <= row.day <= last:
            raise bad_answer(answer, f"row {row.number} is of {row.day}, which was not asked for")
        if (row.day, row.name) in seen:
            raise bad_answer(answer, f"row {row.number} has {row.name} on {row.day} again")
        seen.add((row.day, row.name))
    days = {row.day for row in rows}
    end = last if whole else max(days, default=first)
    expected = {first + timedelta(days=count) for count in range((end - first).days + 1)}
    if missing := sorted(expected - days - set(never_published)):
        raise bad_answer(answer, f"it has no rows of {missing[0]}, a hole in its days")
