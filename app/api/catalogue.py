"""The catalogue as it read at an instant: origins, developers, models and events."""

from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app import portraits, vintages
from app.api.asking import Asked
from app.api.lists import Listing, ListLinks, ListMeta, Month, Page, RowModel, offer, page_of
from app.months import month_key
from app.words import LABELS, Origin

router = APIRouter(tags=["catalogue"])

MEANINGS: Final = {
    Origin.CHINESE: "The developer is at home in China, Hong Kong included.",
    Origin.US: "The developer is at home in the United States.",
    Origin.EUROPEAN: (
        "The developer is at home in the European Union, the European Economic Area,"
        " the United Kingdom or Switzerland."
    ),
    Origin.OTHER: "The developer is at home in any other country.",
    Origin.UNKNOWN: "Anonymous models, and whatever a source does not break down.",
}


# --- origins


class OriginRow(RowModel):
    """A home of developers; a closed list."""

    origin: str = Field(description="As all addresses write it.", examples=["chinese"])
    label: str = Field(description="As people read it.", examples=["Chinese"])
    meaning: str = Field(description="Which developers count under it.")
    developers: int = Field(description="Developers of the catalogue that do.", examples=[31])


class Origins(BaseModel):
    data: list[OriginRow] = Field(description="All five, in their fixed order.")
    meta: ListMeta
    links: ListLinks


def read_origins(session: Session, asked: Asked) -> Page[OriginRow]:
    """What origins there are and what each means: the home of the developer, not of the base."""
    homes = [entry.origin for entry in portraits.developers(session, asked.as_of).values()]
    rows = [
        OriginRow(
            origin=item, label=LABELS[item], meaning=MEANINGS[item], developers=homes.count(item)
        )
        for item in Origin
    ]
    return Page(rows)


# --- developers


class DeveloperRow(RowModel):
    """Who makes models."""

    developer: str = Field(description="Slug; it stays for ever.", examples=["deepseek"])
    name: str = Field(description="As people read it.", examples=["DeepSeek"])
    country: str = Field(description="ISO 3166-1, two letters; empty: not known.", examples=["CN"])
    origin: str = Field(description="Home: see /api/v1/origins.", examples=["chinese"])
    homepage: str = Field(description="Address of its site, or empty.")
    huggingface_org: str = Field(description="Its name on Hugging Face, or empty.")
    note: str = Field(description="Why it is classified so, where that is not plain.")


class Developers(BaseModel):
    data: list[DeveloperRow] = Field(description="By slug.")
    meta: ListMeta
    links: ListLinks


def read_developers(session: Session, asked: Asked) -> Page[DeveloperRow]:
    """The developers of the catalogue, with their homes."""
    wanted = asked.question
    rows = [
        DeveloperRow(
            developer=item.slug,
            name=item.name,
            country=item.country,
            origin=item.origin,
            homepage=item.homepage,
            huggingface_org=item.huggingface_org,
            note=item.note,
        )
        for item in portraits.developers(session, asked.as_of).values()
        if not wanted.origin or item.origin in wanted.origin
        if not wanted.developer or item.slug in wanted.developer
    ]
    return page_of(rows, asked)


# --- models


class ModelRow(RowModel):
    """A model, and whose it is."""

    model: str = Field(description="Slug; it stays for ever.", examples=["deepseek/deepseek-r1"])
    name: str = Field(description="As people read it.", examples=["DeepSeek R1"])
    developer: str = Field(description="Slug of its developer.", examples=["deepseek"])
    origin: str = Field(description="Home of its developer.", examples=["chinese"])
    openness: str = Field(
        description="open: the weights can be downloaded; closed; unknown.", examples=["open"]
    )
    release_month: Month | None = Field(description="When it came out; null: not known.")
    base_developer: str = Field(
        description="Slug of who made the base model it was built on; empty: none known."
    )
    note: str = Field(description="Why it is classified so, where that is not plain.")


class Models(BaseModel):
    data: list[ModelRow] = Field(description="By slug.")
    meta: ListMeta
    links: ListLinks


def read_models(session: Session, asked: Asked) -> Page[ModelRow]:
    """The models of the catalogue, open or not unless `openness` says otherwise."""
    homes = {slug: item.origin for slug, item in portraits.developers(session, asked.as_of).items()}
    rows = [
        _model_row(item, homes.get(item.developer, Origin.UNKNOWN))
        for item in portraits.catalogue_models(session, asked.as_of).values()
    ]
    wanted = asked.question
    passing = [
        row
        for row in rows
        if wanted.openness in ("all", row.openness)
        if not wanted.origin or row.origin in wanted.origin
        if not wanted.developer or row.developer in wanted.developer
        if not wanted.model or row.model in wanted.model
    ]
    return page_of(passing, asked)


def _model_row(item: portraits.ModelEntry, origin: str) -> ModelRow:
    return ModelRow(
        model=item.slug,
        name=item.name,
        developer=item.developer,
        origin=origin,
        openness=item.openness,
        release_month=month_key(item.release_month) if item.release_month else None,
        base_developer=item.base_developer,
        note=item.note,
    )


# --- events


class EventRow(RowModel):
    """Something that happened, such as a model's release."""

    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2025-01-20"])
    title: str = Field(examples=["DeepSeek R1"])
    description: str = Field(description="A sentence or two; may be empty.")
    url: str = Field(description="Where it is told; may be empty.")
    headline: bool = Field(description="Whether it stands on the charts by default.")


class Events(BaseModel):
    data: list[EventRow] = Field(description="The oldest first.")
    meta: ListMeta
    links: ListLinks


def read_events(session: Session, asked: Asked) -> Page[EventRow]:
    """What happened beside the figures. They explain nothing by themselves."""
    wanted = asked.question
    rows = [
        EventRow(
            date=f"{item.date}",
            title=item.title,
            description=item.description,
            url=item.url,
            headline=item.headline,
        )
        for item in vintages.events(session, asked.as_of)
        if not wanted.from_ or item.date >= wanted.from_
        if not wanted.to or item.date.replace(day=1) <= wanted.to
    ]
    return page_of(rows, asked)


offer(router, Listing("origins", OriginRow, Origins, read_origins, "methods"), "as_of", paged=False)
offer(
    router,
    Listing("developers", DeveloperRow, Developers, read_developers, "developers"),
    "origin",
    "developer",
    "as_of",
)
offer(
    router,
    Listing("models", ModelRow, Models, read_models, "developers"),
    "openness",
    "origin",
    "developer",
    "model",
    "as_of",
    everything=True,
)
offer(router, Listing("events", EventRow, Events, read_events, "trends"), "from", "to", "as_of")
