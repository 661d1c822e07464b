"""Describes the whole data set for pages and machines, at a vintage."""

import json
from datetime import datetime

from fastapi import Request
from sqlalchemy.orm import Session

from app.catalogue.entries import sources_by_slug
from app.database.vintages import vintage_at
from app.metadata.dataset import Dataset, TableDescription
from app.metadata.json_ld import json_ld
from app.metadata.openapi_operations import csv_tables
from app.queries.data_version import last_change
from app.queries.spans import covered_spans, main_source


def describe_dataset(request: Request, session: Session, as_of: datetime | None = None) -> Dataset:
    """What there is, or was: sources with figures, their months, and when they last changed."""
    vintage = vintage_at(session, as_of)
    spans = covered_spans(vintage)
    sources = sources_by_slug(vintage)
    return Dataset(
        site=str(request.base_url).rstrip("/"),
        main=main_source(vintage) or "",
        sources=[
            TableDescription(sources[slug], span.first, span.last, span.months)
            for slug, span in spans.items()
        ],
        tables=csv_tables(request.app.openapi()),
        vintage=last_change(vintage),
    )


def embedded_json_ld(request: Request, session: Session) -> str:
    """The dataset as JSON-LD for inside a page: no text of it can end the element it stands in."""
    text = json.dumps(json_ld(describe_dataset(request, session)), ensure_ascii=False)
    return text.replace("<", "\\u003c")
