"""Problem details (RFC 9457): a refused request or file as JSON, with our list of errors.

The docstrings of the models are descriptions in the API's OpenAPI document.
"""

from typing import Any

from pydantic import BaseModel, Field


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


def problem_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON schemas of both models, by the names they have in the OpenAPI document."""
    # Pydantic puts the schema of the items inside the whole; OpenAPI keeps all side by side.
    whole = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, dict[str, Any]] = whole.pop("$defs")
    return parts | {"ProblemDetails": whole}
