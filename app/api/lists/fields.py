"""The kinds of fields that many answers share: what a month, an instant or a slug looks like.

They say what is true wherever they stand. What a field means, its own model says.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

SLUG_SCHEMA = r"^[a-z0-9][a-z0-9._:/-]{0,199}$"

Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", examples=["2025-08"])]
Instant = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-23T10:00:00Z"])
]
SourceSlug = Annotated[str, Field(pattern=SLUG_SCHEMA, examples=["openrouter-rankings"])]
DeveloperSlug = Annotated[str, Field(pattern=SLUG_SCHEMA, examples=["deepseek"])]
ModelSlug = Annotated[str, Field(pattern=SLUG_SCHEMA, examples=["deepseek/deepseek-r1"])]
UploadNumber = Annotated[int, Field(ge=1, examples=[3])]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081" * 8])]

# As an upload and its review name what they depend on: see app/queries/upload_versions.py.
VERSION_EXAMPLE = "7d99a1cd25c4-932ab0a0e419"


IntegerId = Annotated[
    Decimal,
    PlainSerializer(
        lambda number: int(number) if number == number.to_integral_value() else float(number),
        return_type=float,
        when_used="json",
    ),
]
"""Whole where it is: counts of tokens are."""


def number_field(unit: str, least: float, most: float) -> Any:
    """A share or a change of one. The limits are for the contract: a serializer hides others."""
    return Annotated[
        Decimal,
        PlainSerializer(float, return_type=float, when_used="json"),
        Field(json_schema_extra={"minimum": least, "maximum": most, "x-unit": unit}),
    ]


# A source's own rounding may bring a sum to 100.5.
Percent = number_field("percent", 0, 100.5)
Points = number_field("percentage points", -100.5, 100.5)


def enum_schema(words: Iterable[str]) -> WithJsonSchema:
    """A closed list that has no name of its own in the contract."""
    return WithJsonSchema({"type": "string", "enum": [*words]})
