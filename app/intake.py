"""The only writer of snapshots: a file is kept, checked, published, and perhaps withdrawn."""

import hashlib
import re
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final, cast

import psycopg
from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from app import checking, rules
from app.catalogue.editing import create_entries, write_audit_list
from app.catalogue.lookup import find_source_id, ids_by_slug, load_catalogue_index
from app.csv_io.schema import FileLimits
from app.database.locks import Lock
from app.database.tables import CatalogueChange, Developer, Model, Snapshot, Source, Upload
from app.database.vintages import current_snapshots, is_current_at
from app.domain.calendar import format_month
from app.domain.errors import BadFileError, ConflictError, NotFoundError, UnavailableError, excerpt
from app.domain.snapshot import Line, SnapshotKey
from app.domain.text import checked_reason
from app.domain.vocabulary import Openness
from app.queries.lines import lines_of_snapshots
from app.queries.upload_versions import (
    current_snapshots_of,
    review_version,
    snapshot_keys_of_upload,
    state_digest,
)
from app.queries.uploads import read_upload_record
from app.rules import Checked

Progress = Callable[[int], None]

CHUNK: Final = 1 << 20
SPOOL: Final = 16 << 20
WEB_LIMITS: Final = FileLimits()


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `already`: the same bytes were current before, as `upload_id`."""

    upload_id: int
    published_at: datetime
    checked: Checked
    already: bool = False


def check(
    session: Session,
    file: BinaryIO,
    *,
    source: str | None,
    openness: Openness,
    reclassify: bool = False,
    limits: FileLimits,
    progress: Progress | None = None,
) -> Checked:
    """Reads a file against today's catalogue; stores nothing. With `progress` in this process."""
    known = load_catalogue_index(session)
    if progress is not None:
        return rules.check(
            file,
            known,
            source=source,
            openness=openness,
            reclassify=reclassify,
            limits=limits,
            progress=progress,
        )
    return checking.check(
        file, known, source=source, openness=openness, reclassify=reclassify, limits=limits
    )


def received(
    session: Session,
    file: BinaryIO,
    *,
    filename: str,
    by: str,
    source: str | None,
    openness: Openness,
) -> Upload:
    """The bytes as they came, not stored yet. Raises NotFoundError for the source."""
    digest, size, packed = _pack(file)
    return Upload(
        filename=file_name(filename),
        sha256=digest,
        size=size,
        content=packed,
        source_id=find_source_id(session, source) if source else None,
        openness=openness,
        reclassified=False,
        received_by=by,
    )


def file_name(text: str) -> str:
    """The last part of a path, at most 200 visible characters."""
    return excerpt(re.split(r"[/\\]", text)[-1].strip(), 200) or "unnamed.csv"


def keep(
    session: Session,
    file: BinaryIO,
    *,
    filename: str,
    by: str,
    source: str | None,
    openness: Openness,
) -> int:
    """Stores the bytes as they came; gives the upload's id. Raises NotFoundError for the source."""
    upload = received(session, file, filename=filename, by=by, source=source, openness=openness)
    session.add(upload)
    session.flush()
    return upload.id


def _pack(file: BinaryIO) -> tuple[bytes, int, bytes]:
    digest, packer, size, packed = hashlib.sha256(), zlib.compressobj(), 0, bytearray()
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        packed += packer.compress(chunk)
        size += len(chunk)
    packed += packer.flush()
    return digest.digest(), size, bytes(packed)


def stored_file(upload: Upload) -> BinaryIO:
    """The file as it was received; large ones on disk."""
    unpacker = zlib.decompressobj()
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 - the caller closes it
    rest = upload.content
    while rest:
        file.write(unpacker.decompress(rest, CHUNK))
        rest = unpacker.unconsumed_tail
    file.write(unpacker.flush())
    file.seek(0)
    return file  # type: ignore[return-value]  # a SpooledTemporaryFile is no BinaryIO to typeshed


def publish(
    session: Session,
    upload_id: int,
    *,
    by: str,
    reason: str = "",
    limits: FileLimits,
    expected: str | None = None,
    progress: Progress | None = None,
) -> Published:
    """Makes a kept file the current figures of its sources and months, all of it or nothing.

    Raises BadFileError with every problem; ConflictError where it was published or discarded, needs
    a reason, or is no longer the `expected` version of its review. The same bytes as what is
    current already are a no-op that names the first upload.
    """
    reason = checked_reason(reason)
    upload = _locked_upload(session, upload_id)
    _refuse_closed(upload)
    with stored_file(upload) as file:
        checked = _checked_alone(session, upload, file, limits, progress)
        _lock_sources(session, {slug for slug, _ in checked.months})
        if same := same_and_current(session, upload):
            return Published(same.id, _moment(same), checked, already=True)
        keys = publishable(session, upload, checked)
        if not keys:
            return _standing_already(session, checked)
        _expect(expected, lambda: version(session, upload, checked, keys))
        _ask_reason(session, keys, reason)
        notes = _store(session, upload, checked, keys, by)
    # Before the moment of publishing: at that vintage its names are known.
    write_audit_list(session, notes)
    _stamp(session, upload, by, reason)
    return Published(upload.id, _moment(upload), checked)


def _standing_already(session: Session, checked: Checked) -> Published:
    """All its figures are current, line for line, though perhaps from other bytes."""
    standing = current_snapshots_of(session, list(checked.months))
    first = session.get_one(Upload, min(one.upload_id for one in standing.values()))
    return Published(first.id, _moment(first), checked, already=True)


def _checked_alone(
    session: Session,
    upload: Upload,
    file: BinaryIO,
    limits: FileLimits,
    progress: Progress | None,
) -> Checked:
    """The file checked; where it brings new names, no other publisher may bring them meanwhile."""
    checked = check_upload(session, upload, file, limits=limits, progress=progress)
    refuse_problems(checked)
    if checked.new_developers or checked.new_models:
        session.execute(select(func.pg_advisory_xact_lock(Lock.CATALOGUE)))
        checked = check_upload(session, upload, file, limits=limits)
        refuse_problems(checked)
    return checked


def check_upload(
    session: Session,
    upload: Upload,
    file: BinaryIO,
    *,
    limits: FileLimits,
    progress: Progress | None = None,
) -> Checked:
    """Its file read against today's catalogue, with what was chosen beside it."""
    return check(
        session,
        file,
        source=session.scalar(select(Source.slug).where(Source.id == upload.source_id)),
        openness=Openness(upload.openness),
        reclassify=upload.reclassified,
        limits=limits,
        progress=progress,
    )


def publishable(session: Session, upload: Upload, checked: Checked) -> frozenset[SnapshotKey]:
    """The sources and months a sound file would publish: those that differ from what is current.

    Of a reclassified one only months whose current figures come from the same bytes.
    """
    if checked.problem_count:
        return frozenset()
    standing = current_snapshots_of(session, list(checked.months))
    if upload.reclassified:
        standing = {key: one for key, one in standing.items() if one.sha256 == upload.sha256}
    ids = [one.snapshot_id for one in standing.values()]
    current = _digests(lines_of_snapshots(session, ids))
    compared = (line for line in checked.lines() if (line.source, line.month) in standing)
    given = _digests(compared) if standing else {}
    differing = {key for key in standing if given.get(key) != current.get(key)}
    new = set() if upload.reclassified else checked.months.keys() - standing.keys()
    return frozenset(differing | new)


def _digests(lines: Iterable[Line]) -> dict[SnapshotKey, int]:
    """A number for the lines of each month, whatever their order: equal where they say the same."""
    sums: dict[SnapshotKey, int] = defaultdict(int)
    for line in lines:
        value = None if line.value is None else line.value.normalize()
        said = (*_meaning(line), line.share_pct.normalize(), value, line.status.value, line.note)
        sums[line.source, line.month] += int.from_bytes(
            hashlib.sha256(repr(said).encode()).digest()
        )
    return sums


def _meaning(line: Line) -> tuple[str | None, ...]:
    """What the catalogue has a say in."""
    return (line.origin, line.openness, line.developer, line.model)


def version(
    session: Session, upload: Upload, checked: Checked, keys: Collection[SnapshotKey]
) -> str:
    """Names all that publishing depends on: the upload, the current months, the catalogue."""
    standing = current_snapshots_of(session, keys)
    digest = hashlib.sha256()
    if not checked.problem_count:
        for line in checked.lines():
            digest.update(repr((line.source, line.month, *_meaning(line))).encode())
    return review_version(
        upload, [one.snapshot_id for one in standing.values()], digest.hexdigest()
    )


def _expect(expected: str | None, actual: Callable[[], str]) -> None:
    if expected is not None and expected != actual():
        detail = "Others have published, withdrawn or corrected something. Look at it again first."
        raise ConflictError("This is not what you looked at any more", detail)


def _moment(upload: Upload) -> datetime:
    if upload.published_at is None:
        raise ValueError(f"upload {upload.id} is not published")
    return upload.published_at


def refuse_problems(checked: Checked) -> None:
    if checked.problem_count:
        count = checked.problem_count
        title = "The file has one problem" if count == 1 else f"The file has {count:,} problems"
        raise BadFileError(title, "Nothing of it was stored.", checked.problems, count)


def _locked_upload(session: Session, upload_id: int) -> Upload:
    """Raises NotFoundError.

    Whoever changes an upload locks it first, then sources, then the moment.
    """
    upload = session.get(Upload, upload_id, with_for_update=True) if upload_id < 2**63 else None
    if upload is None:
        raise NotFoundError(f"There is no upload {upload_id}")
    return upload


def _refuse_closed(upload: Upload) -> None:
    if upload.published_at is not None:
        raise ConflictError(f"Upload {upload.id} was published already")
    if upload.discarded_at is not None:
        raise ConflictError(f"Upload {upload.id} was discarded by {upload.discarded_by}")


def _lock_sources(session: Session, slugs: Iterable[str]) -> None:
    """One publisher at a time for a source, in a fixed order so that two never wait in a ring."""
    ids = session.scalars(select(Source.id).where(Source.slug.in_(slugs)).order_by(Source.id)).all()
    for source_id in ids:
        session.execute(select(func.pg_advisory_xact_lock(Lock.SOURCE, source_id % 2**31)))


def same_and_current(session: Session, upload: Upload) -> Upload | None:
    """An earlier upload of the same bytes and choices, all of whose snapshots are current."""
    current = current_snapshots(None).subquery()
    superseded = exists().where(
        Snapshot.upload_id == Upload.id, Snapshot.id.not_in(select(current.c.id))
    )
    return session.scalars(
        select(Upload)
        .where(
            Upload.sha256 == upload.sha256,
            Upload.source_id.is_not_distinct_from(upload.source_id),
            Upload.openness == upload.openness,
            Upload.reclassified == upload.reclassified,
            is_current_at(None),
            ~superseded,
        )
        .order_by(Upload.id)
        .limit(1)
    ).first()


def _ask_reason(session: Session, keys: Collection[SnapshotKey], reason: str) -> None:
    revised = list(current_snapshots_of(session, keys))
    if revised and not reason:
        listed = ", ".join(f"{slug} {format_month(month)}" for slug, month in revised[:12])
        more = f" and {len(revised) - 12} more" if len(revised) > 12 else ""
        title = "A reason is needed to revise published figures"
        raise ConflictError(title, f"Published already: {listed}{more}.")


def _store(
    session: Session, upload: Upload, checked: Checked, keys: Collection[SnapshotKey], by: str
) -> list[CatalogueChange]:
    """What the catalogue is to note of it."""
    notes = _create_new(session, upload, checked, by)
    snapshots = _snapshots(session, upload, checked, keys)
    developers = ids_by_slug(session, Developer)
    models = ids_by_slug(session, Model)
    lines = (line for line in checked.lines() if (line.source, line.month) in snapshots)
    _copy(session, _rows(lines, snapshots, developers, models))
    return notes


def _create_new(
    session: Session, upload: Upload, checked: Checked, by: str
) -> list[CatalogueChange]:
    """Nobody can have added them meanwhile: the catalogue's lock is held since the check."""
    reason = f"named in upload {upload.id}"
    return create_entries(session, checked.new_developers, checked.new_models, by=by, reason=reason)


def _snapshots(
    session: Session, upload: Upload, checked: Checked, keys: Collection[SnapshotKey]
) -> dict[SnapshotKey, int]:
    sources = ids_by_slug(session, Source)
    made = {
        (slug, month): Snapshot(
            upload_id=upload.id, source_id=sources[slug], month=month, basis=found.basis
        )
        for (slug, month), found in checked.months.items()
        if (slug, month) in keys
    }
    session.add_all(made.values())
    session.flush()
    return {key: snapshot.id for key, snapshot in made.items()}


COLUMNS: Final = (
    "snapshot_id", "line", "origin", "openness", "developer_id", "model_id",
    "share_pct", "value", "status", "note",
)  # fmt: skip


def _rows(
    lines: Iterable[Line],
    snapshots: dict[SnapshotKey, int],
    developers: dict[str, int],
    models: dict[str, int],
) -> Iterator[tuple[object, ...]]:
    for line in lines:
        yield (
            snapshots[line.source, line.month],
            line.line,
            line.origin,
            line.openness,
            developers[line.developer] if line.developer else None,
            models[line.model] if line.model else None,
            line.share_pct,
            line.value,
            line.status,
            line.note,
        )


def _copy(session: Session, rows: Iterable[tuple[object, ...]]) -> None:
    """COPY is some fifteen times as fast as INSERT, and part of the same transaction."""
    driver = cast(psycopg.Connection, session.connection().connection.dbapi_connection)
    statement = f"COPY observation ({', '.join(COLUMNS)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _stamp(session: Session, upload: Upload, by: str, reason: str) -> None:
    """The moment of publishing. Its lock is held to the commit: later moments are seen later."""
    session.execute(select(func.pg_advisory_xact_lock(Lock.STAMP)))
    _refuse_past(session)
    session.execute(
        update(Upload)
        .where(Upload.id == upload.id)
        .values(published_at=func.clock_timestamp(), published_by=by, reason=reason)
    )
    session.refresh(upload, ["published_at"])


def _refuse_past(session: Session) -> None:
    """A clock that was set back would have the figures published before win."""
    last, now = session.execute(select(func.max(Upload.published_at), func.clock_timestamp())).one()
    if last is not None and last >= now:
        title = (
            f"The clock of the database is behind: the last publishing was at {last:%H:%M:%S} UTC"
        )
        raise UnavailableError(title, "Nothing was stored. Set the clock right, and publish again.")


def withdraw(
    session: Session, upload_id: int, *, by: str, reason: str, expected: str | None = None
) -> datetime:
    """Takes a published upload back: the figures before it are current again, as a new vintage.

    Raises BadInputError without a reason; NotFoundError; ConflictError where it is not published,
    or is no longer the `expected` version of its record.
    """
    reason = checked_reason(reason, needed=True)
    upload = _locked_upload(session, upload_id)
    if upload.published_at is None or upload.withdrawn_at is not None:
        raise ConflictError(f"Upload {upload_id} is not among the published ones")
    _lock_sources(session, {slug for slug, _ in snapshot_keys_of_upload(session, upload_id)})
    _expect(expected, lambda: read_upload_record(session, upload_id).version)
    session.execute(select(func.pg_advisory_xact_lock(Lock.STAMP)))
    withdrawn = session.scalars(
        update(Upload)
        .where(Upload.id == upload_id)
        .values(withdrawn_at=func.clock_timestamp(), withdrawn_by=by, withdrawn_reason=reason)
        .returning(Upload.withdrawn_at)
    ).one()
    if withdrawn is None:
        raise ValueError(f"upload {upload_id} is not withdrawn")
    return withdrawn


def discard(session: Session, upload_id: int, *, by: str, expected: str | None = None) -> None:
    """Closes an upload that was never published. Its file stays, its figures never count.

    Raises NotFoundError; ConflictError where it was published or discarded, or is no longer in the
    state that the `expected` version, of its review or of its record, names.
    """
    upload = _locked_upload(session, upload_id)
    _refuse_closed(upload)
    state = None if expected is None else state_digest(expected)
    _expect(state, lambda: state_digest(review_version(upload, [])))
    session.execute(
        update(Upload)
        .where(Upload.id == upload_id)
        .values(discarded_at=func.clock_timestamp(), discarded_by=by)
    )


def reclassify(
    session: Session, upload_id: int, *, by: str, limits: FileLimits = WEB_LIMITS
) -> int | None:
    """Keeps a published file once more, to be read with today's catalogue before its own lines.

    Gives the new upload's id, or None where that would change no current figure: then nothing is
    stored. Raises ConflictError where it is not published, BadFileError where it cannot be read
    that way.
    """
    first = _locked_upload(session, upload_id)
    if first.published_at is None or first.withdrawn_at is not None:
        raise ConflictError(f"Upload {upload_id} is not among the published ones")
    again = Upload(
        filename=first.filename,
        sha256=first.sha256,
        size=first.size,
        content=first.content,
        source_id=first.source_id,
        openness=first.openness,
        reclassified=True,
        received_by=by,
    )
    with stored_file(again) as file:
        checked = check_upload(session, again, file, limits=limits)
        refuse_problems(checked)
        if not publishable(session, again, checked):
            return None
    session.add(again)
    session.flush()
    return again.id
