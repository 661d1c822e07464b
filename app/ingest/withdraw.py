"""Withdraws, discards and reclassifies uploads."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.csv_io.schema import FileLimits, TableChoices
from app.database.locks import Lock
from app.database.tables import Upload
from app.domain.errors import ConflictError
from app.domain.text import checked_reason
from app.ingest.check import (
    check_expected_version,
    check_upload,
    publishable_months,
    refuse_problems,
)
from app.ingest.stored_files import WEB_LIMITS, copy_upload, open_stored_file
from app.ingest.upload_locks import lock_sources, lock_upload, refuse_closed_upload
from app.queries.upload_versions import review_version, snapshot_keys_of_upload, state_digest
from app.queries.uploads import read_upload_record


def withdraw_upload(
    session: Session, upload_id: int, *, by: str, reason: str, expected: str | None = None
) -> datetime:
    """Take a published upload back and return when that was, the instant of a new vintage.

    The figures before it are current again from then on. Raises BadInputError without a reason;
    NotFoundError; ConflictError where it is not published, or is no longer the `expected` version
    of its record.
    """
    reason = checked_reason(reason, needed=True)
    upload = lock_upload(session, upload_id)
    if upload.published_at is None or upload.withdrawn_at is not None:
        raise ConflictError(f"Upload {upload_id} is not among the published ones")
    lock_sources(session, {slug for slug, _ in snapshot_keys_of_upload(session, upload_id)})
    check_expected_version(expected, lambda: read_upload_record(session, upload_id).version)
    # Held to the commit: whoever reads at a later instant sees this withdrawal.
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


def discard_upload(
    session: Session, upload_id: int, *, by: str, expected: str | None = None
) -> None:
    """Close an upload that was never published. Its file stays, its figures never count.

    Raises NotFoundError; ConflictError where it was published or discarded, or is no longer in the
    state that the `expected` version, of its review or of its record, names.
    """
    upload = lock_upload(session, upload_id)
    refuse_closed_upload(upload)
    state = None if expected is None else state_digest(expected)
    check_expected_version(state, lambda: state_digest(review_version(upload, [])))
    session.execute(
        update(Upload)
        .where(Upload.id == upload_id)
        .values(discarded_at=func.clock_timestamp(), discarded_by=by)
    )


def choose_table(
    session: Session, upload_id: int, choices: TableChoices, *, by: str, expected: str
) -> int:
    """Store an unpublished file once more, to be read with `choices`, and discard the first.

    Returns the new upload's id. Raises ConflictError where it was published or discarded since.
    """
    discard_upload(session, upload_id, by=by, expected=expected)
    first = session.get_one(Upload, upload_id)
    again = copy_upload(first, by=by, table_choices=choices.as_stored())
    session.add(again)
    session.flush()
    return again.id


def reclassify_upload(
    session: Session, upload_id: int, *, by: str, limits: FileLimits = WEB_LIMITS
) -> int | None:
    """Store a published file once more, to be read with today's catalogue before its own lines.

    Returns the new upload's id, or None where that would change no current figure: then nothing is
    stored. Raises ConflictError where it is not published, BadFileError where it cannot be read
    that way.
    """
    first = lock_upload(session, upload_id)
    if first.published_at is None or first.withdrawn_at is not None:
        raise ConflictError(f"Upload {upload_id} is not among the published ones")
    again = copy_upload(first, by=by, reclassified=True)
    with open_stored_file(again) as file:
        checked = check_upload(session, again, file, limits=limits)
        refuse_problems(checked)
        # Only now is it added: an upload that changes nothing would stand in the list for ever.
        if not publishable_months(session, again, checked):
            return None
    session.add(again)
    session.flush()
    return again.id
