"""How far the data has come: what an answer's validator rests on, and when it last changed."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.tables import CatalogueChange, Upload
from app.database.vintages import END_OF_TIME, Vintage, last_change_at, read_once


def data_version(session: Session) -> str:
    """A text that is another one after every publishing, withdrawal and catalogue change.

    Nothing counted here is ever taken back, so the counts alone tell two states apart; instants
    would not, where one that is earlier is committed later.
    """
    counted = session.execute(
        select(
            func.count(Upload.published_at),
            func.count(Upload.withdrawn_at),
            select(func.count()).select_from(CatalogueChange).scalar_subquery(),
        )
    ).one()
    return "-".join(map(str, counted))


@read_once
def last_change(vintage: Vintage) -> datetime | None:
    """The last instant, at or before `as_of`, at which figures or the catalogue changed."""
    limit = vintage.as_of or END_OF_TIME
    figures = func.max(last_change_at(vintage.as_of))
    catalogue = select(func.max(CatalogueChange.at)).where(CatalogueChange.at <= limit)
    instant: datetime | None = vintage.session.scalar(
        select(func.greatest(figures, catalogue.scalar_subquery())).select_from(Upload)
    )
    return instant
