"""Publishes an upload: checks its stored bytes again, stores all of it under locks, or nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final, cast

import psycopg
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.catalogue.audit_list import write_audit_list
from app.catalogue.editing import create_entries
from app.catalogue.lookup import ids_by_slug, load_catalogue_index
from app.catalogue.withdrawn_names import CREATED_BY_UPLOAD
from app.csv_io.schema import FileLimits
from app.database.locks import Lock
from app.database.tables import CatalogueChange, Developer, Model, Snapshot, Source, Upload
from app.domain.calendar import format_month
from app.domain.errors import ConflictError, UnavailableError
from app.domain.snapshot import Line, SnapshotKey
from app.domain.text import checked_reason
from app.ingest.check import (
    LineProgress,
    check_expected_version,
    check_upload,
    current_upload_of_same_file,
    publishable_months,
    refuse_problems,
    review_version_of,
)
from app.ingest.rules.checked import CheckedFile
from app.ingest.stored_files import open_stored_file
from app.ingest.sums import write_sums
from app.ingest.upload_locks import lock_sources, lock_upload, refuse_closed_upload
from app.queries.upload_versions import current_snapshots_of


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What publishing did. `already`: the same bytes were current before, as `upload_id`."""

    upload_id: int
    published_at: datetime
    checked: CheckedFile
    already: bool = False


def publish_upload(
    session: Session,
    upload_id: int,
    *,
    by: str,
    reason: str = "",
    limits: FileLimits,
    expected: str | None = None,
    progress: LineProgress | None = None,
    stored: BinaryIO | None = None,
) -> PublishResult:
    """Make a kept file the current figures of its sources and months, all of it or nothing.

    Raises BadFileError with every problem; ConflictError where it was published or discarded, needs
    a reason, or is no longer the `expected` version of its review. The same bytes as what is
    current already are a no-op that names the first upload. `stored` is the kept file where the
    caller has it open.
    """
    reason = checked_reason(reason)
    upload = lock_upload(session, upload_id)
    refuse_closed_upload(upload)
    # The stored bytes are checked again, whatever the review said: the catalogue may have changed.
    with nullcontext(stored) if stored else open_stored_file(upload) as file:
        checked = _check_new_names_alone(session, upload, file, limits, progress)
        # Only now is it known which sources the file speaks of. Nobody else publishes on them
        # from here on, so that what is current stays so until the commit.
        lock_sources(session, {slug for slug, _ in checked.months})
        # Sending the same bytes twice is no error: a script may repeat what it is not sure of.
        if same := current_upload_of_same_file(session, upload):
            return PublishResult(same.id, _published_at(same), checked, already=True)
        keys = publishable_months(session, upload, checked)
        if not keys:
            return _already_current(session, checked)
        check_expected_version(expected, lambda: review_version_of(session, upload, checked, keys))
        _require_reason(session, keys, reason)
        notes = _store(session, upload, checked, keys, by)
    # Before the moment of publishing: at that vintage its names are known.
    write_audit_list(session, notes)
    _stamp_published(session, upload, by, reason)
    return PublishResult(upload.id, _published_at(upload), checked)


def _already_current(session: Session, checked: CheckedFile) -> PublishResult:
    """Return the first of the uploads whose figures say the same, line for line, as `already`."""
    current = current_snapshots_of(session, list(checked.months))
    first = session.get_one(Upload, min(snapshot.upload_id for snapshot in current.values()))
    return PublishResult(first.id, _published_at(first), checked, already=True)


def _check_new_names_alone(
    session: Session,
    upload: Upload,
    file: BinaryIO,
    limits: FileLimits,
    progress: LineProgress | None,
) -> CheckedFile:
    """Return the file checked, under the catalogue's lock if it brings new names.

    Raises BadFileError with every problem.
    """
    catalogue = load_catalogue_index(session)
    checked = check_upload(session, upload, file, catalogue, limits=limits, progress=progress)
    refuse_problems(checked)
    if checked.new_developers or checked.new_models:
        session.execute(select(func.pg_advisory_xact_lock(Lock.CATALOGUE)))
        # Another publisher may have brought the same names between the check and the lock. Where
        # the catalogue is the same, so is all that checking the same bytes against it gives.
        locked_catalogue = load_catalogue_index(session)
        if locked_catalogue != catalogue:
            checked = check_upload(
                session, upload, file, locked_catalogue, limits=limits, progress=progress
            )
            refuse_problems(checked)
    return checked


def _published_at(upload: Upload) -> datetime:
    if upload.published_at is None:
        raise ValueError(f"upload {upload.id} is not published")
    return upload.published_at


def _require_reason(session: Session, keys: Collection[SnapshotKey], reason: str) -> None:
    revised = list(current_snapshots_of(session, keys))
    if revised and not reason:
        listed = ", ".join(f"{slug} {format_month(month)}" for slug, month in revised[:12])
        more = f" and {len(revised) - 12} more" if len(revised) > 12 else ""
        title = "A reason is needed to revise published figures"
        raise ConflictError(title, f"Published already: {listed}{more}.")


def _store(
    session: Session, upload: Upload, checked: CheckedFile, keys: Collection[SnapshotKey], by: str
) -> list[CatalogueChange]:
    """Store the snapshots and lines of `keys`; return what the catalogue is to note of it."""
    notes = _create_new(session, upload, checked, by)
    # The new entries are flushed before their ids are read.
    snapshots = _snapshots(session, upload, checked, keys)
    developers = ids_by_slug(session, Developer)
    models = ids_by_slug(session, Model)
    _copy(session, _rows(checked.lines(), snapshots, developers, models))
    write_sums(session, upload.id)
    return notes


def _create_new(
    session: Session, upload: Upload, checked: CheckedFile, by: str
) -> list[CatalogueChange]:
    # Nobody can have added them meanwhile: the catalogue's lock is held since the check.
    reason = f"{CREATED_BY_UPLOAD}{upload.id}"
    return create_entries(session, checked.new_developers, checked.new_models, by=by, reason=reason)


def _snapshots(
    session: Session, upload: Upload, checked: CheckedFile, keys: Collection[SnapshotKey]
) -> dict[SnapshotKey, int]:
    sources = ids_by_slug(session, Source)
    made = {
        (slug, month): Snapshot(
            upload_id=upload.id,
            source_id=sources[slug],
            month=month,
            basis=summary.basis,
            first_day=summary.days and summary.days.first_day,
            last_day=summary.days and summary.days.last_day,
            days=summary.days and summary.days.days,
        )
        for (slug, month), summary in checked.months.items()
        if (slug, month) in keys
    }
    session.add_all(made.values())
    session.flush()
    return {key: snapshot.id for key, snapshot in made.items()}


OBSERVATION_COLUMNS: Final = (
    "snapshot_id", "line", "origin", "openness", "developer_id", "model_id",
    "share_pct", "value", "status", "note",
)  # fmt: skip
_NULL: Final = r"\N"
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_COPIED_AT_ONCE: Final = 1_000


def _rows(
    lines: Iterable[Line],
    snapshots: dict[SnapshotKey, int],
    developers: dict[str, int],
    models: dict[str, int],
) -> Iterator[str]:
    """Yield the lines of `snapshots` as COPY reads them, in the order of OBSERVATION_COLUMNS."""
    developer_ids, model_ids = _id_texts(developers), _id_texts(models)
    # One text for a line: psycopg takes three times as long to write the values one by one.
    for line in lines:
        snapshot = snapshots.get((line.source, line.month))
        if snapshot is not None:
            value = _NULL if line.value is None else line.value
            note = line.note and line.note.translate(_ESCAPES)
            # With !s, because to format a Decimal or a word takes far longer than its own text.
            yield (
                f"{snapshot!s}\t{line.line!s}\t{line.origin!s}\t{line.openness!s}"
                f"\t{developer_ids[line.developer]}\t{model_ids[line.model]}"
                f"\t{line.share_pct!s}\t{value!s}\t{line.status!s}\t{note}\n"
            )


def _id_texts(ids: Mapping[str, int]) -> dict[str | None, str]:
    return {None: _NULL} | {slug: str(number) for slug, number in ids.items()}


def _copy(session: Session, rows: Iterator[str]) -> None:
    # COPY is some fifteen times as fast as INSERT, and part of the same transaction.
    driver = cast(psycopg.Connection, session.connection().connection.dbapi_connection)
    statement = f"COPY observation ({', '.join(OBSERVATION_COLUMNS)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        while portion := "".join(islice(rows, _COPIED_AT_ONCE)):
            copy.write(portion)


def _stamp_published(session: Session, upload: Upload, by: str, reason: str) -> None:
    """The moment of publishing. Its lock is held to the commit: later moments are seen later."""
    session.execute(select(func.pg_advisory_xact_lock(Lock.STAMP)))
    _refuse_clock_set_back(session)
    session.execute(
        update(Upload)
        .where(Upload.id == upload.id)
        .values(published_at=func.clock_timestamp(), published_by=by, reason=reason)
    )
    session.refresh(upload, ["published_at"])


def _refuse_clock_set_back(session: Session) -> None:
    """Raise UnavailableError where the clock is behind the last publishing.

    The later moment wins: figures stamped now would stand below those published before.
    """
    last, now = session.execute(select(func.max(Upload.published_at), func.clock_timestamp())).one()
    if last is not None and last >= now:
        title = (
            f"The clock of the database is behind: the last publishing was at {last:%H:%M:%S} UTC"
        )
        raise UnavailableError(title, "Nothing was stored. Set the clock right, and publish again.")
