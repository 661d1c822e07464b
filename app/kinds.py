"""The kinds of catalogue entries: the columns of their files, and an entry as cells of one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue import ids
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
from app.csv_io.reader import open_csv_table
from app.csv_io.schema import CellParser, ColumnRule
from app.database.tables import Developer, Event, Model, Source
from app.domain.calendar import format_month
from app.snapshot_format import SNAPSHOT_COLUMNS

LONG: Final = 2_000  # characters of a definition


def words(name: str, *, filled: bool = False) -> ColumnRule:
    return ColumnRule(name, parse_text, required=filled, filled=filled, blank="", limit=LONG)


def short(name: str) -> ColumnRule:
    """What stands in headings, labels and tables."""
    return ColumnRule(name, parse_text, required=True, filled=True)


def slug(name: str, *, filled: bool = True) -> ColumnRule:
    return ColumnRule(name, parse_slug, required=filled, filled=filled)


def filled(name: str, parse: CellParser) -> ColumnRule:
    return ColumnRule(name, parse, required=True, filled=True)


def url(name: str) -> ColumnRule:
    return ColumnRule(name, parse_url, blank="", limit=LONG)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of catalogue entry: its file's columns, the first of which names the entry."""

    name: str
    table: type[Source | Developer | Model | Event]
    columns: tuple[ColumnRule, ...]
    key: tuple[str, ...] = ("slug",)

    @property
    def header(self) -> str:
        """The first line of its file."""
        return ",".join(column.name for column in self.columns)


SOURCES: Final = Kind(
    "sources",
    Source,
    (
        slug("source"),
        short("name"),
        short("publisher"),
        short("metric"),
        words("population", filled=True),
        url("url"),
        words("licence"),
        words("citation"),
        words("method"),
    ),
)
DEVELOPERS: Final = Kind(
    "developers",
    Developer,
    (
        slug("developer"),
        short("name"),
        ColumnRule("country", parse_country),
        filled("origin", parse_origin),
        url("homepage"),
        words("huggingface_org"),
        words("note"),
    ),
)
MODELS: Final = Kind(
    "models",
    Model,
    (
        slug("model"),
        short("name"),
        slug("developer"),
        filled("openness", parse_openness),
        ColumnRule("release_month", parse_month_cell),
        slug("base_developer", filled=False),
        words("note"),
    ),
)
EVENTS: Final = Kind(
    "events",
    Event,
    (
        filled("date", parse_day),
        short("title"),
        words("description"),
        url("url"),
        ColumnRule("headline", parse_yes, blank=False),
    ),
    key=("date", "title"),
)
# In the order in which one may name another.
KINDS: Final = (SOURCES, DEVELOPERS, MODELS, EVENTS)

Entry = Source | Developer | Model | Event


def kind_of(file: BinaryIO) -> Kind | None:
    """The kind of catalogue file whose columns the header names; None for a snapshot file."""
    best, most = None, _named(file, SNAPSHOT_COLUMNS)
    for kind in KINDS:
        if (count := _named(file, kind.columns)) > most:
            best, most = kind, count
    return best


def _named(file: BinaryIO, columns: Sequence[ColumnRule]) -> int:
    return len(open_csv_table(file, columns).reading.columns)


def entries(session: Session, kind: Kind) -> Iterator[tuple[int, dict[str, str]]]:
    """Id and cells, by column, of every entry; `read` of these cells finds nothing to change."""
    slugs = {number: slug for slug, number in ids(session, Developer).items()}
    order = [getattr(kind.table, name) for name in kind.key]
    found: Iterable[Any] = session.scalars(select(kind.table).order_by(*order))
    for entry in found:
        yield entry.id, cells_of(kind, entry, slugs)


def cells_of(kind: Kind, entry: Entry, slugs: Mapping[int, str]) -> dict[str, str]:
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
