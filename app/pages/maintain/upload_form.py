"""`/uploads/new`: the form that takes a file, with its template and its example."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, BinaryIO, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.auth.accounts import MaintainerIdentity
from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import SOURCE_TYPE
from app.catalogue.history import read_sources
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.errors import BadFileError, BadInputError, ConflictError, NotFoundError
from app.domain.sources.provenance import Provenance
from app.domain.vocabulary import OPENNESS_LABELS, Openness
from app.ingest.fetchers.registry import FETCHERS
from app.ingest.rules.provenance import PROVENANCE_COLUMNS, read_provenance
from app.ingest.rules.upload_format import UPLOAD_COLUMNS
from app.ingest.stored_files import store_upload
from app.pages.forms import FormState, form_dependency, form_texts, problems_by_field, to_one_line
from app.pages.maintain.entry_fields import ENTRY_FIELDS
from app.pages.templates import render_page
from app.queries.spans import covered_spans
from app.web.csv_responses import CSVResponse
from app.web.dependencies import FIXED_PAGE, SignedInMaintainer, database_of
from app.web.route_policy import FILE_MAX_BYTES, RouteKind, policy

router = APIRouter()

LIMITS: Final = FileLimits()
# Text that is pasted instead of a file comes as a field, which must hold as much as a file.
SentFile = Annotated[FormData, form_dependency(LIMITS.bytes or 0)]

# Values of the field `source` that are no slugs, which cannot begin with "+".
NEW: Final = "+"
IN_FILE: Final = ""
FIELD_NAMES: Final = tuple(column.name for column in SOURCE_TYPE.columns)
TEMPLATE: Final = ",".join(column.name for column in UPLOAD_COLUMNS) + "\n"
EXAMPLE: Final = """\
month,origin,openness,share_pct,status,note
2024-06,chinese,open,41.5,final,
2024-06,us,open,7.2,final,
2024-06,european,open,1.1,final,
2024-06,chinese,closed,3.8,provisional,late returns
2024-06,us,closed,38.4,final,
"""
EXAMPLE_SUM: Final = sum(Decimal(line.split(",")[3]) for line in EXAMPLE.splitlines()[1:])


@router.get("/uploads/template.csv", dependencies=[FIXED_PAGE])
@policy(RouteKind.FILE, cross_origin_reads=True)
def template() -> CSVResponse:
    return _attached(TEMPLATE, "template.csv")


@router.get("/uploads/example.csv", dependencies=[FIXED_PAGE])
@policy(RouteKind.FILE, cross_origin_reads=True)
def example() -> CSVResponse:
    return _attached(EXAMPLE, "example.csv")


def _attached(text: str, filename: str) -> CSVResponse:
    return CSVResponse(text, headers={"Content-Disposition": f'attachment; filename="{filename}"'})


@router.get("/uploads/new")
@policy(RouteKind.PAGE)
def new(
    request: Request, maintainer: SignedInMaintainer, db: Annotated[Database, Depends(database_of)]
) -> HTMLResponse:
    return _page(request, maintainer, db, FormState({"openness": Openness.OPEN.value}))


@router.post("/uploads", max_body_size=FILE_MAX_BYTES)
@policy(RouteKind.PAGE, maintainers_write=True)
def create(
    request: Request,
    maintainer: SignedInMaintainer,
    db: Annotated[Database, Depends(database_of)],
    form: SentFile,
) -> Response:
    """Keep the file and lead to its page, or return the form with what is wrong."""
    # The lines are not checked here: a file with problems is kept too, and its page tells them.
    values = form_texts(form)
    file, filename, problems = _file_of(form)
    if values.get("openness") not in list(Openness):
        problems["openness"] = "Choose one of them."
    if values.get("source") != NEW and _describes_new(values):
        problems["source"] = "A new source is described below: choose it here, or empty its fields."
    try:
        provenance = read_provenance(values)
    except BadInputError as bad:
        problems |= problems_by_field(bad.problems)
    if not problems and file is not None:
        upload_id, problems = _keep(db, values, file, filename, maintainer.signature, provenance)
        if not problems:
            return _sent_on(request, f"/uploads/{upload_id}")
    return _page(request, maintainer, db, FormState(values, problems))


def _sent_on(request: Request, address: str) -> Response:
    """A redirect, or for upload-form.js the address alone."""
    # XMLHttpRequest follows redirects by itself: it would load the page only to throw it away. So
    # the script is given the address and has the browser go there.
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        return Response(status_code=201, headers={"Location": address})
    return RedirectResponse(address, 303)


def _file_of(form: FormData) -> tuple[BinaryIO | None, str, dict[str, str]]:
    """The file that was sent, its name, and what is wrong by field."""
    # Browsers send a part without a name and of no length where no file was picked.
    sent, text = form.get("file"), form_texts(form).get("text", "")
    picked = sent if isinstance(sent, UploadFile) and (sent.filename or sent.size) else None
    if picked and text.strip():
        return None, "", {"file": "Pick a file or paste its text, not both."}
    if picked:
        return picked.file, picked.filename or "", {}
    # Lone surrogates are kept as bytes that are no UTF-8, which the check of the file reports with
    # their line. To encode them strictly would be a fault of ours.
    if text.strip():
        return io.BytesIO(text.encode("utf-8", "surrogatepass")), "pasted.csv", {}
    return None, "", {"file": "Pick a file, or paste its text below."}


def _keep(  # noqa: PLR0917 - a form and who sent it
    db: Database,
    values: Mapping[str, str],
    file: BinaryIO,
    filename: str,
    by: str,
    provenance: Provenance,
) -> tuple[int, dict[str, str]]:
    """The upload's id, or 0 and what is wrong with the source by field."""
    # One transaction: without the file a new source is not stored either.
    source: str | None = values.get("source") or None
    try:
        with db.writing() as session:
            if source == NEW:
                source = _add_source(session, values, by)
            openness = Openness(values["openness"])
            return store_upload(
                session,
                file,
                filename=filename,
                by=by,
                source=source,
                openness=openness,
                provenance=provenance,
            ), {}
    except BadFileError as bad:
        return 0, {_new(name): problem for name, problem in problems_by_field(bad.problems).items()}
    except ConflictError as taken:
        return 0, {_new("source"): f"{taken.title}."}
    except NotFoundError as unknown:
        return 0, {"source": f"{unknown.title}. {unknown.detail}"}


def _new(name: str) -> str:
    """The name in this form of a field that describes a new source."""
    return f"new_{name}"


def _describes_new(values: Mapping[str, str]) -> bool:
    """Return whether the fields of a new source say anything that an untouched form does not."""
    # A list is always sent with a choice: untouched, with its first.
    untouched = {
        field.name: field.choices[0][0] if field.choices else ""
        for field in ENTRY_FIELDS["sources"]
    }
    return any(values.get(_new(name)) not in {None, "", untouched[name]} for name in FIELD_NAMES)


def _add_source(session: Session, values: Mapping[str, str], by: str) -> str:
    described = {name: to_one_line(values.get(_new(name), "")) for name in FIELD_NAMES}
    edit_entry(session, SOURCE_TYPE, described, by=by, reason="described with an upload")
    return described["source"].strip()


def _page(
    request: Request, maintainer: MaintainerIdentity, db: Database, form: FormState
) -> HTMLResponse:
    with db.reading() as session:
        spans = covered_spans(vintage_at(session))
        sources = [(source.slug, source.name) for source in read_sources(vintage_at(session))]
    context = {
        "maintainer": maintainer,
        "form": form,
        "limits": LIMITS,
        "fetchers": FETCHERS,
        "sources": [(IN_FILE, "As the file says"), *sources, (NEW, "A new one, described below")],
        "with_figures": [(slug, name) for slug, name in sources if slug in spans],
        "describing": _describes_new(form.values),
        "traced": any(
            form.text(column.name) or column.name in form.problems for column in PROVENANCE_COLUMNS
        ),
        "today": datetime.now(UTC).date(),
        "source_fields": [
            replace(field, name=_new(field.name)) for field in ENTRY_FIELDS["sources"]
        ],
        "openness": [(word.value, OPENNESS_LABELS[word].lower()) for word in Openness],
        "example": EXAMPLE,
        "example_sum": EXAMPLE_SUM,
    }
    return render_page(request, "maintain/upload_form.html", context, 422 if form.problems else 200)
