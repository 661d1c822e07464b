"""Types of fields that many answers share: what a month, an instant or a slug looks like.

They say only what is true of the type. What a field means is said in its own model.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

from app.domain.calendar import MONTH_PATTERN
from app.domain.snapshot import DaysCovered
from app.domain.sources.source_terms import Cadence, Statistic, Window

# The constraint of the tables: see database.tables.check_slug.
SLUG_SCHEMA = r"^[a-z0-9][a-z0-9._:/-]{0,199}$"


def enum_schema(words: Iterable[str]) -> WithJsonSchema:
    """Return the schema of a closed list of words, written out where a field has it."""
    return WithJsonSchema({"type": "string", "enum": [*words]})


Month = Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2025-08"])]
Instant = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-23T10:00:00Z"])
]
SourceSlug = Annotated[str, Field(pattern=SLUG_SCHEMA, examples=["openrouter-rankings"])]
CompanySlug = Annotated[str, Field(pattern=SLUG_SCHEMA, examples=["alibaba"])]
DeveloperSlug = Annotated[str, Field(pattern=SLUG_SCHEMA, examples=["deepseek"])]
ModelSlug = Annotated[str, Field(pattern=SLUG_SCHEMA, examples=["deepseek/deepseek-r1"])]
UploadNumber = Annotated[int, Field(ge=1, examples=[3])]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081" * 8])]

# Of a Provenance: these mean the same wherever they stand.
OriginUrl = Annotated[
    str,
    Field(
        description="The publisher's address that the figures were read at; may be empty.",
        examples=["https://openrouter.ai/api/v1/datasets/rankings-daily"],
    ),
]
RetrievedAt = Annotated[
    date | None,
    Field(description="The day they were read there; null: not known.", examples=["2026-10-10"]),
]
PublisherAsOf = Annotated[
    date | None,
    Field(
        description="The publisher's own date of the figures; null: not known.",
        examples=["2026-10-10"],
    ),
]

# Of the terms of a source.
WindowWord = Annotated[
    str,
    enum_schema(Window),
    Field(
        description="The stretch of time a figure is about; it ends with its month.",
        examples=["month"],
    ),
]
StatisticWord = Annotated[
    str,
    enum_schema(Statistic),
    Field(description="What a figure is of its window.", examples=["sum"]),
]
ReportsOn = Annotated[
    str,
    Field(
        description="Slug of the source that its figures are about; empty: its own count.",
        examples=[""],
    ),
]
CadenceWord = Annotated[
    Annotated[str, enum_schema(Cadence)] | None,
    Field(description="How often it publishes; null: not known."),
]
PublishesAfterDays = Annotated[
    int | None,
    Field(
        ge=0, le=366, description="Days from the end of a month to its figures; null: not known."
    ),
]

# Of the DaysCovered of a snapshot.
FirstDay = Annotated[
    date | None,
    Field(description="The first day it covers; null: the month's own.", examples=["2026-10-01"]),
]
LastDay = Annotated[
    date | None,
    Field(description="The last day it covers; null: the month's own.", examples=["2026-10-09"]),
]
Days = Annotated[
    int | None,
    Field(ge=1, description="How many days it covers; null: all of the month.", examples=[9]),
]


def days_fields(days: DaysCovered | None) -> dict[str, Any]:
    """Return the values of `first_day`, `last_day` and `days`."""
    return days._asdict() if days else dict.fromkeys(DaysCovered._fields)


# Made by app/queries/upload_versions.py.
VERSION_EXAMPLE = "7d99a1cd25c4-932ab0a0e419"


# `return_type` makes a float of whole values too: in JSON a value beyond 2^53 is not exact. CSV
# has the Decimal as it is stored.
IntegerId = Annotated[
    Decimal,
    PlainSerializer(
        lambda number: int(number) if number == number.to_integral_value() else float(number),
        return_type=float,
        when_used="json",
    ),
]
"""A stored value in the source's metric: Decimal inside and in CSV, a number in JSON."""


def number_field(unit: str, least: float, most: float) -> Any:
    """Return the type of a number that is Decimal inside and a float in JSON.

    `least`, `most` and `unit` are told in the contract; nothing is checked against them.
    """
    # By json_schema_extra, since a serializer's schema drops the limits that Field would give.
    return Annotated[
        Decimal,
        PlainSerializer(float, return_type=float, when_used="json"),
        Field(json_schema_extra={"minimum": least, "maximum": most, "x-unit": unit}),
    ]


# Files whose shares add up to 100.5 by their source's rounding are accepted, and so are sums.
Percent = number_field("percent", 0, 100.5)
Points = number_field("percentage points", -100.5, 100.5)
