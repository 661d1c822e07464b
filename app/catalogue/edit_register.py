"""One file or form of the catalogue being written: its entries changed, each change noted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.catalogue.entry_types import (
    ALIAS_TYPE,
    COMPANY_TYPE,
    DEVELOPER_TYPE,
    MODEL_TYPE,
    EntryType,
    TableEntry,
    entry_cells,
)
from app.catalogue.lookup import ids_by_slug
from app.csv_io.reader import CsvRow, CsvTable
from app.database.name_tables import Alias, Company
from app.database.tables import CatalogueChange, Developer, Event, Model
from app.domain.errors import ConflictError
from app.domain.naming.matching import nearest_match
from app.domain.naming.names import NamedType
from app.domain.text import checked_reason

EntryKey = tuple[Any, ...]


@dataclass(slots=True)
class EditCounts:
    """How many entries of a kind a file or form added, changed and left as they were."""

    kind: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0


class EditRegister:
    """Changes entries of one kind, and collects a line of the audit list for each change."""

    def __init__(self, session: Session, kind: EntryType, by: str, reason: str) -> None:
        self.session = session
        self.kind = kind
        self.by = by
        self.reason = checked_reason(reason)
        self.developers = ids_by_slug(session, Developer)
        self.slugs = {number: slug for slug, number in self.developers.items()}
        self.known = self._slugs_named()
        self.changes = EditCounts(kind.name)
        self.notes: list[CatalogueChange] = []

    def _slugs_named(self) -> dict[str, Collection[str]]:
        """Return the slugs that the kind's columns may name, by type of entry."""
        if self.kind is DEVELOPER_TYPE:
            return {NamedType.COMPANY: ids_by_slug(self.session, Company)}
        if self.kind is MODEL_TYPE:
            return {NamedType.DEVELOPER: self.developers}
        if self.kind is ALIAS_TYPE:
            return {
                NamedType.COMPANY: ids_by_slug(self.session, Company),
                NamedType.DEVELOPER: self.developers,
                NamedType.MODEL: ids_by_slug(self.session, Model),
            }
        return {}

    def values(self, table: CsvTable, row: CsvRow) -> dict[str, Any]:
        """Return a file's row as columns of the table, without those that the file lacks."""
        names = [column.name for column in self.kind.columns]
        values = dict(zip(names, row.values, strict=True))
        values = {name: value for name, value in values.items() if table.header.position(name)}
        if self.kind.key == ("slug",):
            values["slug"] = values.pop(names[0])
        if self.kind is COMPANY_TYPE and values.get("parent") == values["slug"]:
            # Longer circles are found when all companies are written: see `name_rules`.
            place = (row.line, table.header.position("parent"), "parent", str(values["slug"]))
            table.problems.add("own_parent", *place, "another company, or nothing")
        if self.kind is DEVELOPER_TYPE:
            self._check_slug(table, row.line, "company", values.get("company"), NamedType.COMPANY)
        if self.kind is ALIAS_TYPE and values.get("entry_type"):
            self._check_slug(table, row.line, "entry", values.get("entry"), values["entry_type"])
        if self.kind is MODEL_TYPE:
            for name in values.keys() & {"developer", "base_developer"}:
                slug = values.pop(name)
                values[f"{name}_id"] = self.developers.get(slug)
                self._check_slug(table, row.line, name, slug, NamedType.DEVELOPER)
        return values

    def _check_slug(
        self, table: CsvTable, line: int, column: str, slug: str | None, kind: NamedType
    ) -> None:
        """Add a problem where a cell names an entry that the catalogue does not have."""
        if slug is None or slug in self.known[kind]:
            return
        place = (line, table.header.position(column), column, slug)
        expected = f"the slug of a {kind} in the catalogue"
        near = nearest_match(slug, self.known[kind])
        table.problems.add(f"unknown_{kind}", *place, expected, near)

    def put(self, entry: TableEntry | None, values: Mapping[str, Any]) -> None:
        """Add an entry or, where there is one already, correct it."""
        if entry is None:
            self._add(values)
        elif any(getattr(entry, name) != value for name, value in values.items()):
            self._correct(entry, values)
        else:
            self.changes.unchanged += 1

    def _add(self, values: Mapping[str, Any]) -> None:
        entry = self.kind.table(**values)
        self.session.add(entry)
        after = {
            name: cell for name, cell in entry_cells(self.kind, entry, self.slugs).items() if cell
        }
        self._note(entry, self.reason or "added", None, after)
        self.changes.added += 1

    def _correct(self, entry: TableEntry, values: Mapping[str, Any]) -> None:
        if not self.reason:
            raise ConflictError("A reason is needed to correct the catalogue", named_key(entry))
        before = entry_cells(self.kind, entry, self.slugs)
        for name, value in values.items():
            setattr(entry, name, value)
        after = entry_cells(self.kind, entry, self.slugs)
        differing = [name for name in after if after[name] != before[name]]
        old, new = ({name: cells[name] for name in differing} for cells in (before, after))
        self._note(entry, self.reason, old, new)
        self.changes.changed += 1

    def _note(
        self,
        entry: TableEntry,
        reason: str,
        before: dict[str, str] | None,
        after: dict[str, str],
    ) -> None:
        change = CatalogueChange(
            by=self.by,
            kind=self.kind.name,
            key=named_key(entry),
            reason=reason,
            before=before,
            after=after,
        )
        self.notes.append(change)


def entry_key(kind: EntryType, values: Mapping[str, Any]) -> EntryKey:
    """Return the values of the columns that name an entry of the kind."""
    return tuple(values[name] for name in kind.key)


def named_key(entry: TableEntry) -> str:
    """Return how the audit list names an entry; triggers of the database compare it."""
    match entry:
        case Event():
            return f"{entry.date} {entry.title}"
        case Alias():
            return f"{entry.entry_type} {entry.entry} {entry.alias} {entry.kind}"
    return entry.slug
