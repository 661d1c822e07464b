"""`/fetches`: the record of fetches and their queue, and the button that puts one into it."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.database.session import Database
from app.domain.errors import NotFoundError, excerpt
from app.ingest.fetchers.registry import FETCHERS
from app.ingest.fetching.record import FetchRequest, queue_fetch
from app.pages.forms import SentForm, form_texts
from app.pages.templates import render_page
from app.queries.fetches import has_fetcher, read_fetches
from app.web.dependencies import ReadSession, SignedInMaintainer, database_of, no_parameters
from app.web.route_policy import RouteKind, policy

router = APIRouter()

RUN_COMMAND: Final = "modelshare fetch all --every 6h"


@router.get("/fetches", dependencies=[no_parameters()])
@policy(RouteKind.PAGE)
def fetches(request: Request, session: ReadSession, maintainer: SignedInMaintainer) -> HTMLResponse:
    """Return the page with what was fetched, is being fetched and waits for the fetcher."""
    records = read_fetches(session)
    context: dict[str, object] = {
        "maintainer": maintainer,
        "fetches": records,
        "pending": [record for record in records if record.pending],
        "fetchers": FETCHERS,
        "fetcher_runs": has_fetcher(session),
        "command": RUN_COMMAND,
    }
    return render_page(request, "maintain/fetches.html", context)


@router.post("/fetches")
@policy(RouteKind.PAGE, maintainers_write=True)
def queue(
    maintainer: SignedInMaintainer,
    db: Annotated[Database, Depends(database_of)],
    form: SentForm,
) -> Response:
    """Put a fetch of a publisher's news into the queue, and lead to the record of fetches."""
    # The fetcher is a process of its own: this one never calls out.
    name = form_texts(form).get("fetcher", "")
    if name not in FETCHERS:
        listed = ", ".join(FETCHERS)
        raise NotFoundError(
            f"There is no publisher “{excerpt(name)}” to fetch from", f"There are: {listed}."
        )
    with db.writing() as session:
        queue_fetch(session, FetchRequest(name, maintainer.signature))
    return RedirectResponse("/fetches", 303)
