"""Revisions: what each publishing and withdrawal changed, by month, origin and openness."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.lists.envelope import ListEnvelope, ListPage, RowModel, make_page
from app.api.lists.fields import (
    Instant,
    Month,
    Percent,
    Points,
    SourceSlug,
    UploadNumber,
    enum_schema,
)
from app.api.lists.query import ListQuery
from app.api.lists.routes import ListRoute, add_list_routes
from app.domain.calendar import format_instant, format_month
from app.domain.questions.question import Question
from app.domain.revision import Effect, MonthRevision, RevisedShare, Revision, RevisionKind
from app.domain.vocabulary import Openness, Origin
from app.queries.revisions import read_revisions

router = APIRouter(tags=["provenance"])


class RevisionRow(RowModel):
    """What one act changed in one source's month, for one origin and openness.

    A month in which no sum moved has one row without origin, openness and shares.
    """

    at: Instant = Field(description="When it was done, UTC.")
    act: Annotated[str, enum_schema(RevisionKind)] = Field(
        description="What was done with the upload.", examples=["published"]
    )
    upload: UploadNumber = Field(
        description="The upload that was published or withdrawn: /api/v1/uploads/{upload}."
    )
    reason: str = Field(
        description="Why published figures changed, as the maintainer put it; empty: none did.",
        examples=["The publisher has recounted October."],
    )
    source: SourceSlug = Field(description="Slug of the source the change is about.")
    month: Month = Field(description="The month the change is about.")
    effect: Annotated[str, enum_schema(Effect)] = Field(
        description=(
            "new: the month had no figures before; revised; removed; untouched: what was"
            " withdrawn did not stand any more."
        ),
        examples=["revised"],
    )
    origin: Origin | None = Field(
        description="Home of the developers; null where no sum moved.", examples=["chinese"]
    )
    openness: Openness | None = Field(
        description="Of the models; null where no sum moved.", examples=["open"]
    )
    old_pct: Percent | None = Field(
        description="Percent of all usage before; null where no line spoke of it.", examples=[28.9]
    )
    new_pct: Percent | None = Field(
        description="Percent of all usage after; null where no line spoke of it.", examples=[29.7]
    )
    change_pp: Points | None = Field(
        description="Percentage points; null where one side is missing, which is not zero.",
        examples=[0.8],
    )


class Revisions(ListEnvelope):
    data: list[RevisionRow] = Field(description="The latest act first; by source and month.")


def read(session: Session, list_query: ListQuery) -> ListPage[RevisionRow]:
    """How the figures came to be what they are: nothing is revised silently."""
    question = list_query.question
    # Every page reads all revisions: a limit would count publishings and withdrawals, of which one
    # makes many rows.
    rows = [
        row
        for act in read_revisions(session, list_query.as_of, question.source)
        for change in act.changes
        if _wanted(change, question)
        for row in _rows(act, change)
    ]
    return make_page(rows, list_query)


def _wanted(change: MonthRevision, question: Question) -> bool:
    return (not question.from_ or change.month >= question.from_) and (
        not question.to or change.month <= question.to
    )


def _rows(act: Revision, change: MonthRevision) -> Iterator[RevisionRow]:
    # A month without a sum that moved still has a row: that it was published again is told too.
    moved: tuple[RevisedShare | None, ...] = change.moved or (None,)
    for item in moved:
        yield RevisionRow(
            at=format_instant(act.at),
            act=act.kind,
            upload=act.upload_id,
            reason=act.reason,
            source=change.source,
            month=format_month(change.month),
            effect=change.effect,
            origin=item.origin if item else None,
            openness=item.openness if item else None,
            old_pct=_of(item, "old"),
            new_pct=_of(item, "new"),
            change_pp=_of(item, "points"),
        )


def _of(item: RevisedShare | None, side: str) -> Decimal | None:
    share: Decimal | None = getattr(item, side) if item else None
    return share


add_list_routes(
    router,
    ListRoute("revisions", RevisionRow, Revisions, read, "sources"),
    "source",
    "from",
    "to",
    "as_of",
)
