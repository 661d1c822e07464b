"""Revisions: what each publishing and withdrawal changed, and why."""

from collections.abc import Iterator
from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app import revisions
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
from app.revisions import Act, Change, Sum

router = APIRouter(tags=["provenance"])


class RevisionRow(RowModel):
    """What one act changed in one source's month, for one origin and openness.

    A month in which no sum moved has one row without origin, openness and shares.
    """

    at: Instant
    act: str = Field(description="published or withdrawn.", examples=["published"])
    upload: int = Field(description="The upload: /api/v1/uploads/{upload}.", examples=[3])
    reason: str = Field(description="Why published figures changed, as the maintainer put it.")
    source: Slug = Field(description="Slug of the source.")
    month: Month
    effect: str = Field(
        description=(
            "new: the month had no figures before; revised; removed; untouched: what was"
            " withdrawn did not stand any more."
        ),
        examples=["revised"],
    )
    origin: str | None = Field(description="Home of the developers.", examples=["chinese"])
    openness: str | None = Field(description="open, closed or unknown.", examples=["open"])
    old_pct: Number | None = Field(
        description="Percent of all usage before; null where no line spoke of it."
    )
    new_pct: Number | None = Field(
        description="Percent of all usage after; null where no line spoke of it."
    )
    change_pp: Number | None = Field(
        description="Percentage points; null where one side is missing, which is not zero."
    )


class Revisions(BaseModel):
    data: list[RevisionRow] = Field(description="The latest act first; by source and month.")
    meta: ListMeta
    links: ListLinks


def read(session: Session, asked: Asked) -> Page[RevisionRow]:
    """How the figures came to be what they are: nothing is revised silently."""
    question = asked.question
    rows = [
        row
        for act in revisions.acts(session, asked.as_of, question.source)
        for change in act.changes
        if _wanted(change, question)
        for row in _rows(act, change)
    ]
    return page_of(rows, asked)


def _wanted(change: Change, question: Question) -> bool:
    return (not question.from_ or change.month >= question.from_) and (
        not question.to or change.month <= question.to
    )


def _rows(act: Act, change: Change) -> Iterator[RevisionRow]:
    moved: tuple[Sum | None, ...] = change.moved or (None,)
    for item in moved:
        yield RevisionRow(
            at=instant_text(act.at),
            act=act.kind,
            upload=act.upload_id,
            reason=act.reason,
            source=change.source,
            month=month_key(change.month),
            effect=change.effect,
            origin=item.origin if item else None,
            openness=item.openness if item else None,
            old_pct=_of(item, "old"),
            new_pct=_of(item, "new"),
            change_pp=_of(item, "points"),
        )


def _of(item: Sum | None, side: str) -> Decimal | None:
    found: Decimal | None = getattr(item, side) if item else None
    return found


offer(
    router,
    Listing("revisions", RevisionRow, Revisions, read, "sources"),
    "source",
    "from",
    "to",
    "as_of",
)
