"""CORS for what anyone may read: scripts of other sites get it, never with cookies.

Starlette's CORSMiddleware will not do. It sends no Access-Control-Allow-Origin where a request has
no Origin, and has to say `Vary: Origin` on every answer for it: caches keep a copy for readers and
one for each site, and those that overlook Vary give scripts the copy without the header. It also
decides for the whole application, and answers preflights at addresses that do not exist.
"""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.route_table import policy_of

# With `*` browsers show scripts no answer to a request that had cookies, so that none is about who
# is signed in. Of its headers scripts see those exposed here, and a few such as Content-Type.
EXPOSED_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Disposition, ETag, Link, RateLimit, RateLimit-Policy, Retry-After"
    ),
}
PREFLIGHT_HEADERS: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",  # seconds; Chromium keeps to two hours
}

READING_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def is_open_to_origins(scope: Scope) -> bool:
    """Return whether a script of any site may read the answer, a refusal included."""
    return scope["method"] in READING_METHODS and policy_of(scope).cross_origin_reads


class CorsMiddleware:
    """Puts the same headers on every open answer, whoever asks, and on that to a preflight."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_open_to_origins(scope):
            await self.app(scope, receive, send)
            return
        # The answer to a preflight itself comes from the error handlers, as that to any OPTIONS: so
        # there is none at an address that does not exist.
        added = EXPOSED_HEADERS | (PREFLIGHT_HEADERS if scope["method"] == "OPTIONS" else {})

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_open)
