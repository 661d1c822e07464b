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
from app.domain.vocabulary import Openness

CHUNK_BYTES: Final = 1 << 20
SPOOL_MAX_BYTES: Final = 16 << 20
WEB_LIMITS: Final = FileLimits()


def new_upload(
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
        filename=clean_file_name(filename),
        sha256=digest,
        size=size,
        content=packed,
        source_id=find_source_id(session, source) if source else None,
        openness=openness,
        reclassified=False,
        received_by=by,
    )


def clean_file_name(text: str) -> str:
    """The last part of a path, at most 200 visible characters."""
    return excerpt(re.split(r"[/\\]", text)[-1].strip(), 200) or "unnamed.csv"


def store_upload(
    session: Session,
    file: BinaryIO,
    *,
    filename: str,
    by: str,
    source: str | None,
    openness: Openness,
) -> int:
    """Stores the bytes as they came; gives the upload's id. Raises NotFoundError for the source."""
    upload = new_upload(session, file, filename=filename, by=by, source=source, openness=openness)
    session.add(upload)
    session.flush()
    return upload.id


def _pack(file: BinaryIO) -> tuple[bytes, int, bytes]:
    digest, packer, size, packed = hashlib.sha256(), zlib.compressobj(), 0, bytearray()
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        packed += packer.compress(chunk)
        size += len(chunk)
    packed += packer.flush()
    return digest.digest(), size, bytes(packed)


def open_stored_file(upload: Upload) -> BinaryIO:
    """The file as it was received; large ones on disk."""
    unpacker = zlib.decompressobj()
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_MAX_BYTES)  # noqa: SIM115 - the caller closes it
    rest = upload.content
    while rest:
        file.write(unpacker.decompress(rest, CHUNK_BYTES))
        rest = unpacker.unconsumed_tail
    file.write(unpacker.flush())
    file.seek(0)
    return file  # type: ignore[return-value]  # a SpooledTemporaryFile is no BinaryIO to typeshed
