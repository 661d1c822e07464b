"""Keeps uploaded bytes as they came, and opens them again."""

import hashlib
import io
import re
import zlib
from typing import Any, BinaryIO, Final

from sqlalchemy.orm import Session

from app.catalogue.lookup import find_source_id
from app.csv_io.schema import NO_CHOICES, FileLimits, TableChoices
from app.database.tables import Upload
from app.domain.errors import excerpt
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.domain.vocabulary import Openness

CHUNK_BYTES: Final = 1 << 20
PACKED_CHUNK_BYTES: Final = 1 << 16
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
    choices: TableChoices = NO_CHOICES,
) -> Upload:
    """Return the upload of a file's bytes, packed, not added to the session yet.

    `source` (slug or name), `openness` and `choices` were chosen beside the file. Raises
    NotFoundError for an unknown source.
    """
    digest, size, packed = pack_file(file)
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
        table_choices=choices.as_stored(),
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
    choices: TableChoices = NO_CHOICES,
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
        choices=choices,
    )
    session.add(upload)
    session.flush()
    return upload.id


def pack_file(file: BinaryIO) -> tuple[bytes, int, bytes]:
    """Return the SHA-256 of a file's bytes, their number, and the bytes packed."""
    digest, packer, size, packed = hashlib.sha256(), zlib.compressobj(), 0, bytearray()
    file.seek(0)
    # Hashed as received, stored packed: text of this kind shrinks to about a tenth.
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        packed += packer.compress(chunk)
        size += len(chunk)
    packed += packer.flush()
    return digest.digest(), size, bytes(packed)


class _PackedFile(io.RawIOBase):
    """A file's bytes, unpacked as they are read: of a large one only the packed bytes are held.

    To go back in it is to unpack it anew from the beginning.
    """

    def __init__(self, packed: bytes, size: int) -> None:
        self._packed = memoryview(packed)
        self._size = size
        self._rewind()

    def _rewind(self) -> None:
        self._unpacker, self._taken, self._place = zlib.decompressobj(), 0, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        unpacker = self._unpacker
        while True:
            # What is left of the last portion goes first: a small one may unpack to megabytes.
            packed: bytes | memoryview = unpacker.unconsumed_tail
            if not packed:
                packed = self._packed[self._taken : self._taken + PACKED_CHUNK_BYTES]
                self._taken += len(packed)
            unpacked = unpacker.decompress(packed, len(buffer))
            if unpacked or not packed:
                buffer[: len(unpacked)] = unpacked
                self._place += len(unpacked)
                return len(unpacked)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if place < self._place:
            self._rewind()
        if place >= self._size:
            self._taken, self._place = len(self._packed), place
            self._unpacker = zlib.decompressobj()
        while self._place < place:
            self.read(min(CHUNK_BYTES, place - self._place))
        return self._place


def open_packed_file(packed: bytes, size: int) -> BinaryIO:
    """Return the file of an upload's `content` and `size`, at its beginning."""
    return io.BufferedReader(_PackedFile(packed, size), CHUNK_BYTES)


def open_stored_file(upload: Upload) -> BinaryIO:
    """Return the file as it was received, at its beginning; the caller closes it."""
    return open_packed_file(upload.content, upload.size)


def copy_upload(upload: Upload, *, by: str, **changed: Any) -> Upload:
    """Return an upload of the same bytes, not added to the session yet.

    `changed` are the columns in which it differs from the first, which stays as it was.
    """
    # The bytes are shared by value, not by reference: the first upload stays as it was.
    kept = {
        "filename": upload.filename,
        "sha256": upload.sha256,
        "size": upload.size,
        "content": upload.content,
        "source_id": upload.source_id,
        "openness": upload.openness,
        "reclassified": upload.reclassified,
        "origin_url": upload.origin_url,
        "retrieved_at": upload.retrieved_at,
        "publisher_as_of": upload.publisher_as_of,
        "table_choices": upload.table_choices,
    }
    return Upload(**(kept | changed), received_by=by)
