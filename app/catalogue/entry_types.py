"""The kinds of catalogue entries: the columns of their CSV files, and an entry as such cells."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.lookup import ids_by_slug
from app.csv_io.cell_parsers import (
    choice_parser,
    parse_cadence,
    parse_country,
    parse_day,
    parse_days_after,
    parse_month_cell,
    parse_openness,
    parse_origin,
    parse_slug,
    parse_statistic,
    parse_text,
    parse_url,
    parse_window,
    parse_yes,
)
from app.csv_io.schema import CellParser, ColumnRule
from app.database.name_tables import Alias, Company
from app.database.tables import Developer, Event, Model, Source
from app.domain.calendar import format_month
from app.domain.naming.names import NamedType
from app.domain.sources.source_terms import Statistic, Window

TableEntry = Source | Company | Developer | Model | Alias | Event

# In characters. Definitions and methods are paragraphs; names keep to NAME_MAX_LENGTH of csv_io.
LONG_TEXT_MAX_LENGTH: Final = 2_000


def text_column(name: str, *, filled: bool = False) -> ColumnRule:
    """Return the rule of a column of text of a sentence or more."""
    return ColumnRule(
        name, parse_text, required=filled, filled=filled, blank="", limit=LONG_TEXT_MAX_LENGTH
    )


def short_text_column(name: str) -> ColumnRule:
    """Return the rule of a column of text that stands in headings, labels and tables."""
    return ColumnRule(name, parse_text, required=True, filled=True)


def slug_column(name: str, *, filled: bool = True) -> ColumnRule:
    return ColumnRule(name, parse_slug, required=filled, filled=filled)


def filled_column(name: str, parse: CellParser) -> ColumnRule:
    return ColumnRule(name, parse, required=True, filled=True)


def url_column(name: str) -> ColumnRule:
    return ColumnRule(name, parse_url, blank="", limit=LONG_TEXT_MAX_LENGTH)


@dataclass(frozen=True, slots=True)
class EntryType:
    """One kind of catalogue entry: its table and the columns of its file.

    `key` are the columns of the table that name an entry; in the file they come first, and a
    correction may change them only where the kind is `renamable`. `name` is also the `kind` of its
    lines in the audit list.
    """

    name: str
    table: type[TableEntry]
    columns: tuple[ColumnRule, ...]
    key: tuple[str, ...] = ("slug",)
    renamable: bool = False

    @property
    def header(self) -> str:
        """The header line of its file."""
        return ",".join(column.name for column in self.columns)


# The file calls the slug by what it names (`source`, `developer`, `model`), since other files refer
# to it so; the table's column is `slug`. entry_cells and EditRegister.values translate.
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
        ColumnRule("window", parse_window, blank=Window.MONTH),
        ColumnRule("statistic", parse_statistic, blank=Statistic.SUM),
        slug_column("reports_on", filled=False),
        ColumnRule("cadence", parse_cadence),
        ColumnRule("publishes_after_days", parse_days_after),
    ),
)
COMPANY_TYPE: Final = EntryType(
    "companies",
    Company,
    (
        slug_column("company"),
        short_text_column("name"),
        ColumnRule("country", parse_country),
        slug_column("parent", filled=False),
        text_column("note"),
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
        slug_column("company", filled=False),
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
        ColumnRule("base_model", parse_text, blank=""),
        ColumnRule("hugging_face_id", parse_text, blank=""),
    ),
)
ALIAS_TYPE: Final = EntryType(
    "aliases",
    Alias,
    (
        filled_column("entry_type", choice_parser({word: word for word in NamedType}, NamedType)),
        slug_column("entry"),
        short_text_column("alias"),
        filled_column("kind", parse_slug),
        ColumnRule("retired", parse_yes, blank=False),
    ),
    key=("entry_type", "entry", "alias", "kind"),
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
    renamable=True,
)
# In this order files can be imported: what an entry names has to be there before.
ENTRY_TYPES: Final = (
    SOURCE_TYPE,
    COMPANY_TYPE,
    DEVELOPER_TYPE,
    MODEL_TYPE,
    ALIAS_TYPE,
    EVENT_TYPE,
)


def read_entries(session: Session, kind: EntryType) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield id and cells, by column, of every entry, sorted by its key.

    A file of these cells is read back as it was written: importing it changes nothing.
    """
    # All developers at once, instead of one more query for each model.
    slugs = {number: slug for slug, number in ids_by_slug(session, Developer).items()}
    order = [getattr(kind.table, name) for name in kind.key]
    entries: Iterable[Any] = session.scalars(select(kind.table).order_by(*order))
    for entry in entries:
        yield entry.id, entry_cells(kind, entry, slugs)


def entry_cells(kind: EntryType, entry: TableEntry, slugs: Mapping[int, str]) -> dict[str, str]:
    """Return an entry as the cells of its file, by column; `slugs` are the developers' by id."""
    # A table's columns have the names of the file's, but for the slug and references to developers.
    values = {column.name: getattr(entry, column.name, None) for column in kind.columns}
    if not isinstance(entry, Alias | Event):
        values[kind.columns[0].name] = entry.slug
    if isinstance(entry, Model):
        values["developer"] = slugs[entry.developer_id]
        # Ids begin at 1, so that 0 finds none.
        values["base_developer"] = slugs.get(entry.base_developer_id or 0)
    return {column.name: _cell(column, values[column.name]) for column in kind.columns}


def _cell(column: ColumnRule, value: Any) -> str:
    # These spellings also stand in the audit list, which is read back in history.py.
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    # A month and a day are both dates: only the column tells which of them is meant.
    return format_month(value) if column.parse is parse_month_cell else str(value)
