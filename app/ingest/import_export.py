"""Files in and out: imports what is named, exports what is current, in the same formats."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.edit_register import EditCounts
from app.catalogue.editing import import_entries
from app.catalogue.entry_types import ENTRY_TYPES, EntryType, read_entries
from app.catalogue.history import read_sources
from app.csv_io.file_type import is_workbook
from app.csv_io.reader import open_csv_table
from app.csv_io.schema import ColumnRule, FileLimits
from app.database.locks import Lock
from app.database.session import Database
from app.database.tables import Source, Upload
from app.database.vintages import read_current_months, vintage_at
from app.domain.errors import NotFoundError
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.ingest.check import check_file, refuse_problems
from app.ingest.publish import PublishResult, publish_upload
from app.ingest.review import review_checked_file
from app.ingest.rules.check_options import DEFAULT_OPTIONS, CheckOptions
from app.ingest.rules.checked import CheckedFile, Notice
from app.ingest.rules.provenance import read_uploads_file, write_uploads_file
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
from app.ingest.source_export import write_current_figures
from app.ingest.stored_files import WEB_LIMITS, new_upload, open_packed_file
from app.paths import DATA
from app.queries.upload_versions import current_snapshots_of

IMPORT_STATEMENT_TIMEOUT_S: Final = 3600
"""How long one statement may take: a million lines are copied in one."""

UPLOADS_FILE: Final = "uploads.csv"
"""The file beside a folder of snapshots that tells where each of them comes from."""

PathProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What goes for all files of one import: who brings them and why, and how they are read.

    With `check_only` nothing is stored.
    """

    by: str
    reason: str = ""
    check_only: bool = False
    reading: CheckOptions = DEFAULT_OPTIONS
    provenance: Provenance = UNKNOWN_PROVENANCE


BUNDLED_OPTIONS: Final = ImportOptions(by="bundled", reason="bundled with the release")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one file: catalogue changes, or figures checked and perhaps published.

    `revises` and `warnings` are of a check only: the sources and months that have published
    figures, and what a review of the file would warn of.
    """

    path: Path
    changes: EditCounts | None = None
    checked: CheckedFile | None = None
    published: PublishResult | None = None
    revises: tuple[tuple[str, date], ...] = ()
    warnings: tuple[Notice, ...] = ()


def is_empty(db: Database) -> bool:
    """Return whether the database has no source and no upload yet."""
    with db.reading() as session:
        return _is_empty(session)


def _is_empty(session: Session) -> bool:
    return not any(session.scalar(select(table.id).limit(1)) for table in (Source, Upload))


def list_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files named; of a directory its catalogue files, then its snapshots.

    The catalogue comes first because snapshots name its entries. Raises NotFoundError for a path
    that is neither, or a directory without any such file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            named = [path / f"{kind.name}.csv" for kind in ENTRY_TYPES]
            present = [file for file in named if file.is_file()]
            present += sorted((path / "snapshots").glob("*.csv"))
            if not present:
                raise NotFoundError(f"There is nothing to import in {path}")
            files += present
        elif path.is_file():
            files.append(path)
        else:
            raise NotFoundError(f"There is no file {path}")
    return files


def import_file(
    db: Database, path: Path, options: ImportOptions, progress: PathProgress | None = None
) -> ImportResult:
    """Read one file, a catalogue's or a snapshot's, and store all of it or nothing.

    Raises BadFileError with every problem, ConflictError where published figures change without a
    reason.
    """
    with db.writing(timeout_s=IMPORT_STATEMENT_TIMEOUT_S) as session:
        imported = _import(session, path, options, progress)
        # A check may have created entries, and a no-op has stored its bytes: neither stays.
        if options.check_only or (imported.published and imported.published.already):
            session.rollback()
        return imported


def _import(
    session: Session, path: Path, options: ImportOptions, progress: PathProgress | None = None
) -> ImportResult:
    with path.open("rb") as file:
        kind = detect_entry_type(file)
        if kind is None:
            return _import_snapshots(session, path, file, options, progress)
        by, reason = options.by, options.reason
        changes = import_entries(session, kind, file, FileLimits(), by=by, reason=reason)
        return ImportResult(path, changes=changes)


def _import_snapshots(
    session: Session,
    path: Path,
    file: BinaryIO,
    options: ImportOptions,
    progress: PathProgress | None,
) -> ImportResult:
    # Without this every line would be told as naming an unknown source.
    if not read_sources(vintage_at(session)):
        hint = "Import the catalogue first: the bundled app/data, or a sources.csv of your own."
        raise NotFoundError("There is no source yet", hint)
    if options.check_only:
        checked = check_file(session, file, options.reading, progress)
        refuse_problems(checked)
        revises = tuple(current_snapshots_of(session, checked.months))
        warnings = _review_warnings(session, path, file, options, checked)
        return ImportResult(path, checked=checked, revises=revises, warnings=warnings)
    upload = _new_upload(session, path, file, options)
    # Kept at hand: to have the database send a large file back doubles the memory of an import.
    packed = upload.content
    session.add(upload)
    session.flush()
    with open_packed_file(packed, upload.size) as stored:
        published = publish_upload(
            session,
            upload.id,
            by=options.by,
            reason=options.reason,
            limits=options.reading.limits,
            progress=progress,
            stored=stored,
        )
    return ImportResult(path, checked=published.checked, published=published)


def _new_upload(session: Session, path: Path, file: BinaryIO, options: ImportOptions) -> Upload:
    return new_upload(
        session,
        file,
        filename=path.name,
        by=options.by,
        source=options.reading.source,
        openness=options.reading.openness,
        provenance=options.provenance,
        choices=options.reading.choices,
    )


def _review_warnings(
    session: Session, path: Path, file: BinaryIO, options: ImportOptions, checked: CheckedFile
) -> tuple[Notice, ...]:
    """Return what a review warns of; of more lines than one holds, what the file alone says."""
    # A review keeps every line beside the current one: a million of them take too much memory.
    if checked.reading.lines > (WEB_LIMITS.lines or 0):
        return checked.notices
    upload = _new_upload(session, path, file, options)
    return review_checked_file(session, upload, checked).warnings


def uploads_files(files: Iterable[Path]) -> list[Path]:
    """Return each `uploads.csv` that stands beside the folder of one of the snapshot files."""
    folders = dict.fromkeys(file.parent for file in files if file.parent.name == "snapshots")
    listed = [folder.with_name(UPLOADS_FILE) for folder in folders]
    return [path for path in listed if path.is_file()]


def read_provenances(listed: Path) -> dict[Path, Provenance]:
    """Return where the snapshot files beside an `uploads.csv` come from. Raises BadFileError."""
    folder = listed.with_name("snapshots")
    with listed.open("rb") as file:
        provenances = read_uploads_file(file, {path.name for path in folder.iterdir()})
    return {folder / name: provenance for name, provenance in provenances.items()}


def import_bundled_data(db: Database) -> bool:
    """Put the bundled catalogue and snapshots into an empty database, all of them or none.

    They go through the reader and the checks that uploads go through. Returns False where there
    was something before; of two that start at once the second waits and finds it filled.
    """
    with db.writing(timeout_s=IMPORT_STATEMENT_TIMEOUT_S) as session:
        # Looked at under the lock: two servers may start on one empty database at once.
        session.execute(select(func.pg_advisory_xact_lock(Lock.FILL)))
        if not _is_empty(session):
            return False
        files = list_files([DATA])
        provenances: dict[Path, Provenance] = {}
        for listed in uploads_files(files):
            provenances |= read_provenances(listed)
        for path in files:
            provenance = provenances.get(path, UNKNOWN_PROVENANCE)
            _import(session, path, replace(BUNDLED_OPTIONS, provenance=provenance))
        return True


def export_files(db: Database, directory: Path) -> list[Path]:
    """Write the catalogue and every source's current snapshots; return the files written.

    `import` of the directory reads back the same figures. A source is one file, whichever uploads
    its months are from: `uploads.csv` says of it where the latest month comes from.
    """
    (directory / "snapshots").mkdir(parents=True, exist_ok=True)
    provenances: dict[str, Provenance] = {}
    with db.reading() as session:
        written = [_write_kind(session, kind, directory) for kind in ENTRY_TYPES]
        with_figures = {slug for slug, _ in read_current_months(vintage_at(session))}
        for source in read_sources(vintage_at(session)):
            # A slug may hold a slash, which no file name can.
            path = directory / "snapshots" / f"{quote(source.slug, safe='')}.csv"
            if source.slug in with_figures:
                with path.open("w", encoding="utf-8", newline="") as out:
                    write_current_figures(session, source.slug, out)
                written.append(path)
                provenances[path.name] = source.provenance
    listed = directory / UPLOADS_FILE
    with listed.open("w", encoding="utf-8", newline="") as out:
        write_uploads_file(provenances, out)
    return [*written, listed]


def _write_kind(session: Session, kind: EntryType, directory: Path) -> Path:
    path = directory / f"{kind.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        # Cells are written as they are, without the guard against formulas that downloads have:
        # this file is read back.
        writer = csv.writer(out, lineterminator="\n")
        out.write(f"{kind.header}\n")
        writer.writerows(entry.values() for _, entry in read_entries(session, kind))
    return path


def detect_entry_type(file: BinaryIO) -> EntryType | None:
    """Return the kind of catalogue file whose columns the header names most of.

    None is a snapshot file, also where as many of its columns are named; a workbook is one.
    """
    if is_workbook(file):
        return None
    best, most = None, _named(file, UPLOAD_COLUMNS)
    for kind in ENTRY_TYPES:
        if (count := _named(file, kind.columns)) > most:
            best, most = kind, count
    return best


def _named(file: BinaryIO, columns: Sequence[ColumnRule]) -> int:
    return len(open_csv_table(file, columns).reading.columns)
