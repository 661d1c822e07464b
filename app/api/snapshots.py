"""Snapshots: what each upload said about each source's month, whether or not it still stands."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app import coverage
from app.api.asking import Asked
from app.api.lists import (
    Instant,
    Listing,
    ListLinks,
    ListMeta,
    Month,
    Number,
    Page,
    RowModel,
    Slug,
    offer,
    page_of,
)
from app.months import month_key
from app.question import Question, instant_text

router = APIRouter(tags=["provenance"])


class SnapshotRow(RowModel):
    """What one upload says about one source's month; never changed once published."""

    source: Slug = Field(description="Slug of the source.")
    month: Month
    basis: str = Field(description="Whether the file gave shares, or values.", examples=["value"])
    lines: int = Field(description="Its observations.", examples=[47])
    share_pct: Number = Field(
        description="What they add up to, in percent; the rest is not broken down.",
        examples=[97.2],
    )
    upload: int = Field(description="The upload: /api/v1/uploads/{upload}.", examples=[3])
    filename: str = Field(description="As it was sent.")
    published_at: Instant
    withdrawn_at: Instant | None = Field(description="null: not withdrawn, UTC.")
    current: bool = Field(description="Whether these are the month's figures in this vintage.")


class Snapshots(BaseModel):
    data: list[SnapshotRow] = Field(description="The latest upload first, and its latest month.")
    meta: ListMeta
    links: ListLinks


def read(session: Session, asked: Asked) -> Page[SnapshotRow]:
    """Every snapshot published by then: what is current, superseded and withdrawn."""
    found = coverage.snapshots(session, asked.as_of)
    return page_of([_row(item) for item in found if _wanted(item, asked.question)], asked)


def _wanted(item: coverage.SnapshotRecord, question: Question) -> bool:
    return (
        (not question.source or item.source in question.source)
        and (not question.from_ or item.month >= question.from_)
        and (not question.to or item.month <= question.to)
    )


def _row(item: coverage.SnapshotRecord) -> SnapshotRow:
    return SnapshotRow(
        source=item.source,
        month=month_key(item.month),
        basis=item.basis,
        lines=item.lines,
        share_pct=item.share_pct,
        upload=item.upload_id,
        filename=item.filename,
        published_at=instant_text(item.published_at),
        withdrawn_at=instant_text(item.withdrawn_at) if item.withdrawn_at else None,
        current=item.current,
    )


offer(
    router,
    Listing("snapshots", SnapshotRow, Snapshots, read, "sources"),
    "source",
    "from",
    "to",
    "as_of",
)
