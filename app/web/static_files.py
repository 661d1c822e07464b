"""The files of `static/`, each under an address that changes with its content."""

import os
from email.utils import formatdate
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.staticfiles import NotModifiedResponse, PathLike
from starlette.types import Receive, Scope, Send

from app.paths import STATIC
from app.web.route_policy import RouteKind, policy

IMMUTABLE: Final = "public, max-age=31536000, immutable"
STYLE_SHEET: Final = "style.css"
"""Where all of `static/styles` is served as one file, so that a page asks once."""
STYLES: Final = (
    "colours",
    "base",
    "header-footer",
    "figures",
    "chart-pictures",
    "chart-reading",
    "links",
    "embed",
    "highlights",
    "cards",
    "citations",
    "cite-page",
    "tables",
    "controls",
    "names",
    "forms",
    "uploads",
    "before-after",
    "review",
    "sources",
    "methods",
    "api",
    "shared",
    "small-screens",
    "print",
)
"""The files of `static/styles`. Of two rules that weigh the same the later one wins."""


# Both caches last as long as the process: a release changes the files, and starts a new one.
# Versions are asked for files that are there only, so that nobody can fill a cache with paths.
@cache
def style_sheet() -> bytes:
    """Join the files of `static/styles` in the order of `STYLES`."""
    return b"\n".join((STATIC / "styles" / f"{name}.css").read_bytes() for name in STYLES)


@cache
def file_version(path: str) -> str:
    """Return twelve digits that name the content of a file of `static/`."""
    content = style_sheet() if path == STYLE_SHEET else (STATIC / path).read_bytes()
    return sha256(content).hexdigest()[:12]


def static_address(path: str) -> str:
    """Return the address of a file of `static/` with its version."""
    return f"/static/{path}?v={file_version(path)}"


def packed_file(full_path: PathLike, stat: os.stat_result) -> tuple[str, os.stat_result] | None:
    """Return path and state of a file's packed copy; None where there is none as new as it."""
    # Set-up packs what is large, in seconds; on the way there is only time for less.
    packed = Path(f"{os.fspath(full_path)}.br")
    try:
        packed_stat = packed.stat()
    except FileNotFoundError:
        return None
    return (str(packed), packed_stat) if packed_stat.st_mtime >= stat.st_mtime else None


def accepts_brotli(headers: Headers) -> bool:
    """Return whether a client takes answers that are packed with Brotli."""
    for item in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = item.replace(" ", "").partition(";q=")
        if name == "br":
            return weight.strip("0.") != "" or not weight
    return False


@policy(RouteKind.ASSET)
class StaticAssets(StaticFiles):
    """Serves files: with their version for good, without it only if they have not changed."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Parts of a file would be of other bytes than those that were compressed on the way.
        whole = [header for header in scope["headers"] if header[0] not in {b"range", b"if-range"}]
        await super().__call__({**scope, "headers": whole}, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in {200, 304}:
            # Only under its own version may a file be kept for good. With an old one the address
            # stands on a page from before an upgrade, and the content is not what it names.
            own = scope["query_string"].decode("latin-1") == f"v={file_version(path)}"
            response.headers["Cache-Control"] = IMMUTABLE if own else "no-cache"
            response.headers["Accept-Ranges"] = "none"
            # Weak, since the bytes on the way depend on the compression.
            response.headers["ETag"] = f"W/{response.headers['ETag']}"
            response.headers["Vary"] = "Accept-Encoding"
            # A chart in a sandboxed frame is of no origin, and so are the scripts it asks for.
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        if path != STYLE_SHEET:
            return super().lookup_path(path)
        # The joined sheet is no file: it is as new as the newest of its parts.
        stats = [(STATIC / "styles" / f"{name}.css").stat() for name in STYLES]
        return path, max(stats, key=lambda stat: stat.st_mtime)

    def file_response(
        self,
        full_path: PathLike,
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        if full_path != STYLE_SHEET:
            packed = packed_file(full_path, stat_result)
            if packed is None or not accepts_brotli(Headers(scope=scope)):
                return super().file_response(full_path, stat_result, scope, status_code)
            # The type is told by the name before `.br`.
            response = super().file_response(*packed, scope, status_code)
            if response.status_code == 200:
                response.headers["Content-Encoding"] = "br"
            return response
        headers = {
            "Last-Modified": formatdate(stat_result.st_mtime, usegmt=True),
            "ETag": f'"{file_version(STYLE_SHEET)}"',
        }
        response = Response(style_sheet(), status_code, headers, "text/css")
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response
