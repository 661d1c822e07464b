"""Which methods an address takes."""

from typing import Final

from fastapi import Request
from starlette.routing import Match

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def methods_of(request: Request) -> list[str]:
    """All of them, whichever routes share the address."""
    taken = {
        method
        for method in METHODS
        for route in request.app.routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    }
    if request.url.path.startswith("/static/"):
        taken = {"GET"}  # a mount takes every method, and refuses it itself
    read = ["GET", "HEAD"] if "GET" in taken else []
    return [*read, *(method for method in METHODS[1:] if method in taken), "OPTIONS"]
