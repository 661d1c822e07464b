"""Leads readers who come by a newsletter or a social network to the address without its marks.

Unknown parameters are refused, so that no question is misread; but these are added on the way to
us by others, and the reader can do nothing about them.
"""

from typing import Final
from urllib.parse import quote, unquote_plus

from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.questions.tracking import is_tracking_parameter
from app.web.route_policy import RouteKind
from app.web.route_table import policy_of

READER_KINDS: Final = frozenset({RouteKind.PAGE, RouteKind.FRAME, RouteKind.FILE})
# Temporary, for a browser keeps a permanent redirect for good: should one of these names become a
# parameter of ours, its readers would never reach it. 307 may not be kept unless it says so, and
# it says the opposite, to caches that are told to keep all of a site.
REDIRECT_STATUS: Final = 307
REDIRECT_CACHE_CONTROL: Final = b"no-store"

# What stands in a path as it is (RFC 3986), so that a slug such as `x:free` reads as it did; a
# percent sign begins what was quoted before it came to us.
PATH_MARKS: Final = "/:@!$&'()*+,;=%"


class TrackingParametersMiddleware:
    """Redirects reads of pages and files to the same address without tracking parameters.

    The other parameters stay as they came, in order and bytes. The API is not led anywhere: a
    program that sends such a parameter has a fault that its author should see.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        location = untracked_address(scope) if is_reader_request(scope) else None
        if location is None:
            await self.app(scope, receive, send)
            return
        headers = [
            (b"location", location),
            (b"cache-control", REDIRECT_CACHE_CONTROL),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": REDIRECT_STATUS, "headers": headers})
        await send({"type": "http.response.body"})


def is_reader_request(scope: Scope) -> bool:
    """Return whether a person reads here: GET or HEAD of a page or a file."""
    return (
        scope["type"] == "http"
        and scope["method"] in {"GET", "HEAD"}
        and scope["query_string"] != b""
        and policy_of(scope).kind in READER_KINDS
    )


def untracked_address(scope: Scope) -> bytes | None:
    """Return the address without tracking parameters; None where it has none, or is not local."""
    # As it came: a %2F that is decoded would be a slash, and make `..` lead elsewhere.
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    # Browsers read //host as another site.
    if not path.startswith(b"/") or path.startswith(b"//"):
        return None
    # Split and joined as bytes: to parse and to write the pairs again would change their spelling.
    parts = scope["query_string"].split(b"&")
    kept = [part for part in parts if not is_tracking_parameter(_name_of(part))]
    if len(kept) == len(parts):
        return None
    # Quoted, a backslash or a line break of the path cannot be read as anything else.
    query = b"&".join(kept)
    return quote(path, safe=PATH_MARKS).encode() + (b"?" + query if query else b"")


def _name_of(part: bytes) -> str:
    """Return the name in `name=value` as the framework reads it, percent-encoded or not."""
    return unquote_plus(part.partition(b"=")[0].decode("latin-1"))
