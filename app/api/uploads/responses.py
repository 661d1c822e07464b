"""The answers about an upload: what was sent, what became of it, and what it would change."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field

from app.api.lists.fields import (
    VERSION_EXAMPLE,
    Days,
    FirstDay,
    LastDay,
    Month,
    OriginUrl,
    Percent,
    PublisherAsOf,
    RetrievedAt,
    Sha256,
    SourceSlug,
    UploadNumber,
    days_fields,
)
from app.api.uploads.review_response import ReviewAnswer
from app.domain.calendar import format_month
from app.domain.snapshot import Basis
from app.domain.vocabulary import Openness
from app.queries.uploads import State, UploadRecord


class CheckAnswer(ReviewAnswer):
    """A sound file, of which nothing was stored."""

    sha256: Sha256 = Field(description="SHA-256 of the bytes that were sent.")
    size: int = Field(
        ge=0,
        description="How many bytes were sent.",
        examples=[2048],
        json_schema_extra={"x-unit": "bytes"},
    )


class PublishedMonth(BaseModel):
    """One snapshot: what an upload says about one source in one month."""

    source: SourceSlug = Field(description="Slug of the source the snapshot is of.")
    month: Month = Field(description="The month the snapshot is of.")
    basis: Basis = Field(
        description="share: the file gave shares; value: they were computed from its values.",
        examples=["share"],
    )
    lines: int = Field(ge=1, description="How many lines the snapshot has.", examples=[27])
    share_pct: Percent = Field(
        description="What the lines add up to, in percent; the rest is not broken down.",
        examples=[97.2],
    )
    first_day: FirstDay
    last_day: LastDay
    days: Days
    current: bool = Field(description="Whether these are the month's figures now.", examples=[True])
    superseded_by: UploadNumber | None = Field(
        description="The upload that is current instead; null: there is none."
    )


class UploadLinks(BaseModel):
    """Absolute addresses."""

    self: str = Field(description="This record.")
    page: str = Field(description="The upload as a page for people.")
    file: str = Field(description="The file, byte for byte as it was received.")


class UploadAnswer(BaseModel):
    """An upload and what became of it; without months until it is published."""

    id: UploadNumber = Field(description="The number that addresses and rows name it by.")
    state: State = Field(
        description=(
            "What became of it; superseded: published, but none of its months is current any more."
        ),
        examples=["published"],
    )
    version: str = Field(
        description=(
            "What publishing and withdrawing expect, so that nobody acts on what has changed since."
        ),
        examples=[VERSION_EXAMPLE],
    )
    filename: str = Field(
        description="The file's name, as it was sent; may be empty.", examples=["october.csv"]
    )
    sha256: Sha256 = Field(description="SHA-256 of the file's bytes.")
    size: int = Field(
        ge=0,
        description="How large the file is.",
        examples=[2048],
        json_schema_extra={"x-unit": "bytes"},
    )
    source: SourceSlug | None = Field(
        description="Chosen with it, for lines that name no source; null: none was."
    )
    openness: Openness = Field(
        description="Chosen with it, for lines that leave theirs out.", examples=["open"]
    )
    reclassified: bool = Field(
        description="Read with the catalogue going before its lines.", examples=[False]
    )
    origin_url: OriginUrl
    retrieved_at: RetrievedAt
    publisher_as_of: PublisherAsOf
    sheet: str | None = Field(
        description="The sheet chosen of a workbook; null: none was.", examples=[None]
    )
    wide: str | None = Field(
        description="What each column held one of, where the file was turned; null: it was not.",
        examples=[None],
    )
    received_at: datetime = Field(description="When it was received, UTC.")
    received_by: str = Field(description="Who sent it.", examples=["ada (token job)"])
    published_at: datetime | None = Field(
        description="When it was published, UTC; null: it is not."
    )
    published_by: str | None = Field(
        description="Who published it; null: nobody did.", examples=["ada (token job)"]
    )
    reason: str = Field(
        description="Why it revised published figures; empty where it revised none.",
        examples=[""],
    )
    withdrawn_at: datetime | None = Field(
        description="When it was withdrawn, UTC; null: it was not.", examples=[None]
    )
    withdrawn_by: str | None = Field(
        description="Who withdrew it; null: nobody did.", examples=[None]
    )
    withdrawn_reason: str = Field(
        description="Why it was withdrawn; empty: it was not.", examples=[""]
    )
    discarded_at: datetime | None = Field(
        description="When it was discarded unpublished, UTC; null: it was not.", examples=[None]
    )
    discarded_by: str | None = Field(
        description="Who discarded it; null: nobody did.", examples=[None]
    )
    lines: int = Field(ge=0, description="How many lines its months have in all.", examples=[27])
    months: list[PublishedMonth] = Field(
        description="What it published, one entry for each source and month."
    )
    links: UploadLinks


class PublishedAnswer(UploadAnswer):
    """An upload that is published."""

    already: bool = Field(
        description="The same bytes were current before: nothing was stored.", examples=[False]
    )


class ReviewedAnswer(UploadAnswer):
    """An upload, with its review while it waits."""

    review: ReviewAnswer | None = Field(
        description="What publishing would change; null once it does not wait any more."
    )


def upload_fields(request: Request, record: UploadRecord) -> dict[str, Any]:
    """Return the values of an UploadAnswer, from which its subclasses are made too."""
    # Record and answer have the same names, so that a field added to both needs no line here.
    values = {item.name: getattr(record, item.name) for item in fields(record)}
    months = [
        asdict(month) | {"month": format_month(month.month)} | days_fields(month.days)
        for month in record.months
    ]
    # Pages are addressed by path: the API does not import the routes of the pages.
    here = f"{request.base_url}uploads/{record.id}"
    own = str(request.url_for("read_upload", upload_id=record.id))
    links = {"self": own, "page": here, "file": f"{here}/file"}
    values |= {"sheet": record.choices.sheet or None, "wide": record.choices.wide or None}
    return values | {"lines": record.lines, "months": months, "links": links}
