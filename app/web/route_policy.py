"""What holds for a route before its endpoint runs, said beside it: `@policy(RouteKind.PAGE)`.

A decorator, and not a dependency or `openapi_extra`: these policies hold where no dependency has
run yet (a form is parsed first), they are no part of the API's contract, and nothing inherits or
overrides one, so that the line under `@router.get(...)` is all there is to read. `route_table`
reads these lines at start-up, for the middlewares; an application with a route that has none does
not start.

The largest body is said in FastAPI's own `max_body_size`; `route_table` puts it into the policy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

KIB: Final = 1024
FORM_MAX_BYTES: Final = 64 * KIB
"""The largest body of a route that names no `max_body_size`."""
FILE_MAX_BYTES: Final = 10 * KIB * KIB + FORM_MAX_BYTES
"""The largest body with a file: 10 MiB, and the fields of the form around it."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class RouteKind(StrEnum):
    """Who reads the answers of a route, and so what its failures look like."""

    PAGE = "page"
    """Is read by people: a failure is a page, and who is not signed in is led to the sign-in."""
    FRAME = "frame"
    """Is a page inside another site's frame: a failure stays in the frame."""
    FILE = "file"
    """Is fetched from the site's pages by a person or a program: a failure is problem+json."""
    API = "api"
    """Is asked by programs: problem+json, tokens in place of cookies, no stray parameter."""
    OPERATIONS = "operations"
    """Is asked from inside, by an address rather than a name; it never waits for a turn."""
    ASSET = "asset"
    """Is a file of ours as it lies on the disk: it costs nothing and never waits for a turn."""


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """What the middlewares and the error handlers ask of a route."""

    kind: RouteKind
    cross_origin_reads: bool = False
    """Scripts of other sites may read it, refusals included; what writes stays this site's own."""
    maintainers_write: bool = False
    """Only maintainers may send a body: they are known before any of it is read."""
    max_body_size: int = FORM_MAX_BYTES
    """Bytes of the largest body, multipart headers included."""


Endpoint = TypeVar("Endpoint")
ATTRIBUTE: Final = "route_policy"


def policy(
    kind: RouteKind,
    *,
    cross_origin_reads: bool = False,
    maintainers_write: bool = False,
) -> Callable[[Endpoint], Endpoint]:
    """Return a decorator that marks an endpoint, or the application of a mount, with its policy."""
    marked = RoutePolicy(kind, cross_origin_reads, maintainers_write)

    # The function is marked, not wrapped: FastAPI reads the signature of what it is given.
    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, ATTRIBUTE, marked)
        return endpoint

    return mark


def declared_policy(endpoint: object) -> RoutePolicy | None:
    """Return the policy that `policy` marked an endpoint with, or None."""
    declared: RoutePolicy | None = getattr(endpoint, ATTRIBUTE, None)
    return declared
