"""A review as JSON: how a file was read, what it would change, and what is wrong with it."""

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.api.lists.fields import (
    VERSION_EXAMPLE,
    Days,
    FirstDay,
    LastDay,
    Month,
    Percent,
    SourceSlug,
    UploadNumber,
    days_fields,
    enum_schema,
)
from app.csv_io.schema import FileReading
from app.domain.calendar import format_month
from app.domain.vocabulary import Openness, Origin
from app.ingest.month_diff import ChangeKind, MonthReview, SliceChange
from app.ingest.review import Review
from app.ingest.withdrawal_review import WithdrawalReview
from app.metadata.problem_details import ProblemGroupItem, ProblemItem, group_fields

LARGEST = 10
"""How many changes of a month are shown, of perhaps thousands; all are counted."""


class Column(BaseModel):
    """A column that was understood."""

    position: int = Field(ge=1, description="Its place in the file, counted from 1.", examples=[3])
    header: str = Field(description="Its name in the file.", examples=["Share percent"])
    field: str = Field(description="What it was read as.", examples=["share_pct"])


class HowRead(BaseModel):
    """How the file was read; nothing of it is guessed silently."""

    bytes: int = Field(
        ge=0,
        description="Size of the file.",
        examples=[2048],
        json_schema_extra={"x-unit": "bytes"},
    )
    encoding: str = Field(
        description="How its bytes were read as text; empty: a workbook.", examples=["UTF-8"]
    )
    bom: bool = Field(description="Whether a byte order mark begins it.", examples=[False])
    delimiter: str = Field(
        description="What parts its cells: comma, semicolon or tab; cells: those of a workbook.",
        examples=["comma"],
    )
    decimal_mark: str | None = Field(
        description="A point or a comma; null where no figure has one.", examples=["."]
    )
    header_line: int = Field(
        ge=1, description="The line its header stands on, counted from 1.", examples=[1]
    )
    lines: int = Field(ge=0, description="Lines with figures, without the header.", examples=[27])
    blank_lines: int = Field(
        ge=0, description="Lines without a character, passed over.", examples=[0]
    )
    empty_columns: int = Field(
        ge=0, description="Columns without a name or a cell, passed over.", examples=[0]
    )
    columns: list[Column] = Field(description="The columns, in the file's order.")
    sheet: str | None = Field(
        description="The sheet of a workbook that was read; null: of a CSV file.", examples=[None]
    )


class Change(BaseModel):
    """One slice, in percent before and after; null where it is not there."""

    kind: Annotated[str, enum_schema(ChangeKind)] = Field(
        description="What would become of the slice.", examples=["changed"]
    )
    origin: Origin = Field(description="Home of the slice's developer.", examples=["chinese"])
    openness: Openness = Field(description="Openness of the slice's models.", examples=["open"])
    developer: str | None = Field(
        description="Slug of the slice's developer; null: it names none.", examples=["deepseek"]
    )
    model: str | None = Field(
        description="Slug of the slice's model; null: it names none.",
        examples=["deepseek/deepseek-r1"],
    )
    old: Percent | None = Field(
        description="Percent as it stands; null: the slice is new.", examples=[28.9]
    )
    new: Percent | None = Field(
        description="Percent as the file says; null: the slice goes.", examples=[29.7]
    )
    line: int | None = Field(
        description="The file's line it is from; null where the slice is removed.", examples=[4]
    )


class Counts(BaseModel):
    """How many slices of the month would be what afterwards."""

    new: int = Field(ge=0, description="Slices that were not there before.", examples=[1])
    changed: int = Field(ge=0, description="Slices with another share.", examples=[4])
    unchanged: int = Field(ge=0, description="Slices that stay as they are.", examples=[20])
    removed: int = Field(ge=0, description="Slices that go.", examples=[0])


class MonthChange(BaseModel):
    """What the file says of one source's month, and what that would change."""

    source: SourceSlug = Field(description="Slug of the source the lines are of.")
    month: Month = Field(description="The month the lines are of.")
    lines: int = Field(ge=1, description="How many lines of the file are of it.", examples=[27])
    share_pct: Percent = Field(
        description="What these lines add up to, in percent.", examples=[97.2]
    )
    first_day: FirstDay
    last_day: LastDay
    days: Days
    revises: bool = Field(
        description="The month has published figures, and they would change.", examples=[False]
    )
    counts: Counts
    largest: list[Change] = Field(description=f"The largest changes, at most {LARGEST}, by points.")


class NewDeveloper(BaseModel):
    """A developer the file names and the catalogue does not know."""

    slug: str = Field(description="The slug it would get.", examples=["acme-labs"])
    name: str = Field(description="Its name, as the file has it.", examples=["Acme Labs"])
    origin: Origin = Field(description="Its home, as the file says.", examples=["us"])
    line: int = Field(ge=1, description="The line that names it first.", examples=[7])


class NewModel(BaseModel):
    """A model the file names and the catalogue does not know."""

    slug: str = Field(description="The slug the model would get.", examples=["acme-labs/acme-7b"])
    name: str = Field(description="The model's name, as the file has it.", examples=["Acme 7B"])
    developer: str = Field(description="Slug of its developer.", examples=["acme-labs"])
    openness: Openness = Field(description="Its openness, as the file says.", examples=["open"])
    line: int = Field(ge=1, description="The line that names the model first.", examples=[8])


class Warning_(BaseModel):  # noqa: N801 - Python has a Warning of its own
    """Something to look at twice; it stops nothing."""

    code: str = Field(description="The kind of warning, for programs.", examples=["below_100"])
    line: int | None = Field(
        description="The first line it is true of; null: of the whole file.", examples=[4]
    )
    text: str = Field(
        description="What to look at, in a sentence.",
        examples=["The lines of openrouter-rankings, 2026-10, add up to 62.4 percent."],
    )
    count: int = Field(ge=1, description="How many lines it is true of.", examples=[1])


class ReviewAnswer(BaseModel):
    """What publishing a file would change."""

    reading: HowRead
    months: list[MonthChange] = Field(
        description="The months it speaks of, one entry for each source and month."
    )
    new_developers: list[NewDeveloper] = Field(
        description="Developers that publishing adds to the catalogue."
    )
    new_models: list[NewModel] = Field(description="Models that publishing adds to the catalogue.")
    warnings: list[Warning_] = Field(description="What to look at twice; it stops nothing.")
    needs_reason: bool = Field(
        description="It revises published figures: say why.", examples=[False]
    )
    same_as: UploadNumber | None = Field(
        description="The upload whose same bytes are current already; null: there is none."
    )
    errors: list[ProblemItem] = Field(description="What is wrong with it: the first hundred.")
    error_count: int = Field(ge=0, description="How many errors the file has in all.", examples=[0])
    groups: list[ProblemGroupItem] = Field(
        description="All that is wrong with it, one entry a kind, so that every kind is here."
    )


class WithdrawnMonthChange(BaseModel):
    """What withdrawing would change in one source's month."""

    source: SourceSlug = Field(description="Slug of the source whose figures go.")
    month: Month = Field(description="The month whose figures go.")
    comes_back: UploadNumber | None = Field(
        description="The upload whose figures come back; null: the month is left without any."
    )
    counts: Counts
    largest: list[Change] = Field(
        description=f"The largest changes by points, at most {LARGEST}; `line` is of `comes_back`."
    )


class WithdrawalReviewAnswer(BaseModel):
    """What withdrawing an upload would change."""

    version: str = Field(description="What POST .../withdraw expects.", examples=[VERSION_EXAMPLE])
    months: list[WithdrawnMonthChange] = Field(
        description="The upload's months that are current; of the others nothing changes."
    )
    leaving_developers: list[str] = Field(
        description="Slugs of developers that leave the lists: only this upload names them.",
        examples=[["acme-labs"]],
    )
    leaving_models: list[str] = Field(
        description="Slugs of models that leave the lists: only this upload names them.",
        examples=[["acme-labs/acme-7b"]],
    )


def withdrawal_fields(review: WithdrawalReview, version: str) -> dict[str, Any]:
    """Return the values of a WithdrawalReviewAnswer."""
    return {
        "version": version,
        "months": [
            WithdrawnMonthChange(
                source=item.review.source,
                month=format_month(item.review.month),
                comes_back=item.comes_back,
                counts=_counts(item.review),
                largest=[_change(change) for change in item.review.largest[:LARGEST]],
            )
            for item in review.months
        ],
        "leaving_developers": sorted(review.leaving.developers),
        "leaving_models": sorted(review.leaving.models),
    }


def _counts(month: MonthReview) -> Counts:
    return Counts.model_validate({kind.value: count for kind, count in month.counts.items()})


def review_fields(review: Review) -> dict[str, Any]:
    """Return the values of a ReviewAnswer, from which its subclass is made too."""
    # A file with problems has no months here: what it would change is not known.
    checked = review.checked
    return {
        "reading": _reading(checked.reading),
        "months": [_month(review, month) for month in review.months],
        "new_developers": [asdict(new) for new in checked.new_developers],
        "new_models": [asdict(new) for new in checked.new_models],
        "warnings": [asdict(warning) for warning in review.warnings],
        "needs_reason": review.needs_reason,
        "same_as": review.same_as,
        "errors": [asdict(problem) for problem in checked.problems],
        "error_count": checked.problem_count,
        "groups": group_fields(checked.problem_groups),
    }


def _reading(reading: FileReading) -> HowRead:
    columns = [asdict(column) for column in reading.columns_in_file]
    said = {"delimiter": reading.delimiter_name, "columns": columns}
    return HowRead.model_validate(asdict(reading) | said)


def _month(review: Review, month: MonthReview) -> MonthChange:
    summary = review.checked.months[month.source, month.month]
    return MonthChange(
        source=month.source,
        month=format_month(month.month),
        lines=summary.lines,
        share_pct=summary.share_pct,
        **days_fields(summary.days),
        revises=month.revises,
        counts=_counts(month),
        largest=[_change(change) for change in month.largest[:LARGEST]],
    )


def _change(change: SliceChange) -> Change:
    return Change.model_validate(asdict(change))
