"""The only writer of snapshots: a file is kept, checked, published, and perhaps withdrawn."""

import hashlib
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Final, cast

import psycopg
from sqlalchemy import exists, func, select, tuple_, update
from sqlalchemy.orm import Session, undefer

from app import catalogue, queries, rules
from app.csv_reader import Limits
from app.errors import BadFile, Conflict, NotFound
from app.models import Developer, Model, Snapshot, Source, Upload
from app.months import month_key
from app.rules import Checked
from app.snapshot_format import Line
from app.words import Openness

Progress = Callable[[int], None]
SnapshotKey = tuple[str, date]

# Advisory lock spaces: any fixed numbers. One lock a source, and one for the moment of publishing.
SOURCE_LOCK: Final = 5_108_101
STAMP_LOCK: Final = 5_108_102

CHUNK: Final = 1 << 20
SPOOL: Final = 16 << 20


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
    limits: Limits,
    progress: Progress | None = None,
) -> Checked:
    """Reads a file against today's catalogue; stores nothing."""
    known = catalogue.known(session)
    return rules.check(
        file, known, source=source, openness=openness, limits=limits, progress=progress
    )


def keep(
    session: Session,
    file: BinaryIO,
    *,
    filename: str,
    by: str,
    source: str | None,
    openness: Openness,
) -> int:
    """Stores the bytes as they came; gives the upload's id. Raises NotFound for the source."""
    digest, size, packed = _pack(file)
    upload = Upload(
        filename=filename,
        sha256=digest,
        size=size,
        content=packed,
        source_id=catalogue.source_id(session, source) if source else None,
        openness=openness,
        received_by=by,
    )
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
    limits: Limits,
    progress: Progress | None = None,
) -> Published:
    """Makes a kept file the current figures of its sources and months, all of it or nothing.

    Raises BadFile with every problem; Conflict where it was published or needs a reason. The same
    bytes as what is current already are a no-op that names the first upload.
    """
    upload = _locked_upload(session, upload_id)
    with stored_file(upload) as file:
        checked = check(
            session,
            file,
            source=_source_slug(session, upload),
            openness=Openness(upload.openness),
            limits=limits,
            progress=progress,
        )
        refuse_problems(checked)
        _lock_sources(session, {slug for slug, _ in checked.months})
        if same := _same_and_current(session, upload):
            return Published(same.id, _moment(same), checked, already=True)
        _ask_reason(session, checked, reason)
        _store(session, upload, checked)
    _stamp(session, upload, by, reason)
    return Published(upload.id, _moment(upload), checked)


def _moment(upload: Upload) -> datetime:
    if upload.published_at is None:
        raise ValueError(f"upload {upload.id} is not published")
    return upload.published_at


def refuse_problems(checked: Checked) -> None:
    if checked.problem_count:
        count = checked.problem_count
        title = "The file has one problem" if count == 1 else f"The file has {count:,} problems"
        raise BadFile(title, "Nothing of it was stored.", checked.problems)


def _locked_upload(session: Session, upload_id: int) -> Upload:
    upload = session.get(Upload, upload_id, with_for_update=True, options=[undefer(Upload.content)])
    if upload is None:
        raise NotFound(f"There is no upload {upload_id}")
    if upload.published_at is not None:
        raise Conflict(f"Upload {upload_id} was published already")
    return upload


def _source_slug(session: Session, upload: Upload) -> str | None:
    return session.scalar(select(Source.slug).where(Source.id == upload.source_id))


def _lock_sources(session: Session, slugs: Iterable[str]) -> None:
    """One publisher at a time for a source, in a fixed order so that two never wait in a ring."""
    ids = session.scalars(select(Source.id).where(Source.slug.in_(slugs)).order_by(Source.id)).all()
    for source_id in ids:
        session.execute(select(func.pg_advisory_xact_lock(SOURCE_LOCK, source_id % 2**31)))


def _same_and_current(session: Session, upload: Upload) -> Upload | None:
    """An earlier upload of the same bytes and choices, all of whose snapshots are current."""
    current = queries.current_snapshots(None).subquery()
    superseded = exists().where(
        Snapshot.upload_id == Upload.id, Snapshot.id.not_in(select(current.c.id))
    )
    return session.scalars(
        select(Upload)
        .where(
            Upload.sha256 == upload.sha256,
            Upload.source_id.is_not_distinct_from(upload.source_id),
            Upload.openness == upload.openness,
            queries.standing_at(None),
            ~superseded,
        )
        .order_by(Upload.id)
        .limit(1)
    ).first()


def _ask_reason(session: Session, checked: Checked, reason: str) -> None:
    revised = revised_months(session, checked.months)
    if revised and not reason.strip():
        listed = ", ".join(f"{slug} {month_key(month)}" for slug, month in revised[:12])
        more = f" and {len(revised) - 12} more" if len(revised) > 12 else ""
        title = "A reason is needed to revise published figures"
        raise Conflict(title, f"Published already: {listed}{more}.")


def revised_months(session: Session, keys: Iterable[SnapshotKey]) -> Sequence[SnapshotKey]:
    """Those of the sources and months that have current figures."""
    current = queries.current_snapshots(None).subquery()
    found = session.execute(
        select(Source.slug, current.c.month)
        .join(current, current.c.source_id == Source.id)
        .where(tuple_(Source.slug, current.c.month).in_(list(keys)))
        .order_by(Source.slug, current.c.month)
    )
    return [(slug, month) for slug, month in found]


def _store(session: Session, upload: Upload, checked: Checked) -> None:
    catalogue.create(session, checked.new_developers, checked.new_models)
    snapshots = _snapshots(session, upload, checked)
    developers = catalogue.ids(session, Developer)
    models = catalogue.ids(session, Model)
    _copy(session, _rows(checked.lines(), snapshots, developers, models))


def _snapshots(session: Session, upload: Upload, checked: Checked) -> dict[SnapshotKey, int]:
    sources = catalogue.ids(session, Source)
    made = {}
    for (slug, month), found in checked.months.items():
        snapshot = Snapshot(
            upload_id=upload.id, source_id=sources[slug], month=month, basis=found.basis
        )
        session.add(snapshot)
        made[slug, month] = snapshot
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
    session.execute(select(func.pg_advisory_xact_lock(STAMP_LOCK)))
    session.execute(
        update(Upload)
        .where(Upload.id == upload.id)
        .values(published_at=func.clock_timestamp(), published_by=by, reason=reason.strip())
    )
    session.refresh(upload, ["published_at"])


def withdraw(session: Session, upload_id: int, *, by: str, reason: str) -> datetime:
    """Takes a published upload back: the figures before it are current again, as a new vintage."""
    session.execute(select(func.pg_advisory_xact_lock(STAMP_LOCK)))
    withdrawn = session.scalars(
        update(Upload)
        .where(Upload.id == upload_id, queries.standing_at(None))
        .values(withdrawn_at=func.clock_timestamp(), withdrawn_by=by, withdrawn_reason=reason)
        .returning(Upload.withdrawn_at)
    ).one_or_none()
    if withdrawn is None:
        raise Conflict(f"Upload {upload_id} is not among the published ones")
    return withdrawn
