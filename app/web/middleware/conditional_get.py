"""Puts the validators of a route on its answer, and answers 304."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.entity_tags import tags_of_request


class ConditionalGetMiddleware:
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
                emptied = message["status"] == 200 and "*" in tags_of_request(Headers(scope=scope))
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
