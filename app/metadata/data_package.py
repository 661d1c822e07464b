"""The data as a Frictionless Data Package, version 2: tables, columns, keys, sources, licences."""

from collections.abc import Collection, Mapping
from typing import Final

from app.domain.calendar import format_month
from app.metadata.dataset import (
    DESCRIPTION,
    KEYWORDS,
    TITLE,
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
    return without_empty(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "open-model-share",
            "title": TITLE,
            "description": DESCRIPTION,
            "homepage": f"{dataset.site}/",
            "version": dataset.changed,
            "created": dataset.changed,
            "keywords": list(KEYWORDS),
            "licenses": [dataset.licence] if dataset.licence else None,
            "sources": [_publisher(item) for item in dataset.sources],
            "resources": [_resource(dataset, table) for table in dataset.tables],
        }
    )


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
    "developers": ("developer",),
    "models": ("model",),
    "events": ("date", "title"),
    "snapshots": ("upload", "source", "month"),
}
"""What names a row of a table; a row of revisions has nothing that always does."""

NAMED: Final = {
    "source": ("sources", "source"),
    "origin": ("origins", "origin"),
    "developer": ("developers", "developer"),
    "base_developer": ("developers", "developer"),
    "model": ("models", "model"),
}
"""The table and its column that hold every value of a column of that name."""


def _resource(dataset: Dataset, table: ColumnsDoc) -> Json:
    """`subset`: columns may be added at the end, none goes."""
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
    kind = TYPES.get(field.kind.removesuffix(" or null"), "any")
    constraints = {
        "required": (needed or field.filled) or None,
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


TYPES: Final = {
    "text": "string",
    "number": "number",
    "whole number": "integer",
    "true or false": "boolean",
    "instant": "datetime",
    "day": "date",
    "month": "yearmonth",
}
