"""Locks an upload and its sources while it is decided on."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.locks import Lock
from app.database.tables import Source, Upload
from app.domain.errors import ConflictError, NotFoundError


def lock_upload(session: Session, upload_id: int) -> Upload:
    """Return the upload, locked until the transaction ends. Raises NotFoundError.

    Whoever changes an upload locks it first, then sources, then the moment.
    """
    # An id beyond bigint would be an error of the database, not an unknown upload.
    upload = session.get(Upload, upload_id, with_for_update=True) if upload_id < 2**63 else None
    if upload is None:
        raise NotFoundError(f"There is no upload {upload_id}")
    return upload


def refuse_closed_upload(upload: Upload) -> None:
    """Raise ConflictError for an upload that was published or discarded."""
    if upload.published_at is not None:
        raise ConflictError(f"Upload {upload.id} was published already")
    if upload.discarded_at is not None:
        raise ConflictError(f"Upload {upload.id} was discarded by {upload.discarded_by}")


def lock_sources(session: Session, slugs: Iterable[str]) -> None:
    """Let one publisher at a time at each source; the locks end with the transaction.

    They are taken in the order of ids, so that two publishers never wait for each other in a ring.
    """
    ids = session.scalars(select(Source.id).where(Source.slug.in_(slugs)).order_by(Source.id)).all()
    for source_id in ids:
        # The second key of an advisory lock is a 32-bit integer; ids are 64-bit.
        session.execute(select(func.pg_advisory_xact_lock(Lock.SOURCE, source_id % 2**31)))
