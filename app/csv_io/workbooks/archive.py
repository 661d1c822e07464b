"""The zip archive that a workbook is: what kind it is of, and its parts, unpacked within limits."""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from app.csv_io.workbooks.limits import WorkbookLimits, damaged, too_large

# Zip's own limit without its 64-bit form. A workbook has some ten parts and one for each sheet.
_PARTS_MAX: Final = 2_000
_END: Final = b"PK\x05\x06"
_END_MAX_BYTES: Final = 22 + 0xFFFF
_CHUNK_BYTES: Final = 1 << 16


def count_parts(file: BinaryIO) -> int:
    """Return how many parts the archive says that it has; 0 where it has no end."""
    # Python reads the whole list, a kilobyte of memory for each part, before one can look at it.
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_MAX_BYTES))
    tail = file.read()
    place = tail.rfind(_END)
    return int.from_bytes(tail[place + 10 : place + 12], "little") if place >= 0 else 0


class WorkbookArchive:
    """The parts of a workbook. Raises WorkbookError where it is damaged or unpacks to too much."""

    def __init__(self, file: BinaryIO, limits: WorkbookLimits) -> None:
        parts = count_parts(file)
        if not parts:
            raise damaged("a file that breaks off, or no workbook")
        if parts > _PARTS_MAX:
            raise too_large(f"{parts} parts or more")
        file.seek(0)
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError):
            raise damaged("a damaged archive") from None
        sizes = [part.file_size for part in self._archive.infolist()]
        if len(sizes) > _PARTS_MAX or sum(sizes) > limits.unpacked_bytes:
            raise too_large(f"{sum(sizes) / 2**20:,.0f} MiB when unpacked")

    def names(self) -> frozenset[str]:
        return frozenset(self._archive.namelist())

    def unpack(self, name: str) -> Iterator[bytes]:
        """Yield a part in portions; nothing where there is none of the name."""
        # A part that is longer than it says is cut off there, and its checksum is then wrong.
        try:
            with self._archive.open(name) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    yield chunk
        except KeyError:
            return
        except RuntimeError:  # its parts are encrypted
            raise damaged("a workbook with a password") from None
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise damaged("a damaged archive") from error
        except zipfile.zlib.error as error:  # type: ignore[attr-defined]
            raise damaged("a damaged archive") from error

    def check_all(self) -> None:
        """Unpack every part once. Raises WorkbookError where one is not as long as it says."""
        for name in self.names():
            for _ in self.unpack(name):
                pass
