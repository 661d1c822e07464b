"""`/uploads/{number}/mend`: the suggestions of one kind in a copy of the file, shown first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.database.session import Database
from app.domain.errors import BadQuestionError
from app.ingest.mending.copies import copy_name, digest_of, mend_upload, store_mended_copy
from app.ingest.mending.suggestions import KindChoice
from app.pages.forms import SentForm, form_texts
from app.pages.maintain.upload_record import UploadId
from app.pages.templates import render_page
from app.queries.uploads import read_upload_record
from app.web.dependencies import ReadSession, SignedInMaintainer, database_of, no_parameters
from app.web.route_policy import RouteKind, policy

router = APIRouter()


def parse_choice(code: str = "", column: str = "", shape: str = "", way: str = "") -> KindChoice:
    """Return the kind of problem that is named. Raises BadQuestionError."""
    if not (code and column.isascii() and column.isdigit() and len(column) < 4):
        raise BadQuestionError(
            "Which kind of problem?", "Ask with code=... and column=..., as the upload’s page does."
        )
    return KindChoice(code, int(column), shape, way)


Choice = Annotated[KindChoice, Depends(parse_choice)]


@router.get(
    "/uploads/{number}/mend", dependencies=[no_parameters("code", "column", "shape", "way")]
)
@policy(RouteKind.PAGE)
def show_copy(
    request: Request,
    upload_id: UploadId,
    choice: Choice,
    session: ReadSession,
    maintainer: SignedInMaintainer,
) -> HTMLResponse:
    """Return the page that shows what a copy would have in place of the cells of a kind."""
    upload = read_upload_record(session, upload_id)
    mended = mend_upload(session, upload_id, choice)
    context: dict[str, object] = {
        "maintainer": maintainer,
        "upload": upload,
        "mended": mended,
        "choice": choice._asdict(),
        "digest": digest_of(mended),
        "copy_name": copy_name(upload.filename, upload_id),
    }
    return render_page(request, "maintain/upload_mending.html", context)


@router.post("/uploads/{number}/mend")
@policy(RouteKind.PAGE, maintainers_write=True)
def keep_copy(
    upload_id: UploadId,
    maintainer: SignedInMaintainer,
    db: Annotated[Database, Depends(database_of)],
    form: SentForm,
) -> Response:
    """Store the copy that was shown, and lead to its page, where it is checked."""
    fields = form_texts(form)
    choice = parse_choice(**{name: fields.get(name, "") for name in KindChoice._fields})
    with db.writing() as session:
        digest = fields.get("digest", "")
        copy_id = store_mended_copy(
            session, upload_id, choice, by=maintainer.signature, digest=digest
        )
    return RedirectResponse(f"/uploads/{copy_id}", 303)
