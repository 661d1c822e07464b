"""What both doors take from a request (sessions, questions, who asks), and CSV for both."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.security import HTTPBearer
from sqlalchemy.orm import Session

from app import freshness
from app.auth.accounts import MaintainerIdentity, maintainer_of_token
from app.auth.sessions import find_session
from app.csv_io.writer import csv_link_header, csv_text, download_file_name
from app.database.session import Database
from app.domain.answer import Answer
from app.domain.errors import NotSignedInError, Problem, excerpt
from app.domain.matching import nearest_match
from app.domain.parameters import PARAMETERS, parameter_names
from app.domain.question import Question
from app.domain.question_parser import bad_question, parse_question
from app.queries.shares import known_slugs
from app.share_rows import COLUMNS, share_rows
from app.wording.citations import pinned_question


def database(request: Request) -> Database:
    db: Database = request.app.state.db
    return db


RequestDatabase = Annotated[Database, Depends(database)]


def reading(db: Annotated[Database, Depends(database)]) -> Iterator[Session]:
    with db.reading() as session:
        yield session


Reading = Annotated[Session, Depends(reading, scope="function")]


def asked(request: Request, session: Reading) -> Question:
    """The question of the query string; raises BadQuestionError."""
    items = request.query_params.multi_items()
    if request.url.path.endswith(".csv"):
        items = [item for item in items if item != ("bom", "1")]
    elif request.url.path.endswith(".png"):
        items = [item for item in items if item[0] != "width"]
    return parse_question(items, known_slugs(session))


Asked = Annotated[Question, Depends(asked)]


def fresh(request: Request, session: Reading, question: Asked) -> Question:
    """Returns the question of an address; raises NotModifiedError where its answer is held."""
    beside = set(parameter_names(PARAMETERS))
    others = sorted(item for item in request.query_params.multi_items() if item[0] not in beside)
    freshness.check(request, session, question.as_of, [*question.pairs(), *others])
    return question


Fresh = Annotated[Question, Depends(fresh)]


def taking(*accepted: str) -> Any:
    """A dependency of addresses about no question: refuses what they do not take, by name."""

    def taken(request: Request) -> None:
        others = [name for name in request.query_params if name not in accepted]
        if others:
            expected = f"one of {', '.join(accepted)}" if accepted else "no parameter"
            found = excerpt(others[0])
            suggestion = nearest_match(others[0], accepted)
            code = "unknown_parameter"
            raise bad_question([Problem(code, None, None, found, found, expected, suggestion)])

    return Depends(taken)


def cookie_name(request: Request) -> str:
    """The prefix makes browsers keep it to this host; they take it over https only."""
    return "__Host-session" if request.scope["scheme"] == "https" else "session"


def visitor(
    request: Request, db: Annotated[Database, Depends(database)]
) -> MaintainerIdentity | None:
    """Who is signed in with this browser, if anyone; looked up once a request."""
    if not hasattr(request.state, "maintainer"):
        secret = request.cookies.get(cookie_name(request))
        request.state.maintainer = find_session(db, secret) if secret else None
    found: MaintainerIdentity | None = request.state.maintainer
    return found


Visitor = Annotated[MaintainerIdentity | None, Depends(visitor)]


def signed_in(found: Visitor) -> MaintainerIdentity:
    """Raises NotSignedIn: a page sends people to the sign-in first."""
    if found is None:
        raise NotSignedInError("Only maintainers may do this", "Please sign in.")
    return found


SignedIn = Annotated[MaintainerIdentity, Depends(signed_in)]


def by_token(request: Request, db: Database) -> MaintainerIdentity:
    """Whoever the token of the Authorization header speaks for. Raises NotSignedInError."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedInError("A token is needed: Authorization: Bearer TOKEN", NEW_TOKEN)
    if not hasattr(request.state, "maintainer"):
        request.state.maintainer = maintainer_of_token(db, token.strip())
    found: MaintainerIdentity | None = request.state.maintainer
    if found is None:
        raise NotSignedInError("The token is unknown or revoked", NEW_TOKEN)
    return found


TOKEN: Final = HTTPBearer(auto_error=False, description="What `modelshare token create` prints.")


def bearer(
    request: Request,
    db: Annotated[Database, Depends(database)],
    _: Annotated[object, Depends(TOKEN)],
) -> MaintainerIdentity:
    return by_token(request, db)


Bearer = Annotated[MaintainerIdentity, Depends(bearer)]
NEW_TOKEN: Final = "`modelshare token create NAME LABEL` on the server makes one."  # noqa: S105


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
    pinned = pinned_question(question, answer)
    links = csv_link_header(
        described=question.address(f"{request.base_url}api/v1/shares"),
        canonical=pinned.address(f"{request.base_url}{request.url.path[1:]}"),
    )
    return csv_response(request, COLUMNS, rows, shares_name(question, answer, "csv"), links)


def shares_name(question: Question, answer: Answer, ending: str) -> str:
    """The name of a file of an answer: its sources, grouping and vintage."""
    slugs = [source.slug for source in answer.sources]
    told = "+".join(slugs) if len(slugs) < 3 else f"{len(slugs)}-sources"
    return download_file_name(f"{told}_by-{question.by}", answer.vintage, ending)
