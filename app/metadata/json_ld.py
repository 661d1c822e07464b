"""The data as a schema.org Dataset in JSON-LD, for search engines."""

from datetime import date
from urllib.parse import quote

from app.domain.calendar import format_month
from app.domain.site import Site
from app.metadata.dataset import (
    DESCRIPTION,
    KEYWORDS,
    SHARES,
    Dataset,
    Json,
    TableDescription,
    licence_values,
    without_empty,
)
from app.metadata.json_schema import SchemaField
from app.metadata.openapi_operations import ColumnsDoc


def json_ld(dataset: Dataset) -> Json:
    """Return the data set as schema.org describes one: what is not known has no key in it."""
    site = dataset.site.address
    return without_empty(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            # Names the data set in every page that holds this; it need not lead anywhere.
            "@id": f"{site}/#dataset",
            "name": dataset.title,
            "alternateName": dataset.site.title,
            "description": DESCRIPTION,
            "url": f"{site}/",
            "keywords": list(KEYWORDS),
            "isAccessibleForFree": True,
            "creator": _organisation(dataset.site),
            # The same one, by its name in this document.
            "publisher": {"@id": f"{site}/#publisher"} if dataset.site.publisher else None,
            "creditText": dataset.site.byline,
            "license": _licences(dataset),
            "usageInfo": f"{site}/about#licences",
            "temporalCoverage": _months(dataset.first, dataset.last),
            "dateModified": dataset.changed,
            "measurementTechnique": f"{site}/methods",
            "variableMeasured": [_variable(field) for field in _measured(dataset)],
            "distribution": [
                _download(dataset, table, csv=csv)
                for table in dataset.tables
                for csv in (True, False)
            ],
            "isBasedOn": [_basis(site, item) for item in dataset.sources],
        }
    )


def _organisation(site: Site) -> Json | None:
    """Return who computes the figures; None where nobody puts a name to them."""
    if site.private:
        return None
    contact = {"email": site.email} if site.email else {"url": site.contact}
    return without_empty(
        {
            "@type": "Organization",
            "@id": f"{site.address}/#publisher",
            "name": site.publisher or site.name,
            "url": site.imprint_url or f"{site.address}/",
            "contactPoint": {"@type": "ContactPoint", "contactType": "corrections"} | contact
            if site.contact
            else None,
        }
    )


def _licences(dataset: Dataset) -> str | list[str]:
    """Return the licence of what the site compiles, and the one that all its sources share."""
    named = [_address(item) for item in (dataset.own_licence, dataset.licence)]
    given = list(dict.fromkeys(filter(None, named)))
    return given[0] if len(given) == 1 else given


def _months(first: date | None, last: date | None) -> str:
    # An interval of ISO 8601, as schema.org asks for.
    return f"{format_month(first)}/{format_month(last)}" if first and last else ""


def _measured(dataset: Dataset) -> list[SchemaField]:
    """Return the fields of the shares in percent: other tables use the names in other senses."""
    return [
        field
        for table in dataset.tables
        if table.name == SHARES
        for field in table.fields
        if field.unit == "percent"
    ]


def _variable(field: SchemaField) -> Json:
    return {
        "@type": "PropertyValue",
        "name": field.name,
        "description": field.meaning,
        "unitText": field.unit,
        "minValue": 0,
        "maxValue": 100,
    }


def _download(dataset: Dataset, table: ColumnsDoc, *, csv: bool) -> Json:
    return without_empty(
        {
            "@type": "DataDownload",
            "name": table.summary,
            "encodingFormat": "text/csv" if csv else "application/json",
            "contentUrl": dataset.address(table, csv=csv),
            "license": _address(dataset.licence_of(table)),
        }
    )


def _address(licence: Json) -> str:
    # schema.org takes a text where no address is known.
    return str(licence.get("path", licence.get("title", "")))


def _basis(site: str, item: TableDescription) -> Json:
    source = item.source
    return without_empty(
        {
            "@type": "Dataset",
            "@id": f"{site}/sources/{quote(source.slug)}",
            "name": source.name,
            "description": f"{source.metric}. {source.population}. {source.method}".strip(),
            "url": source.url,
            "license": _address(licence_values(source)),
            "creator": {"@type": "Organization", "name": source.publisher},
            "measurementTechnique": source.method,
            "temporalCoverage": _months(item.first, item.last),
        }
    )
