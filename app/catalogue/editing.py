"""The editing of the catalogue: entries added and corrected, each with a line of the audit list."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.audit_list import write_audit_list
from app.catalogue.edit_register import EditCounts, EditRegister, EntryKey, entry_key
from app.catalogue.entry_types import (
    DEVELOPER_TYPE,
    MODEL_TYPE,
    SOURCE_TYPE,
    EntryType,
    TableEntry,
)
from app.catalogue.index import DeveloperToAdd, ModelToAdd
from app.catalogue.name_rules import check_names
from app.catalogue.source_rules import check_sources
from app.csv_io.reader import CsvTable, open_csv_table
from app.csv_io.schema import FileLimits
from app.database.locks import Lock
from app.database.name_tables import Alias
from app.database.tables import CatalogueChange
from app.domain.errors import BadFileError, ConflictError, NotFoundError, Problem


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
    entries_by_key = {entry_key(kind, vars(entry)): entry for entry in entries_now}
    register = EditRegister(session, kind, by, reason)
    lines: dict[EntryKey, int] = {}
    written: dict[int, Mapping[str, Any]] = {}
    for row in table:
        values = register.values(table, row)
        key = entry_key(kind, values)
        if (first := lines.setdefault(key, row.line)) != row.line:
            expected = f"each entry once; it stands on line {first} already"
            name = kind.columns[0].name
            table.problems.add("entry_twice", row.line, 1, name, str(key[-1]), expected)
        elif not table.problems.count:
            register.put(entries_by_key.get(key), values)
            written[row.line] = values
    _refuse_problems(table)
    _check_written(session, kind, table, written)
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
    register = EditRegister(session, kind, by, reason)
    for row in table:
        values = register.values(table, row)
        if not table.problems.count:
            register.put(_entry_at(session, kind, entry_id, values), values)
            _check_written(session, kind, table, {row.line: values})
    _refuse_problems(table)
    write_audit_list(session, register.notes)
    return register.changes


def _check_written(
    session: Session, kind: EntryType, table: CsvTable, written: Mapping[int, Mapping[str, Any]]
) -> None:
    """Add problems for what only shows when all entries of a file are written."""
    if kind is SOURCE_TYPE:
        check_sources(session, table, written)
    else:
        check_names(session, kind, table, written)


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
    if (
        entry is not None
        and not kind.renamable
        and entry_key(kind, vars(entry)) != entry_key(kind, values)
    ):
        if isinstance(entry, Alias):
            raise ConflictError("An alias cannot change", "Retire it, and add another.")
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
    register = EditRegister(session, DEVELOPER_TYPE, by, reason)
    for new in developers:
        register.put(None, {"slug": new.slug, "name": new.name, "origin": new.origin})
    session.flush()
    notes = register.notes
    register = EditRegister(session, MODEL_TYPE, by, reason)
    for item in models:
        maker = register.developers[item.developer]
        values = {"slug": item.slug, "name": item.name, "openness": item.openness}
        register.put(None, values | {"developer_id": maker})
    session.flush()
    return notes + register.notes
