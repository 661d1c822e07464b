"""Conditional GET: the validators that an endpoint set reach its answer, whatever made it."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.entity_tags import tags_of_request
from app.web.route_policy import RouteKind
from app.web.route_table import policy_of


class ConditionalGetMiddleware:
    """Puts the headers of `set_validators` on the answer, and answers `If-None-Match: *` with 304.

    An entity tag is compared before the answer is made; `*` fits any answer, so that it can only
    be compared once there is one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # The same object as `request.state`, where `set_validators` leaves the headers.
        state = scope.setdefault("state", {})
        emptied = False

        async def send_fresh(message: Message) -> None:
            nonlocal emptied
            if message["type"] == "http.response.start" and "freshness" in state:
                emptied = message["status"] == 200 and "*" in tags_of_request(Headers(scope=scope))
                message = _emptied(message) if emptied else message
                # Only the API answers at one address in several media types.
                by_type = policy_of(scope).kind is RouteKind.API
                _stamp(message, state["freshness"], by_type=by_type)
            # A 304 has no body, and every part of the one that was made passes here.
            elif emptied and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, receive, send_fresh)


def _emptied(message: Message) -> Message:
    """Return the start of a 304 in the place of that of a 200."""
    # A cache takes the headers of a 304 over into the answer it has (RFC 9110, 15.4.5).
    dropped = {b"content-length", b"content-type", b"content-disposition"}
    kept = [(name, value) for name, value in message["headers"] if name.lower() not in dropped]
    return {**message, "status": 304, "headers": kept}


def _stamp(message: Message, validators: dict[str, str], *, by_type: bool) -> None:
    """Put the validators on a 200 or a 304; a refusal must not be kept as the answer."""
    if message["status"] not in {200, 304}:
        return
    headers = MutableHeaders(scope=message)
    for name, value in validators.items():
        headers.setdefault(name, value)
    if by_type:
        headers.add_vary_header("Accept")
    # On what has a body, the compression says so itself; on a 304 nobody else would.
    if message["status"] == 304:
        headers.add_vary_header("Accept-Encoding")
