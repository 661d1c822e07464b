"""The data described for machines: Frictionless Data Package and schema.org Dataset."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from app import wording
from app.answer import Source
from app.months import month_key
from app.question import instant_text
from app.reference import Field, Table

Json = dict[str, Any]

NAME: Final = "Open Model Share"
TITLE: Final = "Open Model Share: shares of AI model use by openness and by the developers’ home"
DESCRIPTION: Final = (
    "How much of the use of AI models goes to open models, whose weights can be downloaded, by the"
    " home of their developers: Chinese, US, European, other. Percent of what each source counted,"
    " month by month. Sources stand side by side and are never joined; what a source does not"
    " break down is unknown, and missing is missing, never zero."
)
KEYWORDS: Final = (
    "artificial intelligence",
    "open models",
    "open weights",
    "large language models",
    "market share",
    "token usage",
)


@dataclass(frozen=True, slots=True)
class Described:
    """A source and the months it has figures for."""

    source: Source
    first: date
    last: date
    months: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """What there is to describe. `site` is the address of the site, without its last slash."""

    site: str
    sources: Sequence[Described]
    tables: Sequence[Table]
    vintage: datetime | None

    @property
    def changed(self) -> str:
        return instant_text(self.vintage) if self.vintage else ""

    @property
    def first(self) -> date | None:
        return min((item.first for item in self.sources), default=None)

    @property
    def last(self) -> date | None:
        return max((item.last for item in self.sources), default=None)


def _some(values: Mapping[str, Any]) -> Json:
    """Without what is not known: an empty text says less than none."""
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}


# --- licences


def licence_address(licence: str) -> str:
    """Where a Creative Commons licence reads; empty for any other."""
    if found := _CREATIVE_COMMONS.search(licence):
        return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/"
    if re.search(r"\bCC0\b", licence):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return ""


_CREATIVE_COMMONS: Final = re.compile(r"\bCC[ -](BY(?:-(?:NC|ND|SA))*)[ -](\d\.\d)\b")


def licence(source: Source) -> Json:
    return _some({"title": source.licence, "path": licence_address(source.licence)})


# --- Frictionless Data Package, version 2


def datapackage(dataset: Dataset) -> Json:
    return _some(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "open-model-share",
            "title": TITLE,
            "description": DESCRIPTION,
            "homepage": f"{dataset.site}/",
            "version": dataset.changed,
            "created": dataset.changed,
            "keywords": list(KEYWORDS),
            "licenses": _licences(dataset),
            "sources": [_publisher(item) for item in dataset.sources],
            "resources": [_resource(dataset, table) for table in dataset.tables],
        }
    )


def _licences(dataset: Dataset) -> list[Json]:
    """Each once; under which of them a row is, its source says."""
    found = [licence(item.source) for item in dataset.sources]
    return [item for index, item in enumerate(found) if item and item not in found[:index]]


def _publisher(item: Described) -> Json:
    source = item.source
    return _some(
        {
            "title": source.name,
            "path": source.url,
            "slug": source.slug,
            "publisher": source.publisher,
            "metric": source.metric,
            "population": source.population,
            "method": source.method,
            "citation": wording.citation(source),
            "licenses": [licence(source)] if source.licence else None,
            "from": month_key(item.first),
            "to": month_key(item.last),
        }
    )


def _resource(dataset: Dataset, table: Table) -> Json:
    """`subset`: columns may be added at the end, none goes."""
    name = table.path.rsplit("/", 1)[-1].removesuffix(".csv")
    return {
        "name": name,
        "type": "table",
        "path": dataset.site + table.path,
        "title": table.summary,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fieldsMatch": "subset",
            "missingValues": [""],
            "fields": [_field(field) for field in table.fields],
        },
    }


def _field(field: Field) -> Json:
    constraints = _some({"enum": list(field.allowed), "pattern": field.pattern})
    return _some(
        {
            "name": field.name,
            "type": _type(field),
            "description": field.meaning,
            "unit": field.unit,
            "example": field.example,
            "constraints": constraints if constraints.get("enum") else None,
        }
    )


def _type(field: Field) -> str:
    if field.name == "month":
        return "yearmonth"
    return TYPES.get(field.kind.removesuffix(" or null"), "any")


TYPES: Final = {
    "text": "string",
    "number": "number",
    "whole number": "integer",
    "true or false": "boolean",
    "instant": "datetime",
    "day": "date",
}


# --- schema.org


def json_ld(dataset: Dataset) -> Json:
    site = dataset.site
    return _some(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "@id": f"{site}/#dataset",
            "name": TITLE,
            "alternateName": NAME,
            "description": DESCRIPTION,
            "url": f"{site}/",
            "keywords": list(KEYWORDS),
            "isAccessibleForFree": True,
            "creator": {"@type": "Organization", "name": NAME, "url": f"{site}/"},
            "license": [item.get("path", item.get("title")) for item in _licences(dataset)],
            "temporalCoverage": _months(dataset.first, dataset.last),
            "dateModified": dataset.changed,
            "measurementTechnique": f"{site}/methods",
            "variableMeasured": [_variable(field) for field in _measured(dataset)],
            "distribution": [
                _download(site + path, table, media_type)
                for table in dataset.tables
                for path, media_type in (
                    (table.path, "text/csv"),
                    (table.path.removesuffix(".csv"), "application/json"),
                )
            ],
            "isBasedOn": [_basis(site, item) for item in dataset.sources],
        }
    )


def _months(first: date | None, last: date | None) -> str:
    return f"{month_key(first)}/{month_key(last)}" if first and last else ""


def _measured(dataset: Dataset) -> list[Field]:
    by_name = {field.name: field for table in dataset.tables for field in table.fields}
    return [field for field in by_name.values() if field.unit == "percent"]


def _variable(field: Field) -> Json:
    return {
        "@type": "PropertyValue",
        "name": field.name,
        "description": field.meaning,
        "unitText": field.unit,
        "minValue": 0,
        "maxValue": 100,
    }


def _download(address: str, table: Table, media_type: str) -> Json:
    return {
        "@type": "DataDownload",
        "name": table.summary,
        "encodingFormat": media_type,
        "contentUrl": address,
    }


def _basis(site: str, item: Described) -> Json:
    source = item.source
    return _some(
        {
            "@type": "Dataset",
            "@id": f"{site}/sources/{quote(source.slug)}",
            "name": source.name,
            "description": f"{source.metric}. {source.population}. {source.method}".strip(),
            "url": source.url,
            "license": licence_address(source.licence) or source.licence,
            "creator": {"@type": "Organization", "name": source.publisher},
            "measurementTechnique": source.method,
            "temporalCoverage": _months(item.first, item.last),
        }
    )
