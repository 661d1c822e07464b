"""Whether an asker holds the answer already: entity tags, 304, and how long answers may be kept."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Final

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.calendar import is_settled
from app.paths import PROJECT
from app.queries.data_version import data_version

LIVE: Final = "public, max-age=60, stale-while-revalidate=600"
SETTLED: Final = "public, max-age=31536000, immutable"


class NotModified(Exception):  # noqa: N818 - it names what happened, not a fault
    """The asker holds this very answer."""


@cache
def release() -> str:
    """Names the code that answers: equal in all workers, another one after every upgrade."""
    digest = sha256()
    for folder, pattern in (("app", "**/*.py"), ("templates", "**/*.*")):
        for path in sorted((PROJECT / folder).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def check(
    request: Request, session: Session, as_of: datetime | None, asked: Iterable[tuple[str, str]]
) -> None:
    """Before the expensive read. Raises NotModifiedError; otherwise the answer will carry its tag.

    `asked` are the canonical pairs of the question. What stood at a settled `as_of` is the same
    whatever the data has come to since.
    """
    settled, lasting = is_settled(as_of), LIVE
    if as_of is not None:
        # What is published at this very moment may yet come to stand before it.
        lasting = SETTLED if settled else "no-cache"
    version = "settled" if settled else data_version(session)
    tag = entity_tag(str(request.base_url), request.url.path, version, *map("=".join, asked))
    headers = {"ETag": tag, "Cache-Control": lasting}
    request.scope["state"]["freshness"] = headers
    if holds(request.headers, tag):
        raise NotModified


def entity_tag(*parts: str) -> str:
    # Weak: compression changes the bytes, not what they say.
    digest = sha256("\n".join((release(), *parts)).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def holds(headers: Headers, tag: str) -> bool:
    """By RFC 9110 If-None-Match compares weakly; `*` has to wait until there is an answer."""
    return opaque(tag) in named(headers)


def named(headers: Headers) -> Collection[str]:
    """The entity tags of If-None-Match, without their weakness."""
    return {opaque(tag) for line in headers.getlist("if-none-match") for tag in line.split(",")}


def opaque(tag: str) -> str:
    return tag.strip().removeprefix("W/")


def not_modified(*_: object) -> Response:
    return Response(status_code=304)


class Freshness:
    """Puts the headers that `check` found on the answer, and answers `If-None-Match: *`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        emptied = False

        async def send_fresh(message: Message) -> None:
            nonlocal emptied
            if message["type"] == "http.response.start" and "freshness" in state:
                emptied = message["status"] == 200 and "*" in named(Headers(scope=scope))
                message = _emptied(message) if emptied else message
                _stamp(message, state["freshness"])
            elif emptied and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, send_fresh)


def _emptied(message: Message) -> Message:
    dropped = {b"content-length", b"content-type", b"content-disposition"}
    kept = [(name, value) for name, value in message["headers"] if name.lower() not in dropped]
    return {**message, "status": 304, "headers": kept}


def _stamp(message: Message, found: dict[str, str]) -> None:
    if message["status"] not in {200, 304}:
        return
    headers = MutableHeaders(scope=message)
    for name, value in found.items():
        headers.setdefault(name, value)
    headers.add_vary_header("Accept")
    if message["status"] == 304:  # of what has a body the compression says so
        headers.add_vary_header("Accept-Encoding")
