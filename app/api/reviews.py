"""A review as JSON: how a file was read, what it would change, and all that is wrong with it."""

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, PlainSerializer

from app.csv_reader import Reading
from app.months import month_key
from app.review import MonthReview, Review, SliceChange

LARGEST = 10

Percent = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float, when_used="json"),
    Field(description="Percent, 0 to 100.", examples=[29.7]),
]
Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", examples=["2026-10"])]


class Column(BaseModel):
    position: int = Field(ge=1)
    header: str = Field(examples=["Share percent"])
    field: str = Field(examples=["share_pct"])


class HowRead(BaseModel):
    """How the file was read; nothing of it is guessed silently."""

    bytes: int
    encoding: str = Field(examples=["UTF-8"])
    bom: bool
    delimiter: str = Field(examples=["comma"])
    decimal_mark: str | None = Field(description="null where no figure has one", examples=["."])
    header_line: int
    lines: int
    blank_lines: int
    empty_columns: int
    columns: list[Column]


class Change(BaseModel):
    """One slice, in percent before and after; null where it is not there."""

    kind: str = Field(description="new, changed or removed", examples=["changed"])
    origin: str = Field(examples=["chinese"])
    openness: str = Field(examples=["open"])
    developer: str | None = Field(examples=["deepseek"])
    model: str | None
    old: Percent | None
    new: Percent | None
    line: int | None = Field(description="The file's line; null where the slice is removed.")


class Counts(BaseModel):
    new: int
    changed: int
    unchanged: int
    removed: int


class MonthChange(BaseModel):
    source: str = Field(examples=["openrouter-rankings"])
    month: Month
    lines: int
    share_pct: Percent = Field(description="The sum of the lines.")
    revises: bool = Field(description="The month has published figures.")
    counts: Counts
    largest: list[Change] = Field(description=f"At most {LARGEST}, by points.")


class NewDeveloper(BaseModel):
    slug: str
    name: str
    origin: str
    line: int


class NewModel(BaseModel):
    slug: str
    name: str
    developer: str
    openness: str
    line: int


class Warning_(BaseModel):  # noqa: N801 - Python has a Warning of its own
    """Something to look at twice; it stops nothing."""

    code: str = Field(examples=["below_100"])
    line: int | None
    text: str
    count: int = Field(description="Lines it is true of.")


class Error(BaseModel):
    code: str = Field(examples=["not_a_number"])
    line: int | None = Field(examples=[4])
    column: int | None = Field(examples=[3])
    field: str | None = Field(examples=["share_pct"])
    found: str = Field(examples=["29.7 %"])
    expected: str = Field(examples=["a percentage from 0 to 100 in plain digits, such as 29.7"])
    suggestion: str | None = Field(examples=["29.7"])


class ReviewAnswer(BaseModel):
    """What publishing a file would change."""

    reading: HowRead
    months: list[MonthChange]
    new_developers: list[NewDeveloper]
    new_models: list[NewModel]
    warnings: list[Warning_]
    needs_reason: bool = Field(description="It revises published figures: say why.")
    same_as: int | None = Field(description="The upload whose same bytes are current already.")
    errors: list[Error] = Field(description="The first hundred.")
    error_count: int


def review_values(found: Review) -> dict[str, Any]:
    """The values of a ReviewAnswer."""
    checked = found.checked
    return {
        "reading": _reading(checked.reading),
        "months": [_month(found, month) for month in found.months],
        "new_developers": [asdict(new) for new in checked.new_developers],
        "new_models": [asdict(new) for new in checked.new_models],
        "warnings": [asdict(warning) for warning in found.warnings],
        "needs_reason": found.needs_reason,
        "same_as": found.same_as,
        "errors": [asdict(problem) for problem in checked.problems],
        "error_count": checked.problem_count,
    }


def _reading(reading: Reading) -> HowRead:
    return HowRead.model_validate(asdict(reading) | {"delimiter": reading.delimiter_name})


def _month(found: Review, month: MonthReview) -> MonthChange:
    said = found.checked.months[month.source, month.month]
    return MonthChange(
        source=month.source,
        month=month_key(month.month),
        lines=said.lines,
        share_pct=said.share_pct,
        revises=month.revises,
        counts=Counts.model_validate({kind.value: count for kind, count in month.counts.items()}),
        largest=[_change(change) for change in month.largest[:LARGEST]],
    )


def _change(change: SliceChange) -> Change:
    return Change.model_validate(asdict(change))
