"""Mended copies of uploads: a copy is an upload of its own, and the original stays as it is."""

import hashlib
import io
import re

from sqlalchemy.orm import Session

from app.catalogue.lookup import load_catalogue_index
from app.csv_io.file_type import is_workbook
from app.csv_io.schema import FileLimits
from app.database.tables import Upload
from app.domain.errors import ConflictError, NotFoundError
from app.ingest.check import check_options_of
from app.ingest.mending.suggestions import KindChoice, MendedFile, MendTask
from app.ingest.rules.check_process import run_task
from app.ingest.stored_files import WEB_LIMITS, open_stored_file, pack_file
from app.ingest.upload_locks import refuse_closed_upload

_MENDED = re.compile(r" mended from upload [0-9]+(?=(?:\.[^.]*)?$)")


def mend_upload(
    session: Session, upload_id: int, choice: KindChoice, limits: FileLimits = WEB_LIMITS
) -> MendedFile:
    """Return the file of an upload with the suggestions of a kind in it; nothing is stored.

    Raises NotFoundError, ConflictError where the upload is closed or has no such suggestion.
    """
    upload = session.get(Upload, upload_id)
    if upload is None:
        raise NotFoundError(f"There is no upload {upload_id}")
    refuse_closed_upload(upload)
    options = check_options_of(session, upload, limits)
    task = MendTask(b"", load_catalogue_index(session), options, choice)
    with open_stored_file(upload) as file:
        # What is read of a sheet, or turned, stands elsewhere in the file than its lines say.
        if upload.table_choices or is_workbook(file):
            raise ConflictError("There is nothing to apply", "Mend it in the spreadsheet.")
        mended = run_task(file, task)
    if not mended.count:
        raise ConflictError(
            "There is nothing to apply", "The file has no such problem with one suggestion."
        )
    return mended


def store_mended_copy(
    session: Session, upload_id: int, choice: KindChoice, *, by: str, digest: str
) -> int:
    """Store the copy that `digest`, its SHA-256, names as an upload, and return its id.

    What was chosen beside the original, and where its figures come from, is the copy's too. Raises
    ConflictError where the copy would be another by now, and what `mend_upload` does.
    """
    mended = mend_upload(session, upload_id, choice)
    if digest_of(mended) != digest:
        detail = "The catalogue or the rules have changed. Look at it again first."
        raise ConflictError("This is not what you looked at any more", detail)
    original = session.get_one(Upload, upload_id)
    sha256, size, packed = pack_file(io.BytesIO(mended.content))
    copy = Upload(
        filename=copy_name(original.filename, upload_id),
        sha256=sha256,
        size=size,
        content=packed,
        source_id=original.source_id,
        openness=original.openness,
        reclassified=False,
        origin_url=original.origin_url,
        retrieved_at=original.retrieved_at,
        publisher_as_of=original.publisher_as_of,
        received_by=by,
    )
    session.add(copy)
    session.flush()
    return copy.id


def digest_of(mended: MendedFile) -> str:
    """Return the SHA-256 of the copy's bytes, in hexadecimal."""
    return hashlib.sha256(mended.content).hexdigest()


def copy_name(name: str, upload_id: int) -> str:
    """Return the name of a copy, which says of which upload it is: the record keeps it for ever."""
    plain = _MENDED.sub("", name)
    stem, dot, ending = plain.rpartition(".")
    mark = f" mended from upload {upload_id}"
    return f"{(stem or ending)[:150]}{mark}{dot + ending if stem else ''}"
