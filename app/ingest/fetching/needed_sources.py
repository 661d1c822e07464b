"""Adds the sources that a fetch needs and the catalogue has not yet, as they are bundled."""

import csv

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.database.tables import Source
from app.ingest.fetchers.fetcher import Fetcher
from app.paths import DATA


def add_needed_sources(session: Session, fetcher: Fetcher, *, by: str) -> tuple[str, ...]:
    """Add a fetcher's sources that are not there, with a line of the audit list for each.

    Return a sentence about each. Databases are older than sources that the software has learned to
    fetch; what stands in the catalogue is never changed.
    """
    present = set(session.scalars(select(Source.slug).where(Source.slug.in_(fetcher.sources))))
    missing = [source for source in fetcher.sources if source not in present]
    if not missing:
        return ()
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["source"]: row for row in csv.DictReader(file)}
    for source in missing:
        reason = f"needed to fetch from {fetcher.title}"
        edit_entry(session, SOURCE_TYPE, rows[source], by=by, reason=reason)
    return tuple(f"Added to the catalogue: the source {source}." for source in missing)
