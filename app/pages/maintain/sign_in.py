"""`/sign-in`, `/sign-out`, `/account`: signing in and out, and changing the password."""

import re
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.auth import sessions
from app.auth.accounts import NAME_PATTERN
from app.auth.passwords import PASSWORD_MIN_LENGTH
from app.auth.sessions import (
    SESSION_MAX_AGE,
    end_session,
    has_password,
    name_of_link,
    sign_in_by_link,
    sign_in_by_password,
)
from app.database.session import Database
from app.domain.errors import (
    BadInputError,
    TooOftenError,
    UnavailableError,
    UserError,
    WrongPasswordError,
)
from app.pages.templates import render_page
from app.web.dependencies import (
    RequestDatabase,
    SignedInMaintainer,
    VisitorOrNone,
    cookie_name,
    database_of,
)
from app.web.error_handlers import STATUS_BY_ERROR, error_headers
from app.web.limits.sign_in_queue import SignInQueue
from app.web.route_policy import RouteKind, policy

router = APIRouter()

# Single fields instead of one pydantic model, which FastAPI would build at the first request, in
# whichever thread comes first.
Text = Annotated[str, Form()]

HOME: Final = "/uploads/received"
# `next` comes with the address, so that a link to our sign-in could lead on to any site. Browsers
# read "\" as "/", drop tabs and line ends, and take "//host" for another site.
OWN_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}")


def own_path_of(address: str) -> str:
    """Return the address if it is a path of this site, else the list of all uploads."""
    return address if OWN_PATH.fullmatch(address) else HOME


@router.get("/sign-in", response_model=None)
@policy(RouteKind.PAGE)
def ask(
    request: Request,
    db: RequestDatabase,
    visitor: VisitorOrNone,
    next_path: Annotated[str, Query(alias="next")] = "",
    link: str = "",
) -> HTMLResponse | RedirectResponse:
    """Return the form, or the page of a one-time link with its button."""
    # A link works by its button, not by being opened: chat programs and mail filters open links to
    # look at them, and would use it up.
    if link:
        with db.reading() as session:
            name = name_of_link(session, link)
        return _answer(request, "maintain/sign_in_link.html", {"link": link, "name": name}, None)
    if visitor:
        return RedirectResponse(own_path_of(next_path), 303)
    return _form(request, next_path)


def _form(
    request: Request, next_path: str, name: str = "", refused: UserError | None = None
) -> HTMLResponse:
    context: dict[str, object] = {"next": own_path_of(next_path), "name": name, "refused": refused}
    return _answer(request, "maintain/sign_in.html", context, refused)


def _answer(
    request: Request, template: str, context: dict[str, object], refused: UserError | None
) -> HTMLResponse:
    # By the exact type: a subclass that the table lacks is a KeyError, and so a fault of ours.
    status = STATUS_BY_ERROR[type(refused)] if refused else 200
    answer = render_page(request, template, context, status)
    answer.headers["Cache-Control"] = "no-store"
    # A wrong password is a 401 without `WWW-Authenticate`: that header is for programs with tokens.
    if isinstance(refused, TooOftenError | UnavailableError):
        answer.headers.update(error_headers(refused))
    return answer


@router.post("/sign-in", response_model=None)
@policy(RouteKind.PAGE)
async def sign_in(
    request: Request,
    *,
    name: Text = "",
    password: Text = "",
    link: Text = "",
    next_path: Annotated[str, Form(alias="next")] = "",
) -> HTMLResponse | RedirectResponse:
    # In the event loop, and without a dependency that would take a thread: of a flood of attempts
    # those that are refused must not wait for one, nor take one from readers.
    attempt = partial(_attempt, request, name, password, link, next_path)
    try:
        return await _queue_of(request).run(_address(request), attempt)
    except (TooOftenError, UnavailableError) as refused:
        return _form(request, next_path, _possible_name(name), refused)


def _queue_of(request: Request) -> SignInQueue:
    queue: SignInQueue = request.app.state.sign_in_queue
    return queue


def _attempt(
    request: Request, name: str, password: str, link: str, next_path: str
) -> HTMLResponse | RedirectResponse:
    """Sign in by password or link. Raise TooOftenError, UnavailableError, NotFoundError."""
    db = database_of(request)
    # Whoever comes by a link is new or has forgotten the password: the account's page sets one.
    if link:
        return _welcome(request, db, sign_in_by_link(db, link, _address(request)), "/account")
    try:
        secret = sign_in_by_password(db, _typed_name(name), password, _address(request))
    except WrongPasswordError as refused:
        return _form(request, next_path, _possible_name(name), refused)
    return _welcome(request, db, secret, own_path_of(next_path))


def _typed_name(name: str) -> str:
    return name.strip().lower()


def _possible_name(name: str) -> str:
    """Return a name as it is looked up, "" for one that no maintainer can have."""
    return _typed_name(name) if NAME_PATTERN.fullmatch(_typed_name(name)) else ""


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _welcome(request: Request, db: Database, secret: str, to: str) -> RedirectResponse:
    """A redirect with the cookie of a new sign-in, in place of whatever was there."""
    # The old one is ended on the server too: without its cookie nobody could end it any more.
    _end(request, db)
    answer = RedirectResponse(to, 303, {"Cache-Control": "no-store"})
    answer.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(SESSION_MAX_AGE.total_seconds()),
        # Over plain http, as on a laptop, browsers drop a cookie that is marked secure.
        secure=request.scope["scheme"] == "https",
        httponly=True,
        # Not strict: a link in a mail would then lead a signed-in maintainer to the sign-in.
        samesite="lax",
    )
    return answer


def _end(request: Request, db: Database) -> None:
    if secret := request.cookies.get(cookie_name(request)):
        end_session(db, secret)


@router.get("/sign-out")
@policy(RouteKind.PAGE)
def ask_to_sign_out() -> RedirectResponse:
    """Lead to the account's page, where the button to sign out stands."""
    # A GET that signs out could be caused by any picture on any site.
    return RedirectResponse("/account", 303)


@router.post("/sign-out")
@policy(RouteKind.PAGE)
def sign_out(request: Request, db: RequestDatabase) -> RedirectResponse:
    _end(request, db)
    answer = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
    # The attributes must be those it was set with: browsers ignore what deletes a cookie with the
    # prefix `__Host-` without being secure.
    https = request.scope["scheme"] == "https"
    answer.delete_cookie(cookie_name(request), secure=https, httponly=True, samesite="lax")
    return answer


@router.get("/account")
@policy(RouteKind.PAGE)
def account(request: Request, db: RequestDatabase, maintainer: SignedInMaintainer) -> HTMLResponse:
    return _account(request, db, maintainer.name)


def _account(
    request: Request, db: Database, name: str, refused: UserError | None = None
) -> HTMLResponse:
    context: dict[str, object] = {
        "name": name,
        "has_password": has_password(db, name),
        "changed": request.url.query == "changed",
        "shortest": PASSWORD_MIN_LENGTH,
        "refused": refused,
    }
    return _answer(request, "maintain/account.html", context, refused)


@router.post("/account", response_model=None)
@policy(RouteKind.PAGE, maintainers_write=True)
async def change_password(
    request: Request,
    maintainer: SignedInMaintainer,
    *,
    old: Text = "",
    new: Text = "",
    again: Text = "",
) -> HTMLResponse | RedirectResponse:
    attempt = partial(_change_password, request, maintainer.name, old, new, again)
    return await _queue_of(request).run(_address(request), attempt)


def _change_password(
    request: Request, name: str, old: str, new: str, again: str
) -> HTMLResponse | RedirectResponse:
    db = database_of(request)
    try:
        _check_typed_twice(new, again)
        # This ends every sign-in of the maintainer, also those of other browsers, and begins one.
        secret = sessions.change_password(db, name, old, new, _address(request))
    except (BadInputError, WrongPasswordError, TooOftenError) as refused:
        return _account(request, db, name, refused)
    return _welcome(request, db, secret, "/account?changed")


def _check_typed_twice(new: str, again: str) -> None:
    if new != again:
        raise BadInputError("The new password was typed in two ways", "Please type it once more.")
