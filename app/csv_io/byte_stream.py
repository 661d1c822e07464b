"""Lines of bytes as text, with the place of what is no text and the lines that never end."""

import io
from collections.abc import Callable
from typing import Any, BinaryIO, Final

_LINE_MAX_BYTES: Final = 16 * 2**20


# --- bytes ---------------------------------------------------------------------------------------


class ByteStream(io.RawIOBase):
    """Passes a file's bytes on: tells the progress, and stops at a line that does not end."""

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
        if self.overlong:
            return 0
        chunk = self._file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._read += len(chunk)
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._since_break = len(chunk) - last if last >= 0 else self._since_break + len(chunk)
        self.overlong = self._since_break > _LINE_MAX_BYTES
        if self._progress is not None:
            self._progress(self._read)
        return len(chunk)
