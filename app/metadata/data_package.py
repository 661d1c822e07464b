"""The data as a Frictionless Data Package, version 2: tables, columns, keys, sources, licences."""

from collections.abc import Collection, Mapping
from typing import Final

from app.domain.calendar import format_month
from app.domain.site import Site
from app.metadata.dataset import (
    DESCRIPTION,
    KEYWORDS,
    Dataset,
    Json,
    TableDescription,
    licence_values,
    without_empty,
)
from app.metadata.json_schema import SchemaField
from app.metadata.openapi_operations import ColumnsDoc
from app.wording.definitions import source_citation


def data_package(dataset: Dataset) -> Json:
    """Return the content of `datapackage.json`: what is not known has no key in it."""
    return without_empty(
        {
            # Where validators find the rules of version 2; without it they apply those of 1.
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "open-model-share",
            "title": dataset.title,
            "description": DESCRIPTION,
            "homepage": f"{dataset.site.address}/",
            # The figures have no numbered releases: what tells two states apart is their vintage.
            "version": dataset.changed,
            "created": dataset.changed,
            "keywords": list(KEYWORDS),
            "contributors": _contributors(dataset.site),
            "licenses": _licences(dataset),
            "sources": [_publisher(item) for item in dataset.sources],
            "resources": [_resource(dataset, table) for table in dataset.tables],
        }
    )


def _contributors(site: Site) -> list[Json]:
    """Return who runs the site; nobody where no name is put to it."""
    if site.private:
        return []
    contributor = {
        "title": site.publisher or site.name,
        "path": site.imprint_url or f"{site.address}/",
        "email": site.email,
        "roles": ["publisher" if site.publisher else "creator"],
    }
    return [without_empty(contributor)]


def _licences(dataset: Dataset) -> list[Json]:
    """Return the licence of what the site compiles, and the one that all its sources share."""
    own, shared = dataset.own_licence, dataset.licence
    if own:
        # The package's rules take a name that SPDX or Open Definition knows.
        name = {"name": own["title"]} if dataset.site.licence_url else {}
        # The same licence for both needs no second line.
        if own["path"] == shared.get("path"):
            return [name | shared]
        own = name | own | {"title": f"{own['title']}, of the charts and compiled figures"}
    return [item for item in (own, shared) if item]


def _publisher(item: TableDescription) -> Json:
    source = item.source
    return without_empty(
        {
            "title": source.name,
            "path": source.url,
            "slug": source.slug,
            "publisher": source.publisher,
            "metric": source.metric,
            "population": source.population,
            "method": source.method,
            "citation": source_citation(source),
            "licenses": [licence_values(source)] if source.licence else None,
            "from": format_month(item.first),
            "to": format_month(item.last),
        }
    )


KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "shares": ("source", "month", "group"),
    "observations": ("upload", "line"),
    "sources": ("source",),
    "origins": ("origin",),
    "companies": ("company",),
    "developers": ("developer",),
    "models": ("model",),
    "aliases": ("entry_type", "entry", "alias", "kind"),
    "events": ("date", "title"),
    "snapshots": ("upload", "source", "month"),
}
"""The primary key of each table; revisions have none, since a row may lack origin and openness."""

NAMED: Final = {
    "source": ("sources", "source"),
    "origin": ("origins", "origin"),
    "company": ("companies", "company"),
    "developer": ("developers", "developer"),
    "base_developer": ("developers", "developer"),
    "model": ("models", "model"),
}
"""The table and column that hold every value of a column of that name: its foreign key."""


def _resource(dataset: Dataset, table: ColumnsDoc) -> Json:
    own = dataset.licence_of(table)
    return without_empty(
        {
            "name": table.name,
            "type": "table",
            "path": dataset.address(table),
            "title": table.summary,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "licenses": [own] if own else None,
            "schema": _schema(table, {other.name for other in dataset.tables}),
        }
    )


def _schema(table: ColumnsDoc, others: Collection[str]) -> Json:
    key = KEYS.get(table.name, ())
    return without_empty(
        {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            # The fields named here are a subset of those in the file: columns may be added at the
            # end, none goes.
            "fieldsMatch": "subset",
            "missingValues": [""],
            "fields": [_field(field, needed=field.name in key) for field in table.fields],
            "primaryKey": list(key),
            "foreignKeys": [
                _refers(field, *NAMED[field.name])
                for field in table.fields
                if field.name in NAMED
                and NAMED[field.name][0] in others
                and NAMED[field.name][0] != table.name
            ],
        }
    )


def _refers(field: SchemaField, resource: str, column: str) -> Json:
    return {"fields": [field.name], "reference": {"resource": resource, "fields": [column]}}


def _field(field: SchemaField, *, needed: bool) -> Json:
    # A null is a missing value in a CSV, so it changes no type: `required` tells of it.
    # A list stands in one cell of a CSV, as its description says: a text.
    listed = field.kind.startswith("list of ")
    kind = "string" if listed else TYPES.get(field.kind.removesuffix(" or null"), "any")
    constraints = {
        # False is as good as no key here, and shorter.
        # An empty list is an empty cell.
        "required": ((needed or field.filled) and not listed) or None,
        "enum": list(field.allowed),
        "pattern": field.pattern if kind == "string" else "",
        "minimum": field.least,
        "maximum": field.most,
    }
    return without_empty(
        {
            "name": field.name,
            "type": kind,
            "description": field.meaning,
            "unit": field.unit,
            "example": field.example,
            "constraints": without_empty(constraints) or None,
        }
    )


# Table Schema's names for the kinds that `schema_kind` gives.
TYPES: Final = {
    "text": "string",
    "number": "number",
    "whole number": "integer",
    "true or false": "boolean",
    "instant": "datetime",
    "day": "date",
    "month": "yearmonth",
}
