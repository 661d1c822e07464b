"""Connections that send no end of headers, or none, or take no answer: cut off before they cost.

uvicorn limits neither the size of headers nor the time that they or an answer take. A proxy does,
but not everybody has one.
"""

import asyncio
from collections import deque
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEADERS_MAX_BYTES: Final = 32 * 1024
"""What the address and the headers of one request may come to."""
HEADERS_TIMEOUT_S: Final = 15
"""How long they may take to come whole."""
BODY_AFTER_ANSWER_TIMEOUT_S: Final = 30
"""How long the rest of a body may take to come after the request was answered."""
UNREAD_ANSWER_TIMEOUT_S: Final = 30
"""How often it is looked how much of an answer the reader took."""
UNREAD_ANSWER_PROGRESS_BYTES: Final = 16 * 1024
"""What a reader must have taken since the last look, or all that was left."""
TOO_LARGE: Final = "431 Request Header Fields Too Large"
TOO_SLOW: Final = "408 Request Timeout"
NO_HTTP: Final = "400 Bad Request"
STOPPING: Final = "503 Service Unavailable"
LAST_REQUEST_S: Final = 0.5
"""How long a client that asks nothing is still listened to when the server is to stop."""
DROPPED_BODY_S: Final = 1
"""How long what comes of a dropped body is taken, so that its sender reads why it was dropped."""
REFUSAL_WORDS: Final = {
    STOPPING: "This server is being restarted. Nothing was stored; please send it again.\n"
}
"""What is said in place of the status' own words."""
REFUSAL_HEADERS: Final = (
    "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
)


class HeadersTooLarge(Exception):  # noqa: N818 - it names what happened, not a fault of ours
    """Raised inside the parser, which makes an error of its own of it."""


class Connection(HttpToolsProtocol):
    """A connection that is closed where its client sends too much, or sends or reads too slowly."""

    _request_begun = False
    _in_body = False
    _bytes_without_end = 0
    """Received since the last whole request, whole headers or piece of a body."""
    _headers_bytes = 0
    _refusal: str | None = None
    """Status of the last answer; nothing is read any more once there is one."""
    _request_timer: asyncio.TimerHandle
    """Runs while the client owes headers, or the rest of a body that nobody waits for."""
    _unread_timer: asyncio.TimerHandle | None = None
    _is_stopping = False
    """Whether the server is to stop: whatever is answered now is the last."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._unanswered: deque[RequestResponseCycle] = deque()
        # Else the transport would keep 64 KiB that nobody takes before it calls pause_writing.
        transport.set_write_buffer_limits(high=0)
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_timer.cancel()
        self._stop_unread_timer()
        self._end_unanswered()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Answer what was asked whole, refuse a body that is not, and soon close.

        Overrides what uvicorn calls once when it is to stop. It closes idle connections at once,
        so that a request which is on its way is reset; and it waits for bodies.
        """
        self._is_stopping = True
        if self._refusal is not None or self.transport.is_closing():
            return
        if self._in_body:
            self._refuse(STOPPING)
        elif self._unanswered:
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(LAST_REQUEST_S, self._close_unless_asked)

    def _close_unless_asked(self) -> None:
        if self._in_body or self._request_begun or self._bytes_without_end:
            self._refuse(STOPPING)
        elif not self._unanswered:
            self.transport.close()

    def _end_unanswered(self) -> None:
        # uvicorn tells the request that came last: the one that is being answered would write on.
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()

    def pause_writing(self) -> None:
        """What was sent is not taken: it is kept in memory, but not for long."""
        super().pause_writing()
        self._watch_unread()

    def resume_writing(self) -> None:
        self._stop_unread_timer()
        super().resume_writing()

    def _watch_unread(self) -> None:
        unread_bytes = self.transport.get_write_buffer_size()
        self._unread_timer = self.loop.call_later(
            UNREAD_ANSWER_TIMEOUT_S, self._look_at_unread, unread_bytes
        )

    def _look_at_unread(self, before_bytes: int) -> None:
        taken_bytes = before_bytes - self.transport.get_write_buffer_size()
        if taken_bytes < UNREAD_ANSWER_PROGRESS_BYTES:
            self.transport.abort()
        else:
            self._watch_unread()

    def _stop_unread_timer(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            # uvicorn resumed it for an answer that is still due. When the server stops, what comes
            # is dropped instead: closed upon bytes that nobody read, the refusal would be lost.
            if self._refusal != STOPPING:
                self.flow.pause_reading()
            return
        self._bytes_without_end += len(data)
        super().data_received(data)
        if self._refusal is not None or self.transport.is_closing():
            return
        # One header without end reaches no other method of this.
        if self._bytes_without_end > HEADERS_MAX_BYTES:
            self._refuse(TOO_LARGE)
        # While a whole request is being answered, nothing of another one need come.
        elif (
            not self._in_body
            and (self._request_begun or self._bytes_without_end)
            and self._request_timer.cancelled()
        ):
            self._wait_for_headers()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._request_begun = True

    def on_headers_complete(self) -> None:
        lines_bytes = (len(name) + len(value) + len(": \r\n") for name, value in self.headers)
        self._headers_bytes = len(self.url) + sum(lines_bytes)
        if self._headers_bytes > HEADERS_MAX_BYTES:
            raise HeadersTooLarge
        super().on_headers_complete()
        self._unanswered.append(self.cycle)
        if self._is_stopping:
            self.cycle.keep_alive = False
        self._request_timer.cancel()
        self._in_body, self._bytes_without_end = True, 0

    def on_body(self, body: bytes) -> None:
        self._bytes_without_end = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._request_timer.cancel()
        self._request_begun, self._in_body, self._bytes_without_end = False, False, 0
        if not self._unanswered:  # uvicorn gave up its keep-alive timer when the body went on
            self._wait_for_headers()

    def on_response_complete(self) -> None:
        self._unanswered.popleft()
        self._send_refusal()
        super().on_response_complete()
        if self._in_body and not self._unanswered:
            self._request_timer = self.loop.call_later(
                BODY_AFTER_ANSWER_TIMEOUT_S, self.transport.close
            )

    def send_400_response(self, msg: str) -> None:
        """Whatever the parser did not take; it swallows what was raised inside."""
        del msg
        self._refuse(TOO_LARGE if self._headers_bytes > HEADERS_MAX_BYTES else NO_HTTP)

    def _wait_for_headers(self) -> None:
        self._request_timer = self.loop.call_later(HEADERS_TIMEOUT_S, self._refuse_slow_headers)

    def _refuse_slow_headers(self) -> None:
        if self.flow.read_paused:  # they may have come: it is we who do not read
            self._wait_for_headers()
        else:
            self._refuse(TOO_SLOW)

    def _refuse(self, status: str) -> None:
        """Reads nothing more, sends the answers that are due, then this one, and closes."""
        self._refusal = status
        self._request_timer.cancel()
        if status != STOPPING:
            self.flow.pause_reading()
        self._send_refusal()

    def _send_refusal(self) -> None:
        # A request that broke off in its body has no other answer to wait for.
        broken_off = self.cycle if self._in_body else None
        due = self._unanswered and self._unanswered[0] is not broken_off
        if self._refusal is None or due or self.transport.is_closing():
            return
        if broken_off is None or not broken_off.response_started:
            self.transport.write(refusal_answer(self._refusal))
        self._end_unanswered()
        if self._refusal == STOPPING and broken_off is not None:
            self.flow.resume_reading()
            self.loop.call_later(DROPPED_BODY_S, self.transport.close)
        else:
            self.transport.close()


def refusal_answer(status: str) -> bytes:
    """Return a whole answer, after which the connection is closed."""
    words = REFUSAL_WORDS.get(status, status.partition(" ")[2] + "\n")
    retry = "Retry-After: 5\r\n" if status == STOPPING else ""
    length = f"Content-Length: {len(words)}\r\nConnection: close\r\n\r\n"
    return f"HTTP/1.1 {status}\r\n{REFUSAL_HEADERS}{retry}{length}{words}".encode()
