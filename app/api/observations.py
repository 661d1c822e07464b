"""Stored lines, each with its upload and its line number there."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app import observations
from app.api.asking import Asked
from app.api.lists import (
    Listing,
    ListLinks,
    ListMeta,
    Month,
    Number,
    Page,
    RowModel,
    Slug,
    bad_cursor,
    offer,
)
from app.cursors import Place
from app.months import month_key, parse_month

router = APIRouter(tags=["observations"])

PORTION = 5_000


class ObservationRow(RowModel):
    """One published line: a slice of one source's month, disjoint from all its other slices."""

    month: Month
    source: Slug = Field(description="Slug of the source.")
    origin: str = Field(
        description="Home of the developer, as published: see /api/v1/origins.",
        examples=["chinese"],
    )
    openness: str = Field(
        description="open: the weights can be downloaded; closed; unknown.", examples=["open"]
    )
    developer: str | None = Field(
        description="Slug of the developer; null where the line names none.", examples=["deepseek"]
    )
    model: str | None = Field(description="Slug of the model; null where the line names none.")
    share_pct: Number = Field(
        description="Percent of all usage the source counted that month, exact as stored.",
        examples=[12.5321],
    )
    value: Number | None = Field(
        description="In the source's metric (tokens, downloads), as stored; null: not given."
    )
    status: str = Field(description="final, provisional or estimated.", examples=["final"])
    note: str = Field(description="What the publisher or maintainer noted; often empty.")
    upload: int = Field(description="The upload: /api/v1/uploads/{upload}.", examples=[3])
    line: int = Field(description="Line of the upload's file, from 1; 1 is the header.")


class Observations(BaseModel):
    data: list[ObservationRow] = Field(description="By source, month and line.")
    meta: ListMeta
    links: ListLinks


def read(session: Session, asked: Asked) -> Page[ObservationRow]:
    """Every line that stands in the vintage, of closed models too unless `openness` says otherwise.

    The CSV without `limit` holds all rows.
    """
    limit = asked.limit or PORTION
    found = observations.observations(session, asked.then, _place(asked.after), limit + 1)
    rows = [_row(line) for line in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return Page(rows, (last.source, month_key(last.month), last.line) if last else None)


def _place(after: Place | None) -> observations.Place | None:
    """Raises BadQuestion for what is no place of this list."""
    match after:
        case None:
            return None
        case (str(source), str(text), int(line)) if month := parse_month(text):
            return observations.Place(source, month, line)
    raise bad_cursor()


def _row(line: observations.StoredLine) -> ObservationRow:
    return ObservationRow(
        month=month_key(line.month),
        source=line.source,
        origin=line.origin,
        openness=line.openness,
        developer=line.developer,
        model=line.model,
        share_pct=line.share_pct,
        value=line.value,
        status=line.status,
        note=line.note,
        upload=line.upload,
        line=line.line,
    )


offer(
    router,
    Listing("observations", ObservationRow, Observations, read, "sources"),
    "source",
    "openness",
    "origin",
    "developer",
    "model",
    "from",
    "to",
    "as_of",
    everything=True,
)
