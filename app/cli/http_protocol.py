"""Connections that send no end of headers, or none, or take no answer: cut off before they cost.

uvicorn limits neither the size of headers nor the time that they or an answer take. A proxy does,
but not everybody has one.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST: Final = 32 * 1024
"""Bytes that the headers of one request may have."""
PATIENCE: Final = 15
"""Seconds they may take to come."""
UNREAD: Final = 30
"""Seconds in which some of an answer must be taken."""
TOO_LARGE: Final = "431 Request Header Fields Too Large"
TOO_SLOW: Final = "408 Request Timeout"
NO_HTTP: Final = "400 Bad Request"
ALWAYS: Final = (
    "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
)


class TooLarge(Exception):  # noqa: N818 - it names what happened, not a fault of ours
    """Raised inside the parser, which makes an error of its own of it."""


class Connection(HttpToolsProtocol):
    """One that is closed where the headers of a request are too large or too slow."""

    _awaiting = True
    _begun = False
    _size = 0
    _timer: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._stop_waiting()
        # uvicorn tells the request that came last: the one that is being answered would write on.
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def pause_writing(self) -> None:
        """What was sent is not taken: it is kept in memory, but not for long."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_waiting()
        super().resume_writing()

    def _stop_waiting(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def data_received(self, data: bytes) -> None:
        self._size += len(data)  # a whole request in it sets this to 0
        super().data_received(data)
        # While a whole request is being answered, nothing of another one need come.
        begun = self._begun or self._size
        if self._awaiting and begun and not self.transport.is_closing():
            # One header without end reaches no other method of this.
            if self._size > MOST:
                self._refuse(TOO_LARGE)
            elif self._timer is None:
                self._start_timer()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._parsed, self._begun = 0, True

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + len(": \r\n"))
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        self._parsed += size
        if self._parsed > MOST:
            raise TooLarge

    def on_headers_complete(self) -> None:
        self._awaiting = False
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._awaiting, self._begun, self._size = True, False, 0

    def send_400_response(self, msg: str) -> None:
        """Whatever the parser did not take; it swallows what was raised inside."""
        del msg
        self._refuse(TOO_LARGE if getattr(self, "_parsed", 0) > MOST else NO_HTTP)

    def _refuse(self, status: str) -> None:
        self._stop_timer()
        words = status.partition(" ")[2] + "\n"
        length = f"Content-Length: {len(words)}\r\nConnection: close\r\n\r\n"
        self.transport.write(f"HTTP/1.1 {status}\r\n{ALWAYS}{length}{words}".encode())
        self.transport.close()

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(PATIENCE, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self._awaiting and not self.transport.is_closing():
            self._refuse(TOO_SLOW)
