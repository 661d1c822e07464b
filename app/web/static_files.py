"""The files of `static/`, each under an address that changes with its content."""

from functools import cache
from hashlib import sha256
from typing import Final

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from app.paths import STATIC

IMMUTABLE: Final = "public, max-age=31536000, immutable"


@cache
def file_version(path: str) -> str:
    """Names the content of a file."""
    return sha256((STATIC / path).read_bytes()).hexdigest()[:12]


def static_address(path: str) -> str:
    return f"/static/{path}?v={file_version(path)}"


class StaticAssets(StaticFiles):
    """Files that never change under the address of their version; others are asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        # Parts of a file would be of other bytes than those that were compressed on the way.
        whole = [header for header in scope["headers"] if header[0] not in {b"range", b"if-range"}]
        response = await super().get_response(path, {**scope, "headers": whole})
        if response.status_code in {200, 304}:
            own = scope["query_string"].decode("latin-1") == f"v={file_version(path)}"
            response.headers["Cache-Control"] = IMMUTABLE if own else "no-cache"
            response.headers["Accept-Ranges"] = "none"
            response.headers["ETag"] = f"W/{response.headers['ETag']}"
            response.headers["Vary"] = "Accept-Encoding"
            # A chart in a sandboxed frame is of no origin, and so are the scripts it asks for.
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response
