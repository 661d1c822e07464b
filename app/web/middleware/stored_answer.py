"""A finished answer, and one that is being made and may be kept."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from starlette.types import Message, Scope

from app.web.entity_tags import LABEL_KEY, opaque_tags
from app.web.middleware.metrics import route_pattern
from app.web.route_policy import KIB

ANSWER_MAX_BYTES: Final = 256 * KIB
"""The largest answer that is kept, its headers included."""

# What the first asker was told of its own request and limit is not for the others.
PERSONAL: Final = frozenset({b"x-request-id", b"ratelimit", b"ratelimit-policy"})
# A 304 has none of those of a body (RFC 9110, 15.4.5).
BODY_HEADERS: Final = frozenset(
    {b"content-type", b"content-length", b"content-encoding", b"content-disposition"}
)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A complete answer. `label` names the data and day it tells, `route` who made it."""

    label: str
    route: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def size(self) -> int:
        """Return the bytes it takes, about."""
        return KIB + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def messages(self, request: str, method: bytes, held_tags: bytes) -> tuple[Message, Message]:
        """Return what to send: the answer, or 304 where If-None-Match names its tag.

        `request` is the id of the request.
        """
        status, headers, body = self.status, self.headers, self.body
        if method == b"HEAD":
            body = b""
        if held_tags and status == 200:
            tag = next(value for name, value in headers if name == b"etag").decode()
            if not opaque_tags(f"{tag},*").isdisjoint(opaque_tags(held_tags.decode("latin-1"))):
                status, body = 304, b""
                headers = tuple(item for item in headers if item[0] not in BODY_HEADERS)
        headers = (*headers, (b"x-request-id", request.encode()))
        start = {"type": "http.response.start", "status": status, "headers": headers}
        return start, {"type": "http.response.body", "body": body}


@dataclass(slots=True)
class PendingAnswer:
    """An answer that is being made, and the requests that wait for it.

    `look_again` is true once they should look again, false once it is known not to be kept.
    """

    look_again: asyncio.Future[bool]
    start: Message = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    def end(self, *, look_again: bool) -> None:
        if not self.look_again.done():
            self.look_again.set_result(look_again)

    def take(self, message: Message, scope: Scope) -> StoredAnswer | None:
        """Take a part of the answer; return it when it is complete and may be kept."""
        if message["type"] == "http.response.start":
            self.start = message
            if not is_public(message) or LABEL_KEY not in scope["state"]:
                self.end(look_again=False)
        elif message["type"] == "http.response.body" and not self.look_again.done():
            self.body += message.get("body", b"")
            if len(self.body) > ANSWER_MAX_BYTES:
                self.end(look_again=False)
            elif not message.get("more_body", False):
                return StoredAnswer(
                    scope["state"][LABEL_KEY],
                    route_pattern(scope),
                    self.start["status"],
                    tuple(item for item in self.start["headers"] if item[0] not in PERSONAL),
                    bytes(self.body),
                )
        return None


def is_public(start: Message) -> bool:
    """Return whether shared caches may keep the answer that begins so."""
    if start["status"] not in {200, 304}:
        return False
    lifetimes = (value for name, value in start["headers"] if name.lower() == b"cache-control")
    return any(value.startswith(b"public") for value in lifetimes)
