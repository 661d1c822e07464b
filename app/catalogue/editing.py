"""The editing of the catalogue: entries added and corrected, each with a line of the audit list."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.audit_list import write_audit_list
from app.catalogue.entry_types import (
    DEVELOPER_TYPE,
    EVENT_TYPE,
    MODEL_TYPE,
    SOURCE_TYPE,
    EntryType,
    TableEntry,
    entry_cells,
)
from app.catalogue.index import DeveloperToAdd, ModelToAdd
from app.catalogue.lookup import ids_by_slug
from app.catalogue.source_rules import SourceRules
from app.csv_io.reader import CsvRow, CsvTable, open_csv_table
from app.csv_io.schema import FileLimits
from app.database.locks import Lock
from app.database.tables import CatalogueChange, Developer, Event, Model, Source
from app.domain.errors import BadFileError, ConflictError, NotFoundError, Problem
from app.domain.matching import nearest_match
from app.domain.text import checked_reason

_EntryKey = tuple[Any, ...]


@dataclass(slots=True)
class EditCounts:
    """How many entries of a kind a file or form added, changed and left as they were."""

    kind: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def import_entries(
    session: Session, kind: EntryType, file: BinaryIO, limits: FileLimits, *, by: str, reason: str
) -> EditCounts:
    """Add and correct entries from a CSV file, all of them or none; no entry is removed.

    Raise BadFileError with every problem, BadInputError for the reason, ConflictError for a
    correction without one.
    """
    # The lock comes before the read of the entries, so that none changes in between.
    table = open_csv_table(file, kind.columns, limits)
    _refuse_nameless(table, kind)
    lock_catalogue(session)
    entries_now: Iterable[Any] = session.scalars(select(kind.table))
    entries_by_key = {_entry_key(kind, vars(entry)): entry for entry in entries_now}
    register = _EditRegister(session, kind, by, reason)
    lines: dict[_EntryKey, int] = {}
    for row in table:
        values = register.values(table, row)
        key = _entry_key(kind, values)
        if (first := lines.setdefault(key, row.line)) != row.line:
            expected = f"each entry once; it stands on line {first} already"
            name = kind.columns[0].name
            table.problems.add("entry_twice", row.line, 1, name, str(key[-1]), expected)
        elif not table.problems.count:
            register.put(entries_by_key.get(key), values)
    _refuse_problems(table)
    write_audit_list(session, register.notes)
    return register.changes


def edit_entry(
    session: Session,
    kind: EntryType,
    texts: Mapping[str, str],
    *,
    by: str,
    reason: str,
    entry_id: int | None = None,
) -> EditCounts:
    """Add one entry from a form's texts by column or, with `entry_id`, correct it.

    Raise BadFileError with a problem for each field at fault, BadInputError for the reason,
    NotFoundError, and ConflictError if a new entry exists, its slug would change, or a correction
    has no reason.
    """
    _refuse_blank(kind, texts)
    table = open_csv_table(_one_row(texts), kind.columns)
    lock_catalogue(session)
    register = _EditRegister(session, kind, by, reason)
    for row in table:
        values = register.values(table, row)
        if not table.problems.count:
            register.put(_entry_at(session, kind, entry_id, values), values)
    _refuse_problems(table)
    write_audit_list(session, register.notes)
    return register.changes


def lock_catalogue(session: Session) -> None:
    """Wait for other corrections, so that each sees the one before and notes what it changed."""
    session.execute(select(func.pg_advisory_xact_lock(Lock.CATALOGUE)))


def _refuse_blank(kind: EntryType, texts: Mapping[str, str]) -> None:
    """Refuse a form left empty, which the reader would pass over as a blank line."""
    if not any(text.strip() for text in texts.values()):
        expected = "a value: {} must not be blank"
        needed = [column.name for column in kind.columns if column.filled]
        problems = [
            Problem("blank", None, None, name, "", expected.format(name)) for name in needed
        ]
        raise _bad_file(problems)


def _one_row(texts: Mapping[str, str]) -> BinaryIO:
    """Return a form's fields as a CSV file, so that they are refused like a file's cells."""
    written = io.StringIO()
    csv.writer(written).writerows([list(texts), list(texts.values())])
    return io.BytesIO(written.getvalue().encode("utf-8", "surrogatepass"))


def _entry_at(
    session: Session, kind: EntryType, entry_id: int | None, values: Mapping[str, Any]
) -> TableEntry | None:
    entry: Any = session.get(kind.table, entry_id) if entry_id is not None else None
    if entry_id is not None and entry is None:
        raise NotFoundError(f"There is no entry {entry_id} among the {kind.name}")
    same = [getattr(kind.table, name) == values[name] for name in kind.key]
    other = session.scalars(select(kind.table).where(*same)).one_or_none()
    if other is not None and other is not entry:
        raise ConflictError(f"“{values[kind.key[-1]]}” is among the {kind.name} already")
    if isinstance(entry, Source | Developer | Model) and entry.slug != values["slug"]:
        detail = f"Links and files name it; it stays “{entry.slug}”."
        raise ConflictError("The slug of an entry cannot change", detail)
    entry_to_correct: TableEntry | None = entry
    return entry_to_correct


def _refuse_nameless(table: CsvTable, kind: EntryType) -> None:
    """Refuse a file without the columns that name an entry: its lines could not be told apart."""
    naming = kind.columns[: len(kind.key)]
    fields = {column.field for column in table.reading.columns}
    if fields and not fields.issuperset(column.name for column in naming):
        detail = f"Expected in the header of {kind.name}: {kind.header}"
        problems = table.problems
        raise BadFileError("The header does not fit", detail, problems.first, problems.count)


def _refuse_problems(table: CsvTable) -> None:
    if table.problems.count:
        raise _bad_file(table.problems.first, table.problems.count)


def _bad_file(problems: Sequence[Problem], count: int | None = None) -> BadFileError:
    return BadFileError("The catalogue entry has problems", "", problems, count)


def create_entries(
    session: Session,
    developers: Iterable[DeveloperToAdd],
    models: Iterable[ModelToAdd],
    *,
    by: str,
    reason: str,
) -> list[CatalogueChange]:
    """Add what a snapshot file names anew. Return its notes, for `write_audit_list` to write."""
    register = _EditRegister(session, DEVELOPER_TYPE, by, reason)
    for new in developers:
        register.put(None, {"slug": new.slug, "name": new.name, "origin": new.origin})
    session.flush()
    notes = register.notes
    register = _EditRegister(session, MODEL_TYPE, by, reason)
    for item in models:
        maker = register.developers[item.developer]
        values = {"slug": item.slug, "name": item.name, "openness": item.openness}
        register.put(None, values | {"developer_id": maker})
    session.flush()
    return notes + register.notes


class _EditRegister:
    """Changes entries of one kind, and collects a line of the audit list for each change."""

    def __init__(self, session: Session, kind: EntryType, by: str, reason: str) -> None:
        self.session = session
        self.kind = kind
        self.by = by
        self.reason = checked_reason(reason)
        self.developers = ids_by_slug(session, Developer)
        self.slugs = {number: slug for slug, number in self.developers.items()}
        self.source_rules = SourceRules(session)
        self.changes = EditCounts(kind.name)
        self.notes: list[CatalogueChange] = []

    def values(self, table: CsvTable, row: CsvRow) -> dict[str, Any]:
        """Return a file's row as columns of the table, without those that the file lacks."""
        names = [column.name for column in self.kind.columns]
        values = dict(zip(names, row.values, strict=True))
        values = {name: value for name, value in values.items() if table.header.position(name)}
        if self.kind is not EVENT_TYPE:
            values["slug"] = values.pop(names[0])
        if self.kind is MODEL_TYPE:
            for name in values.keys() & {"developer", "base_developer"}:
                slug = values.pop(name)
                values[f"{name}_id"] = self.developers.get(slug)
                if slug is not None and slug not in self.developers:
                    place = (row.line, table.header.position(name), name, slug)
                    expected = "the slug of a developer in the catalogue"
                    near = nearest_match(slug, self.developers)
                    table.problems.add("unknown_developer", *place, expected, near)
        if self.kind is SOURCE_TYPE:
            for fault in self.source_rules.faults(values):
                place = (row.line, table.header.position(fault.column), fault.column, fault.value)
                table.problems.add(fault.code, *place, fault.expected, fault.suggestion)
        return values

    def put(self, entry: TableEntry | None, values: Mapping[str, Any]) -> None:
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
            raise ConflictError("A reason is needed to correct the catalogue", _named_key(entry))
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
            key=_named_key(entry),
            reason=reason,
            before=before,
            after=after,
        )
        self.notes.append(change)


def _entry_key(kind: EntryType, values: Mapping[str, Any]) -> _EntryKey:
    return tuple(values[name] for name in kind.key)


def _named_key(entry: TableEntry) -> str:
    return f"{entry.date} {entry.title}" if isinstance(entry, Event) else entry.slug
