"""What both doors say in HTTP: sessions and questions of a request, refusals, CSV, headers."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

import psycopg
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import accounts, citing, errors, freshness, queries, sign_ins
from app.accounts import Maintainer
from app.allowed import methods_of
from app.answer import Answer
from app.csv_writing import csv_links, csv_text, file_name
from app.database_errors import explained, state_of
from app.db import Db
from app.errors import Problem, Refused, excerpt
from app.question import PARAMETERS, Question, names_of, parse_question
from app.rate_limit import RateExceeded
from app.share_rows import COLUMNS, share_rows
from app.words import nearest

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
    errors.NotSignedIn: 401,
    errors.WrongPassword: 401,
    errors.NotFound: 404,
    errors.NoFigures: 404,
    errors.Conflict: 409,
    errors.BadFile: 422,
    errors.BadInput: 422,
    errors.TooOften: 429,
    RateExceeded: 429,
    errors.Unavailable: 503,
    errors.NoRoom: 507,
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
    elif request.url.path.endswith(".png"):
        items = [item for item in items if item[0] != "width"]
    return parse_question(items, queries.names(session))


Asked = Annotated[Question, Depends(asked)]


def fresh(request: Request, session: Reading, question: Asked) -> Question:
    """The question of a file or API address, unless the asker holds its answer (NotModified)."""
    beside = set(names_of(PARAMETERS))
    others = sorted(item for item in request.query_params.multi_items() if item[0] not in beside)
    freshness.check(request, session, question.as_of, [*question.pairs(), *others])
    return question


Fresh = Annotated[Question, Depends(fresh)]


def cookie_name(request: Request) -> str:
    """The prefix makes browsers keep it to this host; they take it over https only."""
    return "__Host-session" if request.scope["scheme"] == "https" else "session"


def visitor(request: Request, db: Annotated[Db, Depends(database)]) -> Maintainer | None:
    """Who is signed in with this browser, if anyone; looked up once a request."""
    if not hasattr(request.state, "maintainer"):
        secret = request.cookies.get(cookie_name(request))
        request.state.maintainer = sign_ins.find(db, secret) if secret else None
    found: Maintainer | None = request.state.maintainer
    return found


Visitor = Annotated[Maintainer | None, Depends(visitor)]


def signed_in(found: Visitor) -> Maintainer:
    """Raises NotSignedIn: a page sends people to the sign-in first."""
    if found is None:
        raise errors.NotSignedIn("Only maintainers may do this", "Please sign in.")
    return found


SignedIn = Annotated[Maintainer, Depends(signed_in)]


def by_token(request: Request, db: Db) -> Maintainer:
    """Whoever the token of the Authorization header speaks for. Raises NotSignedIn."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise errors.NotSignedIn("A token is needed: Authorization: Bearer TOKEN", NEW_TOKEN)
    if not hasattr(request.state, "maintainer"):
        request.state.maintainer = accounts.by_token(db, token.strip())
    found: Maintainer | None = request.state.maintainer
    if found is None:
        raise errors.NotSignedIn("The token is unknown or revoked", NEW_TOKEN)
    return found


TOKEN: Final = HTTPBearer(auto_error=False, description="What `modelshare token create` prints.")


def bearer(
    request: Request, db: Annotated[Db, Depends(database)], _: Annotated[object, Depends(TOKEN)]
) -> Maintainer:
    return by_token(request, db)


Bearer = Annotated[Maintainer, Depends(bearer)]
NEW_TOKEN: Final = "`modelshare token create NAME LABEL` on the server makes one."  # noqa: S105


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
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class HeadAsGet:
    """HEAD is GET without the body; the routes need not know."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, send_without_body)
        else:
            await self.app(scope, receive, send)


class VersionedFiles(StaticFiles):
    """Files whose address carries a version never change under it; others are asked for again."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        scope: Scope = kwargs.get("scope") or args[2]
        versioned = scope["query_string"].startswith(b"v=")
        lasting = "public, max-age=31536000, immutable" if versioned else "no-cache"
        response.headers["Cache-Control"] = lasting
        # A chart in a sandboxed frame is of no origin, and so are the scripts it asks for.
        response.headers["Access-Control-Allow-Origin"] = "*"
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
        "error_count": refused.problem_count,
    }
    return ProblemResponse(body, status)


def wants_page(request: Request) -> bool:
    """People get a page; programs, and whoever asks for a file, get problem+json."""
    path = request.url.path
    if path.startswith(("/sources/", "/developers/", "/models/")):
        return True  # names have dots, such as claude-3.5-sonnet
    for_programs = path.startswith("/api/") or path in {"/healthz", "/readyz", "/metrics"}
    return not for_programs and "." not in path.rsplit("/", 1)[-1]


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
        if isinstance(error, errors.NotSignedIn) and wants_page(request):
            return RedirectResponse(f"/sign-in?{urlencode({'next': way_back(request)})}", 303)
        return respond(request, STATUS_OF.get(type(error), 400), error, headers_of(error))

    def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        refused = Refused(*_words(request, error.status_code, error.detail))
        allow = _allowed(request, error)
        if allow and request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        return respond(request, error.status_code, refused, {**(error.headers or {}), **allow})

    def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        return respond(request, *_incomplete(request, error))

    def on_database(request: Request, error: Exception) -> Response:
        assert isinstance(error, SQLAlchemyError | psycopg.Error)  # noqa: S101 - only for these
        refused = explained(error)
        if refused is None:
            return on_fault(request, error)
        kind = type(getattr(error, "orig", error)).__name__
        log.warning("database: %s, SQLSTATE %s: %s", kind, state_of(error), refused.title)
        return on_refused(request, refused)

    def on_fault(request: Request, error: Exception) -> Response:
        log.error("unexpected failure", exc_info=error)
        return respond(request, 500, Refused("Something went wrong on our side", FAULT))

    app.add_exception_handler(freshness.NotModified, freshness.not_modified)
    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(DBAPIError, on_database)
    app.add_exception_handler(PoolTimeout, on_database)
    app.add_exception_handler(psycopg.Error, on_database)
    app.add_exception_handler(Exception, on_fault)


def headers_of(error: Refused) -> Mapping[str, str]:
    """What programs are told beside the words: when to come again, how to show who they are."""
    match error:
        case errors.Unavailable():
            return {"Retry-After": "5"}
        case RateExceeded():
            left = f'"reads";r=0;t={error.seconds}'
            told = {"RateLimit-Policy": error.policy, "RateLimit": left}
            return told | {"Retry-After": str(error.seconds)}
        case errors.TooOften():
            return {"Retry-After": str(error.seconds)}
        case errors.NotSignedIn():
            return {"WWW-Authenticate": 'Bearer realm="Open Model Share"'}
    return {}


def way_back(request: Request) -> str:
    """Where to go after signing in: the page asked for, or the one whose form was sent."""
    if request.method in SAFE:
        query = request.scope["query_string"].decode("latin-1")
        return quote(request.scope["path"]) + (f"?{query}" if query else "")
    host, _, rest = request.headers.get("referer", "").partition("://")[2].partition("/")
    return f"/{rest}" if host and host == request.headers.get("host") else "/uploads"


SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FAULT: Final = "The fault is noted in the log. Please try again; if it stays, tell the maintainers."
HTTP_WORDS: Final = {
    404: ("There is nothing at this address", "The link may be old, or mistyped."),
    405: ("This address does not take that method", "The Allow header lists those it takes."),
}


def _words(request: Request, status: int, otherwise: str = "") -> tuple[str, str]:
    """Title and detail; a program is led to where its addresses are told."""
    title, detail = HTTP_WORDS.get(status, (otherwise, ""))
    if status == 404 and request.url.path.startswith("/api/"):
        detail = f"{request.base_url}api tells every address there is."
    return title, detail


def _allowed(request: Request, error: HTTPException) -> dict[str, str]:
    """The methods of the address, where the one that came is none of them."""
    return {"Allow": ", ".join(methods_of(request))} if error.status_code == 405 else {}


def _without_request(_: Request, status: int, refused: Refused) -> Response:
    return problem_response(status, refused)


def _incomplete(request: Request, error: RequestValidationError) -> tuple[int, Refused]:
    """What fits no address is nowhere; what is missing in a body is told field by field."""
    if any(item["loc"][0] == "path" for item in error.errors()):
        return 404, Refused(*_words(request, 404))
    return 422, Refused("The body cannot be taken as it is", "", _problems(request, error))


def _problems(request: Request, error: RequestValidationError) -> list[Problem]:
    return [_problem(item, _fields_of(request)) for item in error.errors()]


def _problem(item: Mapping[str, Any], fields: Sequence[str]) -> Problem:
    """What the library says of a field, in our words."""
    code, ctx = item["type"], item.get("ctx", {})
    name = ".".join(str(part) for part in item["loc"][1:])
    found, expected = _as_json(item.get("input")), item["msg"]
    suggestion = ctx.get("suggestion") or None
    whole = "an object of JSON with " + ", ".join(fields) + " as the body"
    match code:
        case "missing" if not name:
            name, found, expected = "body", "", whole
        case "missing":
            found, expected = "", "a text"
        case "string_type":
            expected = "a text"
        case "extra_forbidden":
            found, expected = name, "one of " + ", ".join(fields)
            suggestion = nearest(name, fields)
        case "enum" | "literal_error":
            expected = "one of " + str(ctx.get("expected", "")).replace("'", "")
        case "json_invalid":
            found, expected = "", "JSON, in UTF-8"
        case "model_attributes_type" | "dict_type":
            name, expected = name or "body", whole
        case "int_parsing" | "int_type":
            expected = "a whole number"
    return Problem(code, None, None, excerpt(name), found, expected, suggestion)


def _fields_of(request: Request) -> list[str]:
    """The names that the body asked for may hold."""
    body = getattr(request.scope.get("route"), "body_field", None)
    model = body.field_info.annotation if body is not None else None
    return list(getattr(model, "model_fields", ()))


def _as_json(value: object) -> str:
    """At most 80 characters of what was sent, as it was sent."""
    if isinstance(value, str):
        return excerpt(value)
    try:
        return excerpt(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return excerpt(str(value))


class CSVResponse(Response):
    """UTF-8 without BOM, unless one is asked for."""

    media_type = "text/csv"


def csv_response(
    request: Request,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    filename: str,
    links: str = "",
) -> CSVResponse:
    bom = "\ufeff" if request.query_params.get("bom") == "1" else ""
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    if links:
        headers["Link"] = links
    return CSVResponse((bom + csv_text([header]) + csv_text(rows)).encode(), headers=headers)


def shares_csv(request: Request, question: Question, answer: Answer) -> CSVResponse:
    """The chart data of an answer, the same at every door."""
    rows = (astuple(row) for row in share_rows(answer, question))
    pinned = citing.pinned(question, answer)
    links = csv_links(
        described=question.address(f"{request.base_url}api/v1/shares"),
        canonical=pinned.address(f"{request.base_url}{request.url.path[1:]}"),
    )
    return csv_response(request, COLUMNS, rows, shares_name(question, answer, "csv"), links)


def shares_name(question: Question, answer: Answer, ending: str) -> str:
    """The name of a file of an answer: its sources, grouping and vintage."""
    slugs = [source.slug for source in answer.sources]
    told = "+".join(slugs) if len(slugs) < 3 else f"{len(slugs)}-sources"
    return file_name(f"{told}_by-{question.by}", answer.vintage, ending)
