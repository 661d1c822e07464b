"""Which addresses are expensive, open to other origins, large, or for operators."""

import re
from typing import Final

from fastapi import Request
from starlette.types import Scope

KIB: Final = 1024
FORM_MAX_BYTES: Final = 64 * KIB
FILE_MAX_BYTES: Final = 10 * KIB * KIB + FORM_MAX_BYTES

# Addresses, the bytes of a body they take, and whether only maintainers may send one; the first
# that fits.
BODY_LIMITS: Final = tuple(
    (re.compile(pattern, re.DOTALL), most, maintainers)
    for pattern, most, maintainers in (
        (r"/uploads|/api/v1/uploads", FILE_MAX_BYTES, True),
        (r"/(uploads|catalogue|account|api/v1/uploads|api/v1/sources)(/.*)?", FORM_MAX_BYTES, True),
        (r".*", FORM_MAX_BYTES, False),
    )
)


def body_limits(path: str) -> tuple[int, bool]:
    return next((most, only) for pattern, most, only in BODY_LIMITS if pattern.fullmatch(path))


OPEN_PATHS: Final = re.compile(
    r"/api/v1/.*|/llms\.txt|.*\.(csv|json|jsonld|svg|png|bib|csl)", re.DOTALL
)
READING_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def is_open_to_origins(scope: Scope) -> bool:
    return scope["method"] in READING_METHODS and OPEN_PATHS.fullmatch(scope["path"]) is not None


EXPENSIVE_PATHS: Final = frozenset(
    {
        *("/trends", "/embed/trends"),
        *(f"/trends.{ending}" for ending in ("svg", "png", "json", "csv", "bib", "csl")),
    }
)
# Asked from inside, by an address rather than a name.
OPERATOR_PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def is_read(scope: Scope) -> bool:
    path = scope["path"]
    made = not path.startswith("/static/") and path not in OPERATOR_PATHS
    return made and scope["method"] in {"GET", "HEAD"}


def is_expensive(path: str) -> bool:
    return path.startswith("/api/v1/") or path in EXPENSIVE_PATHS


def wants_page(request: Request) -> bool:
    """People get a page; programs, and whoever asks for a file, get problem+json."""
    path = request.url.path
    if path.startswith(("/sources/", "/developers/", "/models/")):
        return True  # names have dots, such as claude-3.5-sonnet
    for_programs = path.startswith("/api/") or path in OPERATOR_PATHS
    return not for_programs and "." not in path.rsplit("/", 1)[-1]


SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
