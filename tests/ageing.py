"""Figures that were published a while ago: what stood then is settled."""

from sqlalchemy import text

from app.database.session import Database
from tests.rewriting import rewriting


def make_older(db: Database) -> None:
    """Everything known so far was known a day earlier."""
    with rewriting(db) as session:
        for table, columns in {
            "upload": ("published_at", "withdrawn_at"),
            "catalogue_change": ("at",),
        }.items():
            moved = ", ".join(f"{column} = {column} - interval '1 day'" for column in columns)
            session.execute(text(f"UPDATE {table} SET {moved}"))
