"""The catalogue as it read at a vintage: origins, developers, models and events."""

import datetime as dt
from typing import Final

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.lists.envelope import ListEnvelope, ListPage, RowModel, make_page
from app.api.lists.fields import DeveloperSlug, ModelSlug, Month
from app.api.lists.query import ListQuery
from app.api.lists.routes import ListRoute, add_list_routes
from app.catalogue.companies import developers_of
from app.catalogue.entries import (
    ModelEntry,
    alias_texts,
    aliases_by_entry,
    developers_by_slug,
    models_by_slug,
)
from app.catalogue.history import read_chart_events
from app.database.vintages import vintage_at
from app.domain.calendar import format_month
from app.domain.naming.names import NamedType
from app.domain.vocabulary import ORIGIN_LABELS, Openness, Origin

router = APIRouter(tags=["catalogue"])

# The docstring of each `read_...` function below is the description of its address in the contract.

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

    origin: Origin = Field(description="As all addresses write it.", examples=["chinese"])
    label: str = Field(min_length=1, description="As people read it.", examples=["Chinese"])
    meaning: str = Field(
        min_length=1,
        description="Which developers count under it.",
        examples=[MEANINGS[Origin.CHINESE]],
    )
    developers: int = Field(
        ge=0, description="How many developers of the catalogue count under it.", examples=[31]
    )


class Origins(ListEnvelope):
    data: list[OriginRow] = Field(description="All five, in their fixed order.")


def read_origins(session: Session, list_query: ListQuery) -> ListPage[OriginRow]:
    """What origins there are and what each means: the home of the developer, not of the base."""
    homes = [
        entry.origin for entry in developers_by_slug(vintage_at(session, list_query.as_of)).values()
    ]
    rows = [
        OriginRow(
            origin=item,
            label=ORIGIN_LABELS[item],
            meaning=MEANINGS[item],
            developers=homes.count(item),
        )
        for item in Origin
    ]
    return ListPage(rows)


# --- developers


class DeveloperRow(RowModel):
    """Who makes models."""

    developer: DeveloperSlug = Field(description="Its slug; it stays for ever.")
    name: str = Field(min_length=1, description="As people read it.", examples=["DeepSeek"])
    country: str = Field(description="ISO 3166-1, two letters; empty: not known.", examples=["CN"])
    origin: Origin = Field(
        description="Its home, whatever it builds on: see /api/v1/origins.", examples=["chinese"]
    )
    homepage: str = Field(
        description="Address of its site, or empty.", examples=["https://www.deepseek.com"]
    )
    huggingface_org: str = Field(
        description="Its name on Hugging Face, or empty.", examples=["deepseek-ai"]
    )
    note: str = Field(
        description="Why this is its home, where that is not plain; else empty.", examples=[""]
    )
    company: str = Field(
        description="Slug of the company that the developer belongs to; empty: none known.",
        examples=["deepseek"],
    )
    aliases: list[str] = Field(
        description="What else the developer is called; in CSV divided by `; `.",
        examples=[["深度求索"]],
    )


class Developers(ListEnvelope):
    data: list[DeveloperRow] = Field(description="By slug.")


def read_developers(session: Session, list_query: ListQuery) -> ListPage[DeveloperRow]:
    """The developers of the catalogue, with their homes, companies and other names."""
    question, vintage = list_query.question, vintage_at(session, list_query.as_of)
    aliases, members = aliases_by_entry(vintage), developers_of(vintage, question.company)
    rows = [
        DeveloperRow(
            developer=item.slug,
            name=item.name,
            country=item.country,
            origin=item.origin,
            homepage=item.homepage,
            huggingface_org=item.huggingface_org,
            note=item.note,
            company=item.company,
            aliases=alias_texts(aliases, NamedType.DEVELOPER, item.slug),
        )
        for item in developers_by_slug(vintage).values()
        if not question.origin or item.origin in question.origin
        if not question.company or item.slug in members
        if not question.developer or item.slug in question.developer
    ]
    return make_page(rows, list_query)


# --- models


class ModelRow(RowModel):
    """A model, and whose it is."""

    model: ModelSlug = Field(description="Its slug; it stays for ever.")
    name: str = Field(min_length=1, description="As people read it.", examples=["DeepSeek R1"])
    developer: DeveloperSlug = Field(description="Slug of who made it.")
    origin: Origin = Field(description="The home of its developer.", examples=["chinese"])
    openness: Openness = Field(
        description="open: the weights can be downloaded; closed; unknown.", examples=["open"]
    )
    release_month: Month | None = Field(
        description="When it came out; null: not known.", examples=["2025-01"]
    )
    base_developer: str = Field(
        description="Slug of who made the base model it was built on; empty: none known.",
        examples=[""],
    )
    note: str = Field(
        description="Where what is said of it comes from, if not plain; else empty.", examples=[""]
    )
    base_model: str = Field(
        description="Name of the base model it was built on; empty: none known.", examples=[""]
    )
    hugging_face_id: str = Field(
        description="Where its weights are on Hugging Face; empty: not known; proves nothing.",
        examples=["deepseek-ai/DeepSeek-R1"],
    )
    aliases: list[str] = Field(
        description="What else the model is called; in CSV divided by `; `.", examples=[[]]
    )


class Models(ListEnvelope):
    data: list[ModelRow] = Field(description="By slug.")


def read_models(session: Session, list_query: ListQuery) -> ListPage[ModelRow]:
    """The models of the catalogue, open or not unless `openness` says otherwise."""
    vintage = vintage_at(session, list_query.as_of)
    homes = {slug: item.origin for slug, item in developers_by_slug(vintage).items()}
    aliases = aliases_by_entry(vintage)
    # The origin of a model is that of its developer at this vintage; it has none of its own.
    rows = [
        _model_row(
            item,
            homes.get(item.developer, Origin.UNKNOWN),
            alias_texts(aliases, NamedType.MODEL, item.slug),
        )
        for item in models_by_slug(vintage).values()
    ]
    question = list_query.question
    members = developers_of(vintage, question.company)
    passing = [
        row
        for row in rows
        if question.openness in ("all", row.openness)
        if not question.origin or row.origin in question.origin
        if not question.company or row.developer in members
        if not question.developer or row.developer in question.developer
        if not question.model or row.model in question.model
    ]
    return make_page(passing, list_query)


def _model_row(item: ModelEntry, origin: Origin, aliases: list[str]) -> ModelRow:
    return ModelRow(
        model=item.slug,
        name=item.name,
        developer=item.developer,
        origin=origin,
        openness=item.openness,
        release_month=format_month(item.release_month) if item.release_month else None,
        base_developer=item.base_developer,
        note=item.note,
        base_model=item.base_model,
        hugging_face_id=item.hugging_face_id,
        aliases=aliases,
    )


# --- events


class EventRow(RowModel):
    """Something that happened, such as a model's release."""

    date: dt.date = Field(description="The day it happened.", examples=["2025-01-20"])
    title: str = Field(min_length=1, description="In a few words.", examples=["DeepSeek R1"])
    description: str = Field(
        description="A sentence or two; may be empty.",
        examples=["DeepSeek releases the open-weight reasoning model R1."],
    )
    url: str = Field(
        description="Where it is told; may be empty.",
        examples=["https://openrouter.ai/deepseek/deepseek-r1"],
    )
    headline: bool = Field(description="Whether it stands on the charts by default.")


class Events(ListEnvelope):
    data: list[EventRow] = Field(description="The oldest first.")


def read_events(session: Session, list_query: ListQuery) -> ListPage[EventRow]:
    """What happened beside the figures. They explain nothing by themselves."""
    question = list_query.question
    rows = [
        EventRow(
            date=item.date,
            title=item.title,
            description=item.description,
            url=item.url,
            headline=item.headline,
        )
        for item in read_chart_events(vintage_at(session, list_query.as_of))
        if not question.from_ or item.date >= question.from_
        # `to` is the first day of a month that is asked for whole.
        if not question.to or item.date.replace(day=1) <= question.to
    ]
    return make_page(rows, list_query)


# The names after a ListRoute are the parameters its list accepts: any other is refused.
add_list_routes(
    router, ListRoute("origins", OriginRow, Origins, read_origins, "methods"), "as_of", paged=False
)
add_list_routes(
    router,
    ListRoute("developers", DeveloperRow, Developers, read_developers, "developers"),
    "origin",
    "company",
    "developer",
    "as_of",
)
add_list_routes(
    router,
    ListRoute("models", ModelRow, Models, read_models, "models"),
    "openness",
    "origin",
    "company",
    "developer",
    "model",
    "as_of",
    # Questions are about open models by default, the catalogue is about all of them.
    everything=True,
)
add_list_routes(
    router, ListRoute("events", EventRow, Events, read_events, "trends"), "from", "to", "as_of"
)
