"""`/uploads`: the uploads, and of each what it would change or has changed, and its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePath
from typing import Annotated, BinaryIO, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from app.auth.accounts import MaintainerIdentity
from app.catalogue.lookup import source_names
from app.csv_io.problems import column_letter
from app.database.session import Database
from app.database.tables import Upload
from app.database.vintages import vintage_at
from app.domain.calendar import format_instant
from app.domain.errors import NotFoundError
from app.ingest.review import review_upload
from app.ingest.stored_files import CHUNK_BYTES, open_stored_file
from app.ingest.waiting import ids_of_waiting_uploads, read_waiting_files
from app.pages.forms import FormState
from app.pages.small_charts import small_charts
from app.pages.templates import render_page
from app.pages.upload_texts import record_title, review_finding, review_title
from app.queries.fetches import read_answers
from app.queries.spans import covered_spans
from app.queries.uploads import (
    UPLOADS_A_PAGE,
    State,
    UploadRecord,
    read_upload_record,
    read_upload_records,
)
from app.web.csv_responses import csv_response
from app.web.dependencies import (
    FRESH_PAGE,
    ReadSession,
    SignedInMaintainer,
    database_of,
    find_visitor,
    no_parameters,
    require_signed_in,
    validate_page,
)
from app.web.limits.streams import StreamedCSV
from app.web.route_policy import RouteKind, policy

router = APIRouter()

WORKBOOK_ENDINGS: Final = frozenset({".xlsx", ".xlsm", ".ods"})


@dataclass(frozen=True, slots=True)
class ActionRefusal:
    """Why an action was refused, what had been typed, and the status of the answer."""

    alert: str = ""
    form: FormState = field(default_factory=FormState)
    status: int = 200


NO_REFUSAL: Final = ActionRefusal()
"""The state of a page before anything was sent."""


def parse_upload_id(number: str) -> int:
    """Return the id that a path names. Raises NotFoundError for what cannot be one."""
    # Not `int` in the signature: a number too large for PostgreSQL's bigint would be answered as a
    # fault of ours.
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFoundError("There is no such upload", "Uploads are numbered: 1, 2, 3 ...")
    return int(number)


UploadId = Annotated[int, Depends(parse_upload_id)]


@dataclass(frozen=True, slots=True)
class ViewedUpload:
    """The upload of a path, and the maintainer who looks at it; None for a public one."""

    upload: UploadRecord
    maintainer: MaintainerIdentity | None


def viewed_upload(
    request: Request,
    upload_id: UploadId,
    session: ReadSession,
    db: Annotated[Database, Depends(database_of)],
) -> ViewedUpload:
    """Return the upload of a path. Raises NotSignedInError where only maintainers may see it."""
    # The cookie is not read for a public upload: its page is the same for everyone, so that caches
    # may keep it.
    upload = read_upload_record(session, upload_id)
    if not upload.public:
        return ViewedUpload(upload, require_signed_in(find_visitor(request, db)))
    validate_page(request, session)
    return ViewedUpload(upload, None)


Viewed = Annotated[ViewedUpload, Depends(viewed_upload, scope="function")]


@router.get("/uploads", dependencies=[FRESH_PAGE, no_parameters("before")])
@policy(RouteKind.PAGE)
def history(request: Request, session: ReadSession, before: str = "") -> HTMLResponse:
    """Return the list of uploads that were published, for everyone."""
    return _history(request, session, None, before)


@router.get("/uploads/received", dependencies=[no_parameters("before")])
@policy(RouteKind.PAGE)
def received(
    request: Request, session: ReadSession, maintainer: SignedInMaintainer, before: str = ""
) -> HTMLResponse:
    """Return the list of all uploads, also of those that wait or were discarded."""
    return _history(request, session, maintainer, before)


def _history(
    request: Request, session: Session, maintainer: MaintainerIdentity | None, before: str
) -> HTMLResponse:
    # Pages go by id and not by number, so that a new upload shifts nothing between two of them.
    last = parse_upload_id(before) if before else None
    uploads = read_upload_records(session, everyone=maintainer is not None, before=last)
    context: dict[str, object] = {
        "maintainer": maintainer,
        "uploads": uploads,
        "older": len(uploads) == UPLOADS_A_PAGE,
        "names": source_names(session),
    }
    context |= {"waiting": [], "held": {}}
    if maintainer is not None:
        waiting = ids_of_waiting_uploads(session)
        shown = [upload.id for upload in uploads if upload.id in waiting]
        context |= {"waiting": waiting, "held": read_waiting_files(session, shown)}
    return render_page(request, "maintain/uploads.html", context)


@router.get("/uploads/{number}", dependencies=[no_parameters()])
@policy(RouteKind.PAGE)
def show(request: Request, sight: Viewed, session: ReadSession) -> HTMLResponse:
    return render_upload(request, session, sight.upload, sight.maintainer)


def render_upload(
    request: Request,
    session: Session,
    upload: UploadRecord,
    maintainer: MaintainerIdentity | None,
    refusal: ActionRefusal = NO_REFUSAL,
) -> HTMLResponse:
    """Return the review of an upload, or its record once it is published or discarded.

    `refusal` is what became of an action that was tried just before.
    """
    names = source_names(session)
    context: dict[str, object] = {"maintainer": maintainer, "upload": upload, "names": names}
    context |= {"alert": refusal.alert, "form": refusal.form}
    context["answers"] = read_answers(session, upload.id)
    if upload.state is State.UNPUBLISHED:
        context |= _reviewed(session, upload, names)
        return render_page(request, "maintain/upload_review.html", context, refusal.status)
    context |= {"title": record_title(upload), "pinned": _pinned(session, upload)}
    return render_page(request, "maintain/upload_record.html", context, refusal.status)


def _reviewed(
    session: Session, upload: UploadRecord, names: Mapping[str, str]
) -> dict[str, object]:
    review = review_upload(session, upload.id)
    sound = not review.checked.problem_count
    return {
        "review": review,
        "title": review_title(review),
        "finding": review_finding(review, names) if review.months else "",
        "warnings": review.warnings,
        "charts": small_charts(review.series),
        "publishable": sound and not review.same_as and not review.changes_nothing,
    }


def _pinned(session: Session, upload: UploadRecord) -> list[tuple[str, str, str]]:
    """Each source with the addresses of its figures just before and just after publishing.

    The first is "" where the source had none.
    """
    # A microsecond is the finest that PostgreSQL stores: no other vintage lies in between.
    if upload.published_at is None:
        return []
    after = upload.published_at
    before = after - timedelta(microseconds=1)
    spans_before = covered_spans(vintage_at(session, before))
    links = []
    for source in dict.fromkeys(month.source for month in upload.months):
        addresses = [
            f"/trends?{urlencode({'source': source, 'as_of': format_instant(moment)}, safe=':/')}"
            for moment in (before, after)
        ]
        links.append((source, addresses[0] if source in spans_before else "", addresses[1]))
    return links


# --- files


@router.get("/uploads/{number}/file")
@policy(RouteKind.PAGE)
def file(request: Request, sight: Viewed, session: ReadSession) -> Response:
    """Return the file as it was received, to be saved."""
    # Always an attachment: a file may hold anything, and shown as a page it would be of this site.
    upload = sight.upload
    stored = open_stored_file(session.get_one(Upload, upload.id))
    # Two names: programs that do not know `filename*` (RFC 6266) get one that needs no escaping.
    workbook = PurePath(upload.filename).suffix.lower() in WORKBOOK_ENDINGS
    ending = PurePath(upload.filename).suffix.lower() if workbook else ".csv"
    plain = f'attachment; filename="upload-{upload.id}{ending}"'
    named = f"{plain}; filename*=UTF-8''{quote(upload.filename, safe='')}"
    headers = {"Content-Disposition": named, "Content-Length": str(upload.size)}
    media_type = "application/octet-stream" if workbook else "text/csv"
    return StreamedCSV(request, portions_of(stored), headers, media_type)


def portions_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file in portions, and close it."""
    with file:
        while portion := file.read(CHUNK_BYTES):
            yield portion


@router.get("/uploads/{number}/errors.csv")
@policy(RouteKind.FILE, cross_origin_reads=True)
def errors(request: Request, sight: Viewed, session: ReadSession) -> Response:
    """Return the first hundred problems of a file that is not published, as CSV."""
    upload = sight.upload
    if upload.state is not State.UNPUBLISHED:
        raise NotFoundError(f"Upload {upload.id} has no errors")
    problems = review_upload(session, upload.id).checked.problems
    header = ("line", "column", "field", "found", "expected", "suggestion", "code", "header", "row")
    rows = [
        (
            item.line,
            column_letter(item.column or 0),
            item.field,
            item.found,
            item.expected,
            item.suggestion,
            item.code,
            item.header,
            item.row,
        )
        for item in problems
    ]
    return csv_response(request, header, rows, f"upload-{upload.id}-errors.csv")
