"""Sources by program."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app import coverage, curation, portraits
from app.answer import Source
from app.api.asking import Asked
from app.api.lists import Listing, ListLinks, ListMeta, Month, Page, RowModel, offer
from app.coverage import Span
from app.curation import SOURCES
from app.db import Db
from app.http import Bearer, database
from app.months import month_key

router = APIRouter(tags=["sources"])


class NewSource(BaseModel):
    """One publisher's one measure over one population."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(description="The slug: it stays for ever.", examples=["acme-gateway"])
    name: str = Field(examples=["Acme gateway"])
    publisher: str = Field(examples=["Acme"])
    metric: str = Field(examples=["tokens"])
    population: str = Field(examples=["Public traffic routed through Acme"])
    url: str = ""
    licence: str = ""
    citation: str = Field("", description="{as_of} stands for the vintage.")
    method: str = ""
    reason: str = Field("", description="For the audit list.")


class SourceAnswer(RowModel):
    """One publisher's one measure over one population."""

    source: str = Field(description="Slug; it stays for ever.", examples=["openrouter-rankings"])
    name: str = Field(description="As people read it.", examples=["OpenRouter rankings"])
    publisher: str = Field(description="Who counts.", examples=["OpenRouter"])
    metric: str = Field(description="What is counted.", examples=["tokens"])
    population: str = Field(description="Among whom it is counted.")
    url: str = Field(description="Where it is published; may be empty.")
    licence: str = Field(description="Of the figures; may be empty.", examples=["CC BY 4.0"])
    citation: str = Field(description="The line it asks for; {as_of} stands for the vintage.")
    method: str = Field(description="How it counts; may be empty.")


class SourceRow(SourceAnswer):
    first_month: Month | None = Field(description="First month with figures; null: none.")
    last_month: Month | None = Field(description="Last month with figures; null: none.")
    months: int = Field(description="Months with figures.", examples=[21])


class Sources(BaseModel):
    data: list[SourceRow] = Field(description="By slug.")
    meta: ListMeta
    links: ListLinks


def read(session: Session, asked: Asked) -> Page[SourceRow]:
    """What is measured, by whom, among whom: the definitions, and the months covered."""
    spans = coverage.spans(session, asked.as_of)
    wanted = asked.question.source
    rows = [
        _row(source, spans.get(slug))
        for slug, source in portraits.sources(session, asked.as_of).items()
        if not wanted or slug in wanted
    ]
    return Page(rows)


def _row(source: Source, span: Span | None) -> SourceRow:
    words = asdict(source)
    return SourceRow(
        source=words.pop("slug"),
        **words,
        first_month=month_key(span.first) if span else None,
        last_month=month_key(span.last) if span else None,
        months=span.months if span else 0,
    )


offer(
    router,
    Listing("sources", SourceRow, Sources, read, "sources"),
    "source",
    "as_of",
    paged=False,
)


@router.post(
    "/sources",
    status_code=201,
    responses={409: {"description": "There is a source of that slug already."}},
)
def add_source(
    body: NewSource, maintainer: Bearer, db: Annotated[Db, Depends(database)]
) -> SourceAnswer:
    """Add a source, so that files can name it."""
    texts = body.model_dump(exclude={"reason"})
    with db.writing() as session:
        curation.change(session, SOURCES, texts, by=maintainer.signature, reason=body.reason)
        cells = dict(curation.entries(session, SOURCES)).values()
        slug = body.source.strip().lower()
        added = next(entry for entry in cells if entry["source"] == slug)
    return SourceAnswer.model_validate(added)
