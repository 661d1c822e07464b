"""The policies of all routes, read once at start-up and asked with a request before it is routed.

Rate limiting, CORS and the limits of bodies act before the router does, which is why a request is
matched here for a first time; the policy is kept in its scope for whoever asks next.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Scope

from app.web.route_policy import FORM_MAX_BYTES, RouteKind, RoutePolicy, declared_policy

SCOPE_KEY: Final = "modelshare.route_policy"


class MissingPolicyError(Exception):
    """Routes have no policy; the message names them."""


class RouteTable:
    """The routes of an application with their policies, in the order in which they match."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Read the policies of `routes`. Raise MissingPolicyError for those without one."""
        # All of them are collected before it fails, so that one start names every missing policy.
        self.entries: list[tuple[BaseRoute, RoutePolicy]] = []
        missing: list[str] = []
        for context in iter_route_contexts(routes):
            declared = declared_policy(_endpoint_of(context))
            if declared is None:
                missing.append(_route_name(context))
            else:
                size = getattr(context, "max_body_size", None)
                sized = declared if size is None else replace(declared, max_body_size=size)
                self.entries.append((_matcher_of(context), sized))
        if missing:
            listed = "; ".join(missing)
            raise MissingPolicyError(f"Write @policy(...) under the decorator of: {listed}")

    def find(self, scope: Scope) -> RoutePolicy:
        """Return the policy of the route that will answer, or that of an address without one."""
        # As Starlette routes: the first full match answers. A partial one has the path but another
        # method, and its route answers 405 where nothing matches fully.
        partial: RoutePolicy | None = None
        for route, declared in self.entries:
            match, _ = route.matches(scope)
            if match is Match.FULL:
                return declared
            if match is Match.PARTIAL and partial is None:
                partial = declared
        if partial is None:
            return unrouted_policy(scope["path"])
        # The answer is 405 for everyone: no body is taken, so nobody has to sign in to be told.
        return replace(partial, maintainers_write=False, max_body_size=FORM_MAX_BYTES)


def _endpoint_of(context: RouteContext) -> object:
    route = context.original_route
    return route.app if isinstance(route, Mount) else context.endpoint


def _matcher_of(context: RouteContext) -> BaseRoute:
    """Return a route that matches as this one: that of an included router lacks its prefix."""
    if context.path is None or context.endpoint is None:
        return context.route
    return Route(context.path, context.endpoint, methods=list(context.methods or ()))


def _route_name(context: RouteContext) -> str:
    endpoint = _endpoint_of(context)
    where = f"{getattr(endpoint, '__module__', '')}.{getattr(endpoint, '__qualname__', '')}"
    return f"{','.join(sorted(context.methods or ()))} {context.path} ({where})".strip()


UNROUTED_API: Final = RoutePolicy(RouteKind.API, cross_origin_reads=True)
UNROUTED_FRAME: Final = RoutePolicy(RouteKind.FRAME)
UNROUTED_FILE: Final = RoutePolicy(RouteKind.FILE, cross_origin_reads=True)
UNROUTED_PAGE: Final = RoutePolicy(RouteKind.PAGE)


def unrouted_policy(path: str) -> RoutePolicy:
    """Return what holds where no route answers: only the address tells who is asking."""
    if path.startswith("/api/"):
        return UNROUTED_API
    if path.startswith("/embed/"):
        return UNROUTED_FRAME
    return UNROUTED_FILE if "." in path.rsplit("/", 1)[-1] else UNROUTED_PAGE


def policy_of(scope: Scope) -> RoutePolicy:
    """Return the policy of the route of a request; it is looked for once, and kept in `scope`."""
    # The middlewares share the scope. HeadAsGetMiddleware passes on a copy with another method, and
    # so stands outside of all that ask here.
    matched: RoutePolicy | None = scope.get(SCOPE_KEY)
    if matched is None:
        table: RouteTable = scope["app"].state.route_table
        matched = scope[SCOPE_KEY] = table.find(scope)
    return matched
