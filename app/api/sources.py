"""Sources: their definitions and the months they cover; a maintainer adds one."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session

from app.api.lists.envelope import ListEnvelope, ListPage, RowModel
from app.api.lists.fields import (
    CadenceWord,
    Month,
    PublishesAfterDays,
    ReportsOn,
    SourceSlug,
    StatisticWord,
    WindowWord,
)
from app.api.lists.query import ListQuery
from app.api.lists.routes import ListRoute, add_list_routes
from app.catalogue.editing import edit_entry
from app.catalogue.entries import sources_by_slug
from app.catalogue.entry_types import SOURCE_TYPE
from app.csv_io.schema import CellContext
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.answer import SourceDefinition
from app.domain.calendar import format_month, today_utc
from app.domain.sources.cadence import NextFigures
from app.domain.text import UnreadableCellError, clean_text
from app.queries.schedule import read_next_figures
from app.queries.spans import Span, covered_spans
from app.web.dependencies import BearerMaintainer, database_of
from app.web.route_policy import RouteKind, policy

router = APIRouter(tags=["sources"])


# The braces stay in what is stored: the date is filled in when a citation is shown.
CITATION = "Acme gateway, as of {as_of}."


MONTH = "month"
# A number is no text: its own type says what it may be.
TEXT_COLUMNS = [
    column.name for column in SOURCE_TYPE.columns if column.name != "publishes_after_days"
]


class NewSource(BaseModel):
    """One publisher's one measure over one population. All faults of it are told at once."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(
        description="The slug addresses and files will use; it stays for ever.",
        examples=["acme-gateway"],
    )
    name: str = Field(description="Its name, for people.", examples=["Acme gateway"])
    publisher: str = Field(description="Who publishes the figures.", examples=["Acme"])
    metric: str = Field(description="What it counts, in a word.", examples=["tokens"])
    population: str = Field(
        description="Among whom, or of what, it counts.",
        examples=["Public traffic routed through Acme"],
    )
    url: str = Field("", description="Where it publishes; may be left out.")
    licence: str = Field("", description="Under which it gives its figures; empty: none is named.")
    citation: str = Field(
        "",
        description="The line it asks for; {as_of} stands for the publisher's date of the figures.",
        examples=[CITATION],
    )
    method: str = Field("", description="How it counts, and what it leaves out.")
    window: str = Field(
        "", description="The stretch of time a figure is about; empty: the month.", examples=[MONTH]
    )
    statistic: str = Field(
        "", description="What a figure is of its window; empty: the sum.", examples=["sum"]
    )
    reports_on: str = Field(
        "", description="Slug of the source that its figures are about; empty: its own count."
    )
    cadence: str = Field(
        "", description="How often it publishes; empty: not known.", examples=["monthly"]
    )
    publishes_after_days: PublishesAfterDays = None
    reason: str = Field("", description="Why it is added, for the audit list.")

    @field_validator(*TEXT_COLUMNS)
    @classmethod
    def _reads_as_a_cell(cls, text: str, info: ValidationInfo) -> str:
        """Check a field by the rules of the catalogue file's column of the same name."""
        # `edit_entry` checks it again. Here its problem is told together with fields that are
        # missing or unknown, which FastAPI refuses before the endpoint runs.
        column = next(column for column in SOURCE_TYPE.columns if column.name == info.field_name)
        if column.filled and not text.strip():
            # What was expected becomes the message, which the handler of validation errors shows;
            # it takes `suggestion` from the context.
            context = {"expected": f"a value: {column.name} must not be blank"}
            raise PydanticCustomError("blank", "{expected}", context)
        try:
            cell = clean_text(text, column.limit, multiline=column.multiline)
            if cell:
                column.parse(cell, CellContext())
        except UnreadableCellError as bad:
            context = {"expected": bad.expected, "suggestion": bad.suggestion() or ""}
            raise PydanticCustomError(bad.code, "{expected}", context) from None
        return text


class SourceAnswer(RowModel):
    """One publisher's one measure over one population."""

    source: SourceSlug = Field(description="Its slug; it stays for ever.")
    name: str = Field(
        min_length=1, description="As people read it.", examples=["OpenRouter rankings"]
    )
    publisher: str = Field(min_length=1, description="Who counts.", examples=["OpenRouter"])
    metric: str = Field(min_length=1, description="What is counted.", examples=["tokens"])
    population: str = Field(
        min_length=1,
        description="Among whom it is counted.",
        examples=["Public traffic routed through OpenRouter"],
    )
    url: str = Field(
        description="Where it is published; may be empty.",
        examples=["https://openrouter.ai/rankings"],
    )
    licence: str = Field(
        description="Of its figures; empty: it names none.", examples=["CC BY 4.0"]
    )
    citation: str = Field(
        description="The line it asks for, as it asks: {as_of} stands for the publisher's date.",
        examples=["Source: OpenRouter (openrouter.ai/rankings), as of {as_of}."],
    )
    method: str = Field(
        description="How it counts, and what it leaves out; may be empty.",
        examples=["Prompt and completion tokens as counted by each vendor's own tokenizer."],
    )
    window: WindowWord
    statistic: StatisticWord
    reports_on: ReportsOn
    cadence: CadenceWord
    publishes_after_days: PublishesAfterDays


class SourceRow(SourceAnswer):
    """A source, and the months it covers."""

    first_month: Month | None = Field(
        description="First month with figures; null: none.", examples=["2025-01"]
    )
    last_month: Month | None = Field(
        description="Last month with figures; null: none.", examples=["2026-09"]
    )
    months: int = Field(ge=0, description="How many months have figures.", examples=[22])
    next_month: Month | None = Field(
        description="The month whose final figures come next; null: not known, or `as_of`.",
        examples=["2026-10"],
    )
    next_expected: date | None = Field(
        description="The day until which those are expected.", examples=["2026-11-03"]
    )
    late_since: date | None = Field(
        description="The day from which those are late, UTC; null: they are not.",
        examples=["2026-11-04"],
    )


class Sources(ListEnvelope):
    data: list[SourceRow] = Field(description="By slug.")


def read(session: Session, list_query: ListQuery) -> ListPage[SourceRow]:
    """What is measured, by whom, among whom: the definitions, and the months covered."""
    vintage = vintage_at(session, list_query.as_of)
    spans = covered_spans(vintage)
    slugs = list_query.question.source
    rows = [
        _row(source, spans.get(slug), read_next_figures(vintage, source))
        for slug, source in sources_by_slug(vintage).items()
        if not slugs or slug in slugs
    ]
    return ListPage(rows)


def _row(source: SourceDefinition, span: Span | None, coming: NextFigures | None) -> SourceRow:
    # The definition also has `learned` and `provenance`, which the model of a row disregards.
    words = asdict(source)
    return SourceRow(
        source=words.pop("slug"),
        **words,
        first_month=format_month(span.first) if span else None,
        last_month=format_month(span.last) if span else None,
        months=span.months if span else 0,
        next_month=format_month(coming.month) if coming else None,
        next_expected=coming.due if coming else None,
        late_since=coming.late_since(today_utc()) if coming else None,
    )


add_list_routes(
    router,
    ListRoute("sources", SourceRow, Sources, read, "sources"),
    "source",
    "as_of",
    paged=False,
)


@router.post(
    "/sources",
    status_code=201,
    responses={409: {"description": "There is a source of that slug already."}},
)
@policy(RouteKind.API, cross_origin_reads=True, maintainers_write=True)
def add_source(
    body: NewSource, maintainer: BearerMaintainer, db: Annotated[Database, Depends(database_of)]
) -> SourceAnswer:
    """Add a source, so that files can name it."""
    cells = body.model_dump(exclude={"reason"})
    days = cells.pop("publishes_after_days")
    texts = {**cells, "publishes_after_days": "" if days is None else str(days)}
    with db.writing() as session:
        edit_entry(session, SOURCE_TYPE, texts, by=maintainer.signature, reason=body.reason)
        # Read back in the same transaction: what is answered is what was stored. The slug is as
        # the column's parser writes it, whatever was sent.
        added = sources_by_slug(vintage_at(session))[body.source.strip().lower()]
    words = asdict(added)
    return SourceAnswer(source=words.pop("slug"), **words)
