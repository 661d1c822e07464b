"""The companies above developers, and the other names of companies, developers and models."""

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.lists.envelope import ListEnvelope, ListPage, RowModel, make_page
from app.api.lists.fields import SLUG_SCHEMA, CompanySlug, DeveloperSlug
from app.api.lists.query import ListQuery
from app.api.lists.routes import ListRoute, add_list_routes
from app.catalogue.companies import company_members
from app.catalogue.entries import alias_texts, aliases_by_entry, companies_by_slug
from app.database.vintages import vintage_at
from app.domain.naming.names import NamedType

router = APIRouter(tags=["catalogue"])


# --- companies


class CompanyRow(RowModel):
    """What developers belong to."""

    company: CompanySlug = Field(description="Its slug; it stays for ever.")
    name: str = Field(min_length=1, description="As people read it.", examples=["Alibaba"])
    country: str = Field(
        description="Its seat: ISO 3166-1, two letters; empty: not known.", examples=["CN"]
    )
    parent: str = Field(
        description="Slug of the company that it belongs to; empty: none known.", examples=[""]
    )
    developers: list[DeveloperSlug] = Field(
        description="Slugs of the developers that belong to it itself; in CSV divided by `; `."
    )
    aliases: list[str] = Field(
        description="What else the company is called; in CSV divided by `; `.",
        examples=[["阿里巴巴"]],
    )
    note: str = Field(
        description="What its country and parent rest on, where that is not plain; else empty.",
        examples=[""],
    )


class Companies(ListEnvelope):
    data: list[CompanyRow] = Field(description="By slug.")


def read_companies(session: Session, list_query: ListQuery) -> ListPage[CompanyRow]:
    """The companies of the catalogue, with the developers that belong to them."""
    vintage = vintage_at(session, list_query.as_of)
    members, aliases = company_members(vintage), aliases_by_entry(vintage)
    rows = [
        CompanyRow(
            company=item.slug,
            name=item.name,
            country=item.country,
            parent=item.parent,
            developers=list(members.get(item.slug, ())),
            aliases=alias_texts(aliases, NamedType.COMPANY, item.slug),
            note=item.note,
        )
        for item in companies_by_slug(vintage).values()
        if not list_query.question.company or item.slug in list_query.question.company
    ]
    return make_page(rows, list_query)


# --- aliases


class AliasRow(RowModel):
    """Another name of a company, developer or model."""

    entry_type: NamedType = Field(description="Whose name it is.", examples=["developer"])
    entry: str = Field(
        pattern=SLUG_SCHEMA, description="Slug of the entry that has it.", examples=["qwen"]
    )
    alias: str = Field(min_length=1, description="The name.", examples=["通义千问"])
    kind: str = Field(
        description=(
            "What it is: chinese-name, chinese-product, huggingface-org, old-name, other-name,"
            " vercel-lab; more may come."
        ),
        examples=["chinese-name"],
    )


class Aliases(ListEnvelope):
    data: list[AliasRow] = Field(description="By type of entry, slug and name.")


def read_aliases(session: Session, list_query: ListQuery) -> ListPage[AliasRow]:
    """Every other name by which questions, files and searches find an entry."""
    aliases = aliases_by_entry(vintage_at(session, list_query.as_of))
    rows = [
        AliasRow(entry_type=NamedType(entry_type), entry=slug, alias=name.text, kind=name.kind)
        for (entry_type, slug), names in sorted(aliases.items())
        for name in names
    ]
    return make_page(rows, list_query)


add_list_routes(
    router,
    ListRoute("companies", CompanyRow, Companies, read_companies, "developers"),
    "company",
    "as_of",
)
add_list_routes(
    router, ListRoute("aliases", AliasRow, Aliases, read_aliases, "developers"), "as_of"
)
