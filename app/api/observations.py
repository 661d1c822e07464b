"""Observations: the published lines of a vintage, each with its upload and its line there."""

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.lists.cursors import CursorKey
from app.api.lists.envelope import ListEnvelope, ListPage, RowModel, bad_cursor_error
from app.api.lists.fields import (
    DeveloperSlug,
    IntegerId,
    ModelSlug,
    Month,
    Percent,
    SourceSlug,
    UploadNumber,
)
from app.api.lists.query import ListQuery
from app.api.lists.routes import ListRoute, add_list_routes
from app.domain.calendar import format_month, parse_month
from app.domain.vocabulary import Openness, Origin, Status
from app.queries.observations import LinePosition, StoredLine, read_observations

router = APIRouter(tags=["observations"])

LINES_A_READ = 5_000
"""How many lines of a CSV file without `limit` are read in one transaction."""


class ObservationRow(RowModel):
    """One published line: a slice of one source's month, disjoint from all its other slices."""

    month: Month = Field(description="The month the line is about.")
    source: SourceSlug = Field(description="Slug of the source that counted.")
    origin: Origin = Field(
        description="Home of the developer, as published: see /api/v1/origins.",
        examples=["chinese"],
    )
    openness: Openness = Field(
        description="As published: open (the weights can be downloaded), closed or unknown.",
        examples=["open"],
    )
    developer: DeveloperSlug | None = Field(
        description="Slug of the developer; null where the line names none."
    )
    model: ModelSlug | None = Field(
        description="Slug of the model; null where the line names none."
    )
    share_pct: Percent = Field(
        description="Percent of all usage the source counted that month, exact as stored.",
        examples=[12.5321],
    )
    value: IntegerId | None = Field(
        description="In the source's metric (tokens, downloads), as stored; null: not given.",
        examples=[1203500000000],
    )
    status: Status = Field(
        description=(
            "final: as the source left it; provisional: not settled; reported: given in rounded"
            " words; estimated: an estimate."
        ),
        examples=["final"],
    )
    note: str = Field(
        description="What the publisher or maintainer noted; often empty.", examples=[""]
    )
    upload: UploadNumber = Field(description="The upload: /api/v1/uploads/{upload}.")
    line: int = Field(
        ge=1, description="Line of the upload's file, from 1; 1 is the header.", examples=[4]
    )


class Observations(ListEnvelope):
    data: list[ObservationRow] = Field(description="By source, month and line.")


def read(session: Session, list_query: ListQuery) -> ListPage[ObservationRow]:
    """Every line that stands in the vintage, of closed models too unless `openness` says otherwise.

    The CSV without `limit` holds all rows.
    """
    limit = list_query.limit or LINES_A_READ
    # One more than the page holds, to know whether anything follows.
    stored_lines = read_observations(session, list_query.then, _place(list_query.after), limit + 1)
    rows = [_row(line) for line in stored_lines[:limit]]
    last = stored_lines[limit - 1] if len(stored_lines) > limit else None
    return ListPage(rows, (last.source, format_month(last.month), last.line) if last else None)


def _place(after: CursorKey | None) -> LinePosition | None:
    """Return the line after which a page begins. Raise BadQuestionError for another list's key."""
    match after:
        case None:
            return None
        case (str(source), str(text), int(line)) if month := parse_month(text):
            return LinePosition(source, month, line)
    raise bad_cursor_error()


def _row(line: StoredLine) -> ObservationRow:
    return ObservationRow(
        month=format_month(line.month),
        source=line.source,
        origin=Origin(line.origin),
        openness=Openness(line.openness),
        developer=line.developer,
        model=line.model,
        share_pct=line.share_pct,
        value=line.value,
        status=Status(line.status),
        note=line.note,
        upload=line.upload,
        line=line.line,
    )


add_list_routes(
    router,
    ListRoute("observations", ObservationRow, Observations, read, "sources"),
    "source",
    "openness",
    "origin",
    "company",
    "developer",
    "model",
    "from",
    "to",
    "as_of",
    # Without it an unasked list would lack the lines of closed models.
    everything=True,
)
