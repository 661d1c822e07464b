"""Sources by program."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from app import curation
from app.curation import SOURCES
from app.db import Db
from app.http import Bearer, database

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


class SourceAnswer(BaseModel):
    source: str
    name: str
    publisher: str
    metric: str
    population: str
    url: str
    licence: str
    citation: str
    method: str


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
