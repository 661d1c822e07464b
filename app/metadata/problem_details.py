"""Problem details (RFC 9457): a refused request or file as JSON, with our list of errors.

The docstrings of the models are descriptions in the API's OpenAPI document.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from app.domain.errors import ProblemGroup


class ProblemItem(BaseModel):
    """One thing wrong with a file or a parameter: where, what was found, how to mend it."""

    code: str = Field(
        description="What is wrong, for programs; there may be more kinds one day.",
        examples=["unknown_value"],
    )
    line: int | None = Field(
        description="Of a file, counted from 1; null: not of a line.", examples=[None]
    )
    column: int | None = Field(
        description="Of a file, counted from 1; null: not of a column.", examples=[None]
    )
    field: str | None = Field(
        description="The parameter, the column, or the field of the body; null: none of them.",
        examples=["by"],
    )
    found: str = Field(
        description="What was sent or stands there, at most 80 escaped characters.",
        examples=["origins"],
    )
    expected: str = Field(
        description="What is allowed.", examples=["one of origin, openness, developer, model"]
    )
    suggestion: str | None = Field(
        description="The nearest that is allowed; null where nothing is near.",
        examples=["origin"],
    )
    header: str | None = Field(
        description="The column as the file calls it; null where it has none.", examples=[None]
    )
    row: str | None = Field(
        description="The line as it stands in the file, at most 200 escaped characters.",
        examples=[None],
    )
    cell: str | None = Field(
        None, description="The place in a workbook's sheet; null: of no such cell.", examples=[None]
    )


class ProblemText(BaseModel):
    """A text that stands in one or several lines of a file and is wrong."""

    found: str = Field(
        description="What stands there, at most 80 escaped characters.", examples=["Aug-25"]
    )
    count: int = Field(ge=1, description="In how many lines it stands.", examples=[300])
    line: int | None = Field(
        description="The first of them, counted from 1; null: not of a line.", examples=[2]
    )
    suggestion: str | None = Field(
        description="What it may mean; two readings are parted by “or”; null: nothing is near.",
        examples=["2025-08"],
    )
    row: str | None = Field(
        description="The first line as it stands in the file, at most 200 escaped characters.",
        examples=["Aug-25,chinese,open,29.7"],
    )


class ProblemGroupItem(BaseModel):
    """All that is wrong with a file in one way: one thing to mend."""

    code: str = Field(
        description="What is wrong in all of them, for programs.",
        examples=["not_a_month"],
    )
    column: int | None = Field(
        description="The column they are in, counted from 1; null: in none.", examples=[1]
    )
    field: str | None = Field(
        description="The column as the upload format calls it; null: none.", examples=["month"]
    )
    header: str | None = Field(
        description="The file's own name of that column; null: it has none.", examples=["Date"]
    )
    expected: str = Field(
        description="What is allowed there, and where known how it came to be otherwise.",
        examples=["a month as YYYY-MM, such as 2025-08"],
    )
    count: int = Field(ge=1, description="How many things are wrong in this way.", examples=[600])
    lines: str = Field(
        description="The lines, as numbers and spans of them; empty: not of a line.",
        examples=["2-601"],
    )
    cells: list[ProblemText] = Field(
        description="The different texts that were found, the first twenty."
    )


def group_fields(groups: Iterable[ProblemGroup]) -> list[dict[str, Any]]:
    """Return the values of a ProblemGroupItem for each group."""
    names = ("code", "column", "field", "header", "expected", "count", "lines")
    return [
        {name: getattr(group, name) for name in names}
        | {"cells": [asdict(cell) for cell in group.cells]}
        for group in groups
    ]


class ProblemDetails(BaseModel):
    """Why a request was refused, as RFC 9457 has it."""

    type: str = Field(
        description="Names the kind of problem; stable.",
        examples=["urn:open-model-share:problem:BadQuestion"],
    )
    title: str = Field(
        description="What is wrong, in a sentence for people.",
        examples=["The parameter “by” cannot be answered"],
    )
    status: int = Field(description="The HTTP status.", examples=[400])
    detail: str = Field(
        description="What was found and what is expected; may be empty.",
        examples=["Found “origins”; expected one of origin, openness, developer, model."],
    )
    errors: list[ProblemItem] = Field(
        description="Each thing that is wrong, with its place: of a file the first hundred, of a"
        " query the first twenty."
    )
    error_count: int = Field(ge=0, description="How many things are wrong in all.", examples=[1])
    groups: list[ProblemGroupItem] = Field(
        description="All that is wrong with a file, one entry a kind; empty for parameters."
    )


def problem_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON schemas of both models, by the names they have in the OpenAPI document."""
    # Pydantic puts the schema of the items inside the whole; OpenAPI keeps all side by side.
    whole = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, dict[str, Any]] = whole.pop("$defs")
    return parts | {"ProblemDetails": whole}
