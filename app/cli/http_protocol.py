"""Connections that send no end of headers, or none, or take no answer: cut off before they cost.

uvicorn limits neither the size of headers nor the time that they or an answer take. A proxy does,
but not everybody has one.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEADERS_MAX_BYTES: Final = 32 * 1024
"""What the address and the headers of one request may come to."""
HEADERS_TIMEOUT_S: Final = 15
"""How long they may take to come whole."""
UNREAD_ANSWER_TIMEOUT_S: Final = 30
"""How long an answer may wait in memory until some of it is taken."""
TOO_LARGE: Final = "431 Request Header Fields Too Large"
TOO_SLOW: Final = "408 Request Timeout"
NO_HTTP: Final = "400 Bad Request"
REFUSAL_HEADERS: Final = (
    "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
)


class HeadersTooLarge(Exception):  # noqa: N818 - it names what happened, not a fault of ours
    """Raised inside the parser, which makes an error of its own of it."""


class Connection(HttpToolsProtocol):
    """One that is closed where the headers of a request are too large or too slow."""

    _awaiting_headers = True
    _request_begun = False
    _bytes_without_end = 0
    _headers_timer: asyncio.TimerHandle | None = None
    _unread_timer: asyncio.TimerHandle | None = None
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._start_headers_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_headers_timer()
        self._stop_unread_timer()
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
        self._unread_timer = self.loop.call_later(UNREAD_ANSWER_TIMEOUT_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_unread_timer()
        super().resume_writing()

    def _stop_unread_timer(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def data_received(self, data: bytes) -> None:
        self._bytes_without_end += len(data)  # a whole request in it sets this to 0
        super().data_received(data)
        # While a whole request is being answered, nothing of another one need come.
        begun = self._request_begun or self._bytes_without_end
        if self._awaiting_headers and begun and not self.transport.is_closing():
            # One header without end reaches no other method of this.
            if self._bytes_without_end > HEADERS_MAX_BYTES:
                self._refuse(TOO_LARGE)
            elif self._headers_timer is None:
                self._start_headers_timer()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._headers_bytes, self._request_begun = 0, True

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + len(": \r\n"))
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        self._headers_bytes += size
        if self._headers_bytes > HEADERS_MAX_BYTES:
            raise HeadersTooLarge

    def on_headers_complete(self) -> None:
        self._awaiting_headers = False
        self._stop_headers_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._awaiting_headers, self._request_begun, self._bytes_without_end = True, False, 0

    def send_400_response(self, msg: str) -> None:
        """Whatever the parser did not take; it swallows what was raised inside."""
        del msg
        self._refuse(
            TOO_LARGE if getattr(self, "_headers_bytes", 0) > HEADERS_MAX_BYTES else NO_HTTP
        )

    def _refuse(self, status: str) -> None:
        self._stop_headers_timer()
        words = status.partition(" ")[2] + "\n"
        length = f"Content-Length: {len(words)}\r\nConnection: close\r\n\r\n"
        self.transport.write(f"HTTP/1.1 {status}\r\n{REFUSAL_HEADERS}{length}{words}".encode())
        self.transport.close()

    def _start_headers_timer(self) -> None:
        self._headers_timer = self.loop.call_later(HEADERS_TIMEOUT_S, self._refuse_slow_headers)

    def _stop_headers_timer(self) -> None:
        if self._headers_timer is not None:
            self._headers_timer.cancel()
            self._headers_timer = None

    def _refuse_slow_headers(self) -> None:
        if self._awaiting_headers and not self.transport.is_closing():
            self._refuse(TOO_SLOW)
