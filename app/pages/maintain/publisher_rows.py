"""`/uploads/{number}/answers` and `/rows`: the publisher's own bytes and rows behind a figure."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from app.catalogue.lookup import source_names
from app.domain.errors import NotFoundError
from app.domain.sources.source_terms import Statistic
from app.ingest.fetching.line_rows import rows_behind_line
from app.ingest.fetching.stored_answers import load_answer
from app.pages.maintain.upload_record import Viewed
from app.pages.templates import render_page
from app.web.dependencies import ReadSession, no_parameters
from app.web.route_policy import RouteKind, policy

router = APIRouter()

_NUMBER_DIGITS: Final = 8


def parse_number(text: str, what: str) -> int:
    """Return a number that counts from 1. Raises NotFoundError for what cannot be one."""
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= _NUMBER_DIGITS):
        raise NotFoundError(f"There is no such {what}", "They are numbered: 1, 2, 3 ...")
    return int(text)


@router.get("/uploads/{number}/answers/{answer}", dependencies=[no_parameters()])
@policy(RouteKind.FILE, cross_origin_reads=True)
def answer(sight: Viewed, session: ReadSession, answer: str) -> Response:
    """Return what a publisher answered, byte for byte as it came, to be saved."""
    wanted = parse_number(answer, "answer")
    stored = load_answer(session, sight.upload.id, wanted)
    if stored is None:
        raise NotFoundError(f"Upload {sight.upload.id} has no answer {wanted}")
    ending = "csv" if urlsplit(stored.url).path.endswith(".csv") else "json"
    # Always an attachment: what others wrote must not be shown as a page of this site.
    name = f"upload-{sight.upload.id}-answer-{wanted}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    media_type = "text/csv" if ending == "csv" else "application/json"
    return Response(stored.content, headers=headers, media_type=media_type)


def asked_line(request: Request) -> int:
    """Return the line that the query string names. Raises NotFoundError."""
    return parse_number(request.query_params.get("line", ""), "line")


@router.get("/uploads/{number}/rows", dependencies=[no_parameters("line")])
@policy(RouteKind.PAGE)
def rows(
    request: Request,
    sight: Viewed,
    session: ReadSession,
    line: Annotated[int, Depends(asked_line)],
) -> HTMLResponse:
    """Return the page with the publisher's rows that a line of a fetched file counts."""
    behind = rows_behind_line(session, sight.upload.id, line)
    context: dict[str, object] = {
        "maintainer": sight.maintainer,
        "upload": sight.upload,
        "names": source_names(session),
        "line": line,
        "behind": behind,
        "mean": behind.statistic is Statistic.MEAN,
    }
    return render_page(request, "maintain/publisher_rows.html", context)
