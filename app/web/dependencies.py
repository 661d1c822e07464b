"""Dependencies of endpoints: the database, a session, a question, and who is signed in."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy.orm import Session

from app.auth.accounts import MaintainerIdentity, maintainer_of_token
from app.auth.sessions import find_session
from app.database.session import Database
from app.domain.errors import NotSignedInError, Problem, excerpt
from app.domain.naming.matching import nearest_match
from app.domain.questions.parameters import PARAMETERS, parameter_names
from app.domain.questions.question import Question
from app.domain.questions.question_parser import bad_question, parse_question
from app.domain.questions.tracking import expected_beside
from app.domain.site import Site
from app.queries.answers.shares import known_slugs
from app.web.canonical_names import redirect_names
from app.web.databases.public_reads import read_publicly
from app.web.entity_tags import set_release_validators, set_validators


def database_of(request: Request) -> Database:
    """Return the database of the application."""
    db: Database = request.app.state.db
    return db


def site_of(request: Request) -> Site:
    """Return who runs the site, with the address at which this request asks it."""
    site: Site = request.app.state.site
    return replace(site, address=str(request.base_url).rstrip("/"))


RequestDatabase = Annotated[Database, Depends(database_of)]


def read_session(request: Request) -> Iterator[Session]:
    """Yield a session of one read-only transaction, in which all reads see the same figures.

    Whoever draws or renders what was read ends it first, with `end_reading`.
    """
    with read_publicly(request) as session:
        request.state.read_session = session
        yield session


def end_reading(request: Request) -> None:
    """Give the connection of the request's read session back; nothing can be read any more.

    It may be called again, and where the request reads nothing.
    """
    # Drawing and rendering take longer than reading: meanwhile others have the connection.
    session: Session | None = getattr(request.state, "read_session", None)
    if session is not None:
        session.close()


# With the scope of the function the session ends before the answer is sent. By default FastAPI
# ends it afterwards, and a client that takes its answer slowly would hold a connection.
ReadSession = Annotated[Session, Depends(read_session, scope="function")]


def parse_asked_question(request: Request, session: ReadSession) -> Question:
    """Return the question of the query string. Raise BadQuestionError, RenamedError.

    `bom` of a CSV file and `width` of a picture are no part of it; their endpoints read them.
    """
    items = request.query_params.multi_items()
    if request.url.path.endswith(".csv"):
        items = [item for item in items if item != ("bom", "1")]
    elif request.url.path.endswith(".png"):
        items = [item for item in items if item[0] != "width"]
    question = parse_question(items, known_slugs(session))
    redirect_names(request, question)
    return question


AskedQuestion = Annotated[Question, Depends(parse_asked_question)]


def parse_fresh_question(
    request: Request, session: ReadSession, question: AskedQuestion
) -> Question:
    """Return the question of an address and set the validators of its answer.

    Raise BadQuestionError, or NotModifiedError where the client holds the answer.
    """
    # What is no parameter of the question, as `bom` and `width`, changes the bytes of the answer
    # and so belongs to its tag.
    beside = set(parameter_names(PARAMETERS))
    others = sorted(item for item in request.query_params.multi_items() if item[0] not in beside)
    set_validators(request, session, question.as_of, [*question.pairs(), *others])
    return question


def validate_page(request: Request, session: ReadSession) -> None:
    """Set the validators of a page. Raise NotModifiedError where the client holds it."""
    # Also at a vintage it is a page of today: it says what has been revised since, offers what the
    # catalogue knows by now, and names the scripts of this release.
    set_validators(request, session, None, sorted(request.query_params.multi_items()))


FRESH_PAGE: Final = Depends(validate_page)
FIXED_PAGE: Final = Depends(set_release_validators)

FreshQuestion = Annotated[Question, Depends(parse_fresh_question)]


def no_parameters(*accepted: str) -> Any:
    """Return a dependency that raises BadQuestionError for a parameter not in `accepted`.

    It is for addresses about no question; the others read theirs with `parse_question`.
    """

    def taken(request: Request) -> None:
        others = [name for name in request.query_params if name not in accepted]
        if others:
            names = f"one of {', '.join(accepted)}" if accepted else "no parameter"
            expected = expected_beside(names, others[0])
            name_given = excerpt(others[0])
            suggestion = nearest_match(others[0], accepted)
            code = "unknown_parameter"
            raise bad_question(
                [Problem(code, None, None, name_given, name_given, expected, suggestion)]
            )

    return Depends(taken)


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie.

    With the prefix browsers keep it to this host, but they take it over https only.
    """
    # Without the prefix any subdomain of the same site could set a cookie of this name.
    return "__Host-session" if request.scope["scheme"] == "https" else "session"


def find_visitor(
    request: Request, db: Annotated[Database, Depends(database_of)]
) -> MaintainerIdentity | None:
    """Return who is signed in with this browser, or None; it is looked up once a request."""
    # Kept in the request's state, where `mark_personal` sees that the answer depends on who asks:
    # a None that is kept counts as well.
    if not hasattr(request.state, "maintainer"):
        secret = request.cookies.get(cookie_name(request))
        request.state.maintainer = find_session(db, secret) if secret else None
    visitor: MaintainerIdentity | None = request.state.maintainer
    return visitor


VisitorOrNone = Annotated[MaintainerIdentity | None, Depends(find_visitor)]


def require_signed_in(visitor: VisitorOrNone) -> MaintainerIdentity:
    """Return the maintainer. Raise NotSignedInError, which leads people to the sign-in."""
    if visitor is None:
        raise NotSignedInError("Only maintainers may do this", "Please sign in.")
    return visitor


SignedInMaintainer = Annotated[MaintainerIdentity, Depends(require_signed_in)]


def authenticate_token(request: Request, db: Database) -> MaintainerIdentity:
    """Return whom the token of the Authorization header speaks for. Raise NotSignedInError."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedInError("A token is needed: Authorization: Bearer TOKEN", NEW_TOKEN_HINT)
    if not hasattr(request.state, "maintainer"):
        request.state.maintainer = maintainer_of_token(db, token.strip())
    maintainer: MaintainerIdentity | None = request.state.maintainer
    if maintainer is None:
        raise NotSignedInError("The token is unknown or revoked", NEW_TOKEN_HINT)
    return maintainer


# `auto_error` would refuse with FastAPI's own words before the database is asked.
TOKEN_SCHEME: Final = HTTPBearer(
    auto_error=False, description="What `modelshare token create` prints."
)


def bearer_maintainer(
    request: Request,
    db: Annotated[Database, Depends(database_of)],
    _: Annotated[object, Depends(TOKEN_SCHEME)],
) -> MaintainerIdentity:
    """Return the maintainer of the token; the scheme is there for the OpenAPI document only."""
    return authenticate_token(request, db)


BearerMaintainer = Annotated[MaintainerIdentity, Depends(bearer_maintainer)]
NEW_TOKEN_HINT: Final = "`modelshare token create NAME LABEL` on the server makes one."  # noqa: S105
