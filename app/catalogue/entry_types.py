"""The kinds of catalogue entries: the columns of their files, and an entry as cells of one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.lookup import ids_by_slug
from app.csv_io.cell_parsers import (
    parse_country,
    parse_day,
    parse_month_cell,
    parse_openness,
    parse_origin,
    parse_slug,
    parse_text,
    parse_url,
    parse_yes,
)
from app.csv_io.schema import CellParser, ColumnRule
from app.database.tables import Developer, Event, Model, Source
from app.domain.calendar import format_month

LONG_TEXT_MAX_LENGTH: Final = 2_000  # characters of a definition


def text_column(name: str, *, filled: bool = False) -> ColumnRule:
    return ColumnRule(
        name, parse_text, required=filled, filled=filled, blank="", limit=LONG_TEXT_MAX_LENGTH
    )


def short_text_column(name: str) -> ColumnRule:
    """What stands in headings, labels and tables."""
    return ColumnRule(name, parse_text, required=True, filled=True)


def slug_column(name: str, *, filled: bool = True) -> ColumnRule:
    return ColumnRule(name, parse_slug, required=filled, filled=filled)


def filled_column(name: str, parse: CellParser) -> ColumnRule:
    return ColumnRule(name, parse, required=True, filled=True)


def url_column(name: str) -> ColumnRule:
    return ColumnRule(name, parse_url, blank="", limit=LONG_TEXT_MAX_LENGTH)


@dataclass(frozen=True, slots=True)
class EntryType:
    """One kind of catalogue entry: its file's columns, the first of which names the entry."""

    name: str
    table: type[Source | Developer | Model | Event]
    columns: tuple[ColumnRule, ...]
    key: tuple[str, ...] = ("slug",)

    @property
    def header(self) -> str:
        """The first line of its file."""
        return ",".join(column.name for column in self.columns)


SOURCE_TYPE: Final = EntryType(
    "sources",
    Source,
    (
        slug_column("source"),
        short_text_column("name"),
        short_text_column("publisher"),
        short_text_column("metric"),
        text_column("population", filled=True),
        url_column("url"),
        text_column("licence"),
        text_column("citation"),
        text_column("method"),
    ),
)
DEVELOPER_TYPE: Final = EntryType(
    "developers",
    Developer,
    (
        slug_column("developer"),
        short_text_column("name"),
        ColumnRule("country", parse_country),
        filled_column("origin", parse_origin),
        url_column("homepage"),
        text_column("huggingface_org"),
        text_column("note"),
    ),
)
MODEL_TYPE: Final = EntryType(
    "models",
    Model,
    (
        slug_column("model"),
        short_text_column("name"),
        slug_column("developer"),
        filled_column("openness", parse_openness),
        ColumnRule("release_month", parse_month_cell),
        slug_column("base_developer", filled=False),
        text_column("note"),
    ),
)
EVENT_TYPE: Final = EntryType(
    "events",
    Event,
    (
        filled_column("date", parse_day),
        short_text_column("title"),
        text_column("description"),
        url_column("url"),
        ColumnRule("headline", parse_yes, blank=False),
    ),
    key=("date", "title"),
)
# In the order in which one may name another.
ENTRY_TYPES: Final = (SOURCE_TYPE, DEVELOPER_TYPE, MODEL_TYPE, EVENT_TYPE)

TableEntry = Source | Developer | Model | Event


def read_entries(session: Session, kind: EntryType) -> Iterator[tuple[int, dict[str, str]]]:
    """Id and cells, by column, of every entry; `read` of these cells finds nothing to change."""
    slugs = {number: slug for slug, number in ids_by_slug(session, Developer).items()}
    order = [getattr(kind.table, name) for name in kind.key]
    entries: Iterable[Any] = session.scalars(select(kind.table).order_by(*order))
    for entry in entries:
        yield entry.id, entry_cells(kind, entry, slugs)


def entry_cells(kind: EntryType, entry: TableEntry, slugs: Mapping[int, str]) -> dict[str, str]:
    """An entry as the cells of its file; `slugs` are the developers' by id."""
    values = {column.name: getattr(entry, column.name, None) for column in kind.columns}
    if not isinstance(entry, Event):
        values[kind.columns[0].name] = entry.slug
    if isinstance(entry, Model):
        values["developer"] = slugs[entry.developer_id]
        values["base_developer"] = slugs.get(entry.base_developer_id or 0)
    return {column.name: _cell(column, values[column.name]) for column in kind.columns}


def _cell(column: ColumnRule, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return format_month(value) if column.parse is parse_month_cell else str(value)
