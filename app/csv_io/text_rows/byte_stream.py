"""A file's bytes on their way to the decoder, with progress and a limit on the length of lines."""

import io
from collections.abc import Callable
from typing import Any, BinaryIO, Final

# A line is held in memory whole before it is parsed, so a file without line ends must not pass.
_LINE_MAX_BYTES: Final = 16 * 2**20


class ByteStream(io.RawIOBase):
    """A file's bytes, passed on until a line has more than 16 MiB; `overlong` is true then.

    `progress` is called with the number of bytes read, the `skipped` ones of the byte order mark
    included.
    """

    def __init__(
        self, file: BinaryIO, skipped: int, progress: Callable[[int], None] | None
    ) -> None:
        self._file = file
        self._progress = progress
        self._read = skipped
        self._since_break = 0
        self.overlong = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # No bytes mean the end of the file: the decoder stops in order, and CsvTable says why.
        if self.overlong:
            return 0
        chunk = self._file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._read += len(chunk)
        # In UTF-16 these bytes also occur inside other characters. A bound need not be exact.
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._since_break = len(chunk) - last if last >= 0 else self._since_break + len(chunk)
        self.overlong = self._since_break > _LINE_MAX_BYTES
        if self._progress is not None:
            self._progress(self._read)
        return len(chunk)
