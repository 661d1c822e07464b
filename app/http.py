"""What both doors say in HTTP: sessions and questions of a request, refusals, CSV, headers."""

import csv
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors, queries
from app.db import Db
from app.errors import Problem, Refused, excerpt
from app.question import Question, parse_question

log = logging.getLogger("app.http")

# The hash is that of the empty string: Plotly adds an empty <style> it fills by script.
POLICY: Final = (
    "default-src 'none'; script-src 'self';"
    " style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';"
    " img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; manifest-src 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

STATUS_OF: Final[Mapping[type[Refused], int]] = {
    errors.BadQuestion: 400,
    errors.NotFound: 404,
    errors.NoFigures: 404,
    errors.Conflict: 409,
    errors.BadFile: 422,
    errors.Unavailable: 503,
}

ErrorPage = Callable[[Request, int, Refused], Response]


def database(request: Request) -> Db:
    db: Db = request.app.state.db
    return db


def reading(db: Annotated[Db, Depends(database)]) -> Iterator[Session]:
    with db.reading() as session:
        yield session


Reading = Annotated[Session, Depends(reading, scope="function")]


def asked(request: Request, session: Reading) -> Question:
    """The question of the query string; raises BadQuestion."""
    items = request.query_params.multi_items()
    if request.url.path.endswith(".csv"):
        items = [item for item in items if item != ("bom", "1")]
    return parse_question(items, queries.names(session))


Asked = Annotated[Question, Depends(asked)]


class SecurityHeaders:
    """Our headers on every answer, errors and static files included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class VersionedFiles(StaticFiles):
    """Files whose address carries a version never change under it; others are asked for again."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        scope: Scope = kwargs.get("scope") or args[2]
        versioned = scope["query_string"].startswith(b"v=")
        lasting = "public, max-age=31536000, immutable" if versioned else "no-cache"
        response.headers["Cache-Control"] = lasting
        return response


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem_response(status: int, refused: Refused) -> ProblemResponse:
    """RFC 9457, with our list of errors for files and parameters."""
    kind = type(refused).__name__
    body = {
        "type": f"urn:open-model-share:problem:{kind}",
        "title": refused.title,
        "status": status,
        "detail": refused.detail,
        "errors": [asdict(problem) for problem in refused.problems],
    }
    return ProblemResponse(body, status)


def wants_page(request: Request) -> bool:
    """People get a page; programs, and whoever asks for a file, get problem+json."""
    path = request.url.path
    return not path.startswith("/api/") and "." not in path.rsplit("/", 1)[-1]


def install_errors(app: FastAPI, page: ErrorPage) -> None:
    """Turns every failure into an answer a user can act on; `page` draws it for people."""

    def respond(
        request: Request, status: int, refused: Refused, headers: Mapping[str, str] | None = None
    ) -> Response:
        draw = page if wants_page(request) else _without_request
        response = draw(request, status, refused)
        response.headers.update(headers or {})
        response.headers["Cache-Control"] = "no-store"
        return response

    def on_refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)  # noqa: S101 - registered for this type only
        headers = {"Retry-After": "5"} if isinstance(error, errors.Unavailable) else {}
        return respond(request, STATUS_OF.get(type(error), 400), error, headers)

    def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        refused = Refused(*HTTP_WORDS.get(error.status_code, (error.detail, "")))
        return respond(request, error.status_code, refused, error.headers)

    def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        return respond(request, 422, Refused("The request is not complete", "", _problems(error)))

    def on_database(request: Request, error: Exception) -> Response:
        log.warning("database unavailable: %s", error)
        return on_refused(request, errors.Unavailable("The database cannot be reached", AGAIN))

    def on_fault(request: Request, error: Exception) -> Response:
        log.error("unexpected failure", exc_info=error)
        return respond(request, 500, Refused("Something went wrong on our side", FAULT))

    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    for kind in (OperationalError, PoolTimeout):
        app.add_exception_handler(kind, on_database)
    app.add_exception_handler(DBAPIError, on_fault)
    app.add_exception_handler(Exception, on_fault)


AGAIN: Final = "Nothing is lost. Please try again in a few seconds."
FAULT: Final = "The fault is noted in the log. Please try again; if it stays, tell the maintainers."
HTTP_WORDS: Final = {
    404: ("There is nothing at this address", "The link may be old, or mistyped."),
    405: ("This address does not take that method", "The Allow header lists those it takes."),
}


def _without_request(_: Request, status: int, refused: Refused) -> Response:
    return problem_response(status, refused)


def _problems(error: RequestValidationError) -> list[Problem]:
    return [
        Problem(
            code=item["type"],
            line=None,
            column=None,
            field=".".join(str(part) for part in item["loc"][1:]),
            found=excerpt(str(item.get("input", ""))),
            expected=item["msg"],
        )
        for item in error.errors()
    ]


class CSVResponse(Response):
    """UTF-8 without BOM, unless one is asked for."""

    media_type = "text/csv"


def csv_response(
    request: Request, header: Sequence[str], rows: Iterable[Sequence[Any]], filename: str
) -> CSVResponse:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    bom = "\ufeff" if request.query_params.get("bom") == "1" else ""
    disposition = {"Content-Disposition": f'inline; filename="{filename}"'}
    return CSVResponse((bom + out.getvalue()).encode(), headers=disposition)


def csv_cell(value: object) -> object:
    """Text a spreadsheet would run as a formula gets an apostrophe; numbers never."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and value[:1] in FORMULA_STARTS:
        return "'" + value
    return value


FORMULA_STARTS: Final = frozenset("=+-@\t\r\n") | {chr(code) for code in range(32)}
