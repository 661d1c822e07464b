"""Keeps uploaded bytes as they came, and opens them again."""

import hashlib
import re
import tempfile
import zlib
from typing import BinaryIO, Final

from sqlalchemy.orm import Session

from app.catalogue.lookup import find_source_id
from app.csv_io.schema import FileLimits
from app.database.tables import Upload
from app.domain.errors import excerpt
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.domain.vocabulary import Openness

CHUNK_BYTES: Final = 1 << 20
SPOOL_MAX_BYTES: Final = 16 << 20
"""Bytes of a file that are kept in memory; a larger one goes to a temporary file."""
WEB_LIMITS: Final = FileLimits()


def new_upload(
    session: Session,
    file: BinaryIO,
    *,
    filename: str,
    by: str,
    source: str | None,
    openness: Openness,
    provenance: Provenance = UNKNOWN_PROVENANCE,
) -> Upload:
    """Return the upload of a file's bytes, packed, not added to the session yet.

    `source` (slug or name) and `openness` are the choices made beside the file. Raises
    NotFoundError for an unknown source.
    """
    digest, size, packed = _pack(file)
    return Upload(
        filename=clean_file_name(filename),
        sha256=digest,
        size=size,
        content=packed,
        source_id=find_source_id(session, source) if source else None,
        openness=openness,
        reclassified=False,
        origin_url=provenance.origin_url,
        retrieved_at=provenance.retrieved_at,
        publisher_as_of=provenance.publisher_as_of,
        received_by=by,
    )


def clean_file_name(text: str) -> str:
    """Return the last part of a path, at most 200 visible characters; never an empty name."""
    # Old browsers send the whole path of a Windows disk.
    return excerpt(re.split(r"[/\\]", text)[-1].strip(), 200) or "unnamed.csv"


def store_upload(
    session: Session,
    file: BinaryIO,
    *,
    filename: str,
    by: str,
    source: str | None,
    openness: Openness,
    provenance: Provenance = UNKNOWN_PROVENANCE,
) -> int:
    """Store the bytes as they came and return the upload's id.

    Raises NotFoundError for an unknown source.
    """
    upload = new_upload(
        session,
        file,
        filename=filename,
        by=by,
        source=source,
        openness=openness,
        provenance=provenance,
    )
    session.add(upload)
    session.flush()
    return upload.id


def _pack(file: BinaryIO) -> tuple[bytes, int, bytes]:
    digest, packer, size, packed = hashlib.sha256(), zlib.compressobj(), 0, bytearray()
    file.seek(0)
    # Hashed as received, stored packed: text of this kind shrinks to about a tenth.
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        packed += packer.compress(chunk)
        size += len(chunk)
    packed += packer.flush()
    return digest.digest(), size, bytes(packed)


def open_stored_file(upload: Upload) -> BinaryIO:
    """Return the file as it was received, at its beginning; the caller closes it.

    One larger than SPOOL_MAX_BYTES lies on disk, so that it costs no memory.
    """
    unpacker = zlib.decompressobj()
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_MAX_BYTES)  # noqa: SIM115 - the caller closes it
    rest = upload.content
    # A portion at a time: a small file may unpack to hundreds of megabytes.
    while rest:
        file.write(unpacker.decompress(rest, CHUNK_BYTES))
        rest = unpacker.unconsumed_tail
    file.write(unpacker.flush())
    file.seek(0)
    return file  # type: ignore[return-value]  # a SpooledTemporaryFile is no BinaryIO to typeshed
