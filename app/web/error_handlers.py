"""Every failure as an answer: a page for people, problem details for programs."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from app.database.errors import connection_error_text, sql_state
from app.domain.errors import (
    BadFileError,
    BadInputError,
    BadQuestionError,
    ConflictError,
    NoFiguresError,
    NoRoomError,
    NotFoundError,
    NotSignedInError,
    Problem,
    TooOftenError,
    UnavailableError,
    UserError,
    WrongPasswordError,
    excerpt,
)
from app.domain.naming.matching import nearest_match
from app.domain.site import SOFTWARE
from app.metadata.problem_details import group_fields
from app.web.canonical_names import RenamedError, renamed_response
from app.web.entity_tags import NotModifiedError, not_modified_response
from app.web.limits.token_bucket import RateExceededError
from app.web.route_policy import SAFE_METHODS, RouteKind
from app.web.route_table import policy_of
from app.web.storage_errors import explain_storage_error

ALL_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def allowed_methods(request: Request) -> list[str]:
    """Return the methods of an address, whichever routes share it, HEAD and OPTIONS included."""
    # Asked of the routes, since the 405 of Starlette lists the methods of one route only, and pages
    # have one route for reading and another for writing at the same address.
    taken = {
        method
        for method in ALL_METHODS
        for route in request.app.routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    }
    if policy_of(request.scope).kind is RouteKind.ASSET:
        # A mount matches every method, and its application refuses it.
        taken = {"GET"}
    read = ["GET", "HEAD"] if "GET" in taken else []
    return [*read, *(method for method in ALL_METHODS[1:] if method in taken), "OPTIONS"]


def wants_page(request: Request) -> bool:
    """Return whether a failure is shown as a page; programs and files get problem+json."""
    return policy_of(request.scope).kind in {RouteKind.PAGE, RouteKind.FRAME}


log = logging.getLogger("app.refusals")

# By the exact class: an error that is not here is answered with 400, whatever it is derived from.
STATUS_BY_ERROR: Final[Mapping[type[UserError], int]] = {
    BadQuestionError: 400,
    NotSignedInError: 401,
    WrongPasswordError: 401,
    NotFoundError: 404,
    NoFiguresError: 404,
    ConflictError: 409,
    BadFileError: 422,
    BadInputError: 422,
    TooOftenError: 429,
    RateExceededError: 429,
    UnavailableError: 503,
    NoRoomError: 507,
}

ErrorPage = Callable[[Request, int, UserError], Response]


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem_response(status: int, refused: UserError) -> ProblemResponse:
    """Return an error as problem details (RFC 9457), with a list for files and parameters."""
    body = {
        "type": f"urn:open-model-share:problem:{refused.problem_type}",
        "title": refused.title,
        "status": status,
        "detail": refused.detail,
        "errors": [asdict(problem) for problem in refused.problems],
        "error_count": refused.problem_count,
        "groups": group_fields(refused.groups),
    }
    return ProblemResponse(body, status)


def install_error_handlers(app: FastAPI, page: ErrorPage) -> None:
    """Have `app` answer every failure so that a user can act on it; `page` draws it for people."""

    def respond(
        request: Request, status: int, refused: UserError, headers: Mapping[str, str] | None = None
    ) -> Response:
        # Caches never keep a failure, also where a lifetime was set before it failed.
        draw = page if wants_page(request) else _without_request
        response = draw(request, status, refused)
        response.headers.update(headers or {})
        response.headers["Cache-Control"] = "no-store"
        return response

    def on_refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, UserError)  # noqa: S101 - registered for this type only
        if isinstance(error, NotSignedInError) and wants_page(request):
            return RedirectResponse(
                f"/sign-in?{urlencode({'next': sign_in_address(request)})}", 303
            )
        return respond(request, STATUS_BY_ERROR.get(type(error), 400), error, error_headers(error))

    def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        refused = UserError(*_words(request, error.status_code, error.detail))
        # No route names OPTIONS, so that it comes here as a 405 and is answered for all of them.
        allow = _allowed(request, error)
        if allow and request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        return respond(request, error.status_code, refused, {**(error.headers or {}), **allow})

    def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        return respond(request, *_incomplete(request, error))

    def on_storage(request: Request, error: Exception) -> Response:
        refused = explain_storage_error(error)
        if refused is None:
            return on_fault(request, error)
        kind = type(getattr(error, "orig", error)).__name__
        why = connection_error_text(error) or refused.title
        log.warning("%s: SQLSTATE %s: %s", kind, sql_state(error), why)
        return on_refused(request, refused)

    def on_fault(request: Request, error: Exception) -> Response:
        # The text of the error goes to the log alone: it may hold addresses, SQL or secrets.
        log.error("unexpected failure", exc_info=error)
        return respond(request, 500, UserError("Something went wrong on our side", SERVER_FAULT))

    # Starlette takes the handler of the nearest class in the order of inheritance. That of
    # Exception is another matter: it stands outside of all middlewares that are added.
    app.add_exception_handler(NotModifiedError, not_modified_response)
    app.add_exception_handler(RenamedError, renamed_response)
    app.add_exception_handler(UserError, on_refused)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(DBAPIError, on_storage)
    app.add_exception_handler(PoolTimeout, on_storage)
    app.add_exception_handler(psycopg.Error, on_storage)
    app.add_exception_handler(OSError, on_storage)
    app.add_exception_handler(Exception, on_fault)


def error_headers(error: UserError) -> Mapping[str, str]:
    """Return the headers of an error: when to come again, how to show who one is."""
    match error:
        case UnavailableError():
            return {"Retry-After": "5"}
        case RateExceededError():
            limit = {"RateLimit-Policy": error.policy, "RateLimit": error.limit}
            return limit | {"Retry-After": str(error.seconds)}
        case TooOftenError():
            return {"Retry-After": str(error.seconds)}
        case NotSignedInError():
            return {"WWW-Authenticate": f'Bearer realm="{SOFTWARE}"'}
    return {}


def sign_in_address(request: Request) -> str:
    """Return the address to go to after the sign-in: the page, or the one whose form was sent."""
    if request.method in SAFE_METHODS:
        query = request.scope["query_string"].decode("latin-1")
        return quote(request.scope["path"]) + (f"?{query}" if query else "")
    # A form cannot be sent again after the sign-in, so the page that it stood on is where to go:
    # only one of this host, since the Referer is what the client says.
    host, _, rest = request.headers.get("referer", "").partition("://")[2].partition("/")
    return f"/{rest}" if host and host == request.headers.get("host") else "/uploads/received"


SERVER_FAULT: Final = (
    "The fault is noted in the log. Please try again; if it stays, tell the maintainers."
)
HTTP_WORDS: Final = {
    404: ("There is nothing at this address", "The link may be old, or mistyped."),
    405: ("This address does not take that method", "The Allow header lists those it takes."),
}


def _words(request: Request, status: int, otherwise: str = "") -> tuple[str, str]:
    """Return title and detail of an HTTP error; a program is led to the list of addresses."""
    title, detail = HTTP_WORDS.get(status, (otherwise, ""))
    if status == 404 and policy_of(request.scope).kind is RouteKind.API:
        detail = f"{request.base_url}api tells every address there is."
    return title, detail


def _allowed(request: Request, error: HTTPException) -> dict[str, str]:
    """Return the Allow header of a 405, no header otherwise."""
    return {"Allow": ", ".join(allowed_methods(request))} if error.status_code == 405 else {}


def _on_disconnect(_: Request, __: Exception) -> Response:
    """Return what nobody is there to read; it tells metrics and log that the client hung up."""
    return Response(status_code=400)


def _without_request(_: Request, status: int, refused: UserError) -> Response:
    return problem_response(status, refused)


def _incomplete(request: Request, error: RequestValidationError) -> tuple[int, UserError]:
    """Return status and error: 404 for a path that cannot be, 422 field by field for a body."""
    # A path that no entry can have is an address without anything, like any other wrong one.
    if any(item["loc"][0] == "path" for item in error.errors()):
        return 404, UserError(*_words(request, 404))
    return 422, UserError("The body cannot be taken as it is", "", _problems(request, error))


def _problems(request: Request, error: RequestValidationError) -> list[Problem]:
    return [_problem(item, _fields_of(request)) for item in error.errors()]


def _problem(item: Mapping[str, Any], fields: Sequence[str]) -> Problem:
    """Return what pydantic says of a field, in our words."""
    # The types are pydantic's: https://docs.pydantic.dev/latest/errors/validation_errors/. A type
    # that is not told apart keeps pydantic's own message.
    code, ctx = item["type"], item.get("ctx", {})
    name = ".".join(str(part) for part in item["loc"][1:])
    found_text, expected = _as_json(item.get("input")), item["msg"]
    suggestion = ctx.get("suggestion") or None
    whole = "an object of JSON with " + ", ".join(fields) + " as the body"
    match code:
        case "missing" if not name:
            name, found_text, expected = "body", "", whole
        case "missing":
            found_text, expected = "", "a text"
        case "string_type":
            expected = "a text"
        case "extra_forbidden":
            found_text, expected = name, "one of " + ", ".join(fields)
            suggestion = nearest_match(name, fields)
        case "enum" | "literal_error":
            expected = "one of " + str(ctx.get("expected", "")).replace("'", "")
        case "json_invalid":
            found_text, expected = "", "JSON, in UTF-8"
        case "model_attributes_type" | "dict_type" if isinstance(item.get("input"), bytes):
            # FastAPI reads JSON only where the header calls it so; curl's -d calls it a form.
            name, found_text = name or "body", ""
            expected = f"{whole}, sent with Content-Type: application/json"
        case "model_attributes_type" | "dict_type":
            name, expected = name or "body", whole
        case "int_parsing" | "int_type":
            expected = "a whole number"
    return Problem(code, None, None, excerpt(name), found_text, expected, suggestion)


def _fields_of(request: Request) -> list[str]:
    """Return the names of the fields that the body of this route may hold."""
    body = getattr(request.scope.get("route"), "body_field", None)
    model = body.field_info.annotation if body is not None else None
    return list(getattr(model, "model_fields", ()))


def _as_json(value: object) -> str:
    """Return an excerpt of what was sent, as JSON unless it is a text."""
    # Never the value itself: NaN and lone surrogates, which a body may hold, cannot be written into
    # the answer and would turn a 422 into a 500.
    if isinstance(value, str):
        return excerpt(value)
    try:
        return excerpt(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return excerpt(str(value))
