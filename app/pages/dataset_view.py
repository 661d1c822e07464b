"""The description of the whole data set at a vintage, for pages and machines."""

import json
from datetime import datetime
from functools import lru_cache

from fastapi import FastAPI, Request
from sqlalchemy.orm import Session

from app.catalogue.entries import sources_by_slug
from app.database.vintages import vintage_at
from app.metadata.dataset import Dataset, TableDescription
from app.metadata.json_ld import json_ld
from app.metadata.openapi_operations import ColumnsDoc, csv_tables
from app.queries.data_version import last_change
from app.queries.spans import covered_spans, main_source
from app.web.dependencies import site_of


def describe_dataset(request: Request, session: Session, as_of: datetime | None = None) -> Dataset:
    """Return the sources with figures, their months, and when they last changed.

    `as_of` is the vintage, None for what is current.
    """
    vintage = vintage_at(session, as_of)
    spans = covered_spans(vintage)
    sources = sources_by_slug(vintage)
    return Dataset(
        site=site_of(request),
        main=main_source(vintage) or "",
        sources=[
            TableDescription(sources[slug], span.first, span.last, span.months)
            for slug, span in spans.items()
        ],
        tables=_tables_of(request.app),
        vintage=last_change(vintage),
    )


@lru_cache(maxsize=1)
def _tables_of(app: FastAPI) -> list[ColumnsDoc]:
    """The columns of the files of an application, which are the same for as long as it runs."""
    # From the OpenAPI document, so that they are described in one place.
    return csv_tables(app.openapi())


def embedded_json_ld(request: Request, session: Session) -> str:
    """Return the dataset as JSON-LD for a script element: no text of it can end the element."""
    text = json.dumps(json_ld(describe_dataset(request, session)), ensure_ascii=False)
    return text.replace("<", "\\u003c")
