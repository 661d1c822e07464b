"""Snapshots: what each upload said about each source's month, whether or not it is current."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.lists.envelope import ListEnvelope, ListPage, RowModel, make_page
from app.api.lists.fields import (
    Days,
    FirstDay,
    Instant,
    LastDay,
    Month,
    OriginUrl,
    Percent,
    PublisherAsOf,
    RetrievedAt,
    SourceSlug,
    UploadNumber,
    days_fields,
)
from app.api.lists.query import ListQuery
from app.api.lists.routes import ListRoute, add_list_routes
from app.database.vintages import vintage_at
from app.domain.calendar import format_instant, format_month
from app.domain.questions.question import Question
from app.domain.snapshot import Basis
from app.queries.coverage import SnapshotRecord, read_snapshots

router = APIRouter(tags=["provenance"])


class SnapshotRow(RowModel):
    """What one upload says about one source's month; never changed once published."""

    source: SourceSlug = Field(description="Slug of the source it is of.")
    month: Month = Field(description="The month it is of.")
    basis: Basis = Field(
        description="share: the file gave shares; value: they were computed from its values.",
        examples=["value"],
    )
    lines: int = Field(ge=1, description="How many observations it has.", examples=[47])
    share_pct: Percent = Field(
        description="What its lines add up to, in percent; the rest is not broken down.",
        examples=[97.2],
    )
    upload: UploadNumber = Field(description="The upload it came with: /api/v1/uploads/{upload}.")
    filename: str = Field(
        description="The name of the file, as it was sent; may be empty.", examples=["october.csv"]
    )
    published_at: Instant = Field(description="When it was published, UTC.")
    withdrawn_at: Instant | None = Field(
        description="When it was withdrawn, UTC; null: it was not.", examples=[None]
    )
    current: bool = Field(description="Whether these are the month's figures in this vintage.")
    first_day: FirstDay
    last_day: LastDay
    days: Days
    origin_url: OriginUrl
    retrieved_at: RetrievedAt
    publisher_as_of: PublisherAsOf


class Snapshots(ListEnvelope):
    data: list[SnapshotRow] = Field(description="The latest upload first, and its latest month.")


def read(session: Session, list_query: ListQuery) -> ListPage[SnapshotRow]:
    """Every snapshot published by then: what is current, superseded and withdrawn."""
    # All of them are read and then filtered: one per source, month and upload they are few.
    records = read_snapshots(vintage_at(session, list_query.as_of))
    return make_page(
        [_row(item) for item in records if _wanted(item, list_query.question)], list_query
    )


def _wanted(item: SnapshotRecord, question: Question) -> bool:
    return (
        (not question.source or item.source in question.source)
        and (not question.from_ or item.month >= question.from_)
        and (not question.to or item.month <= question.to)
    )


def _row(item: SnapshotRecord) -> SnapshotRow:
    return SnapshotRow(
        source=item.source,
        month=format_month(item.month),
        basis=item.basis,
        lines=item.lines,
        share_pct=item.share_pct,
        upload=item.upload_id,
        filename=item.filename,
        published_at=format_instant(item.published_at),
        withdrawn_at=format_instant(item.withdrawn_at) if item.withdrawn_at else None,
        current=item.current,
        **days_fields(item.days),
        **asdict(item.provenance),
    )


add_list_routes(
    router,
    ListRoute("snapshots", SnapshotRow, Snapshots, read, "sources"),
    "source",
    "from",
    "to",
    "as_of",
)
