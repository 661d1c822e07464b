"""The version of the data, for entity tags, and the instant of its last change, for vintages."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.fetch_tables import FetchRun
from app.database.tables import CatalogueChange, Upload
from app.database.vintages import END_OF_TIME, Vintage, last_change_at, read_once_a_version
from app.queries.fetches import HAS_FETCHER


def data_version(session: Session) -> str:
    """Return a text that differs after every publishing, withdrawal and catalogue change.

    A session that reads asks for it once: see `vintages.read_once_a_version`.
    """
    if "data_version" in session.info:
        return str(session.info["data_version"])
    # Nothing counted here is ever taken back (triggers refuse it), so the counts tell two states of
    # a database apart. The latest instant would not: after a clock was set back, a change has an
    # earlier instant than the one before. COUNT of a column counts what is not NULL. But a replica
    # that takes the place of a lost primary may have lost changes, and get as many others.
    counted = session.execute(
        select(
            func.count(Upload.published_at),
            func.count(Upload.withdrawn_at),
            select(func.count()).select_from(CatalogueChange).scalar_subquery(),
            func.extract("epoch", func.max(Upload.published_at)),
            func.extract("epoch", func.max(Upload.withdrawn_at)),
            func.extract("epoch", select(func.max(CatalogueChange.at)).scalar_subquery()),
        )
    ).one()
    version = "-".join(map(str, counted))
    # A session that writes has no vintages, and sees what changes meanwhile.
    if "vintages" in session.info:
        session.info["data_version"] = version
    return version


def fetch_version(session: Session) -> str:
    """Return a text that differs once a fetch begins or ends, and once a fetcher comes or goes."""
    counted = session.execute(
        select(
            func.count(),
            func.count(FetchRun.started_at),
            func.count(FetchRun.ended_at),
            HAS_FETCHER,
        ).select_from(FetchRun)
    ).one()
    return "-".join(map(str, counted))


@read_once_a_version
def last_change(vintage: Vintage) -> datetime | None:
    """Return the last instant, at or before `as_of`, at which figures or the catalogue changed.

    None if nothing had been published or entered by then. Pinned links carry it as `as_of`.
    """
    limit = vintage.as_of or END_OF_TIME
    # GREATEST passes over NULL in PostgreSQL (not in every database): with figures only, or with a
    # catalogue only, it is the instant of the one there is.
    figures = func.max(last_change_at(vintage.as_of))
    catalogue = select(func.max(CatalogueChange.at)).where(CatalogueChange.at <= limit)
    instant: datetime | None = vintage.session.scalar(
        select(func.greatest(figures, catalogue.scalar_subquery())).select_from(Upload)
    )
    return instant
