"""Uploads by program: checked, published, looked at and withdrawn."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Annotated, Any, BinaryIO, Final, cast

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from app import http, intake, provenance
from app.api.reviews import Month, Percent, ReviewAnswer, review_values
from app.db import Db
from app.errors import BadInput, BadQuestion, NotFound, Problem, excerpt
from app.http import Bearer, Reading, database
from app.months import month_key
from app.provenance import UploadRecord
from app.review import review, review_of
from app.words import Openness, nearest

router = APIRouter(tags=["uploads"])

SPOOL: Final = 1 << 20
FIELD_LIMIT: Final = 1 << 16

Database = Annotated[Db, Depends(database)]
Id = Annotated[int, Path(ge=1, lt=2**63)]


# --- what is answered ----------------------------------------------------------------------------


class CheckAnswer(ReviewAnswer):
    """A sound file, of which nothing was stored."""

    sha256: str
    size: int = Field(description="Bytes.")


class PublishedMonth(BaseModel):
    """One snapshot: what an upload says about one source in one month."""

    source: str = Field(examples=["openrouter-rankings"])
    month: Month
    basis: str = Field(description="Whether the file gave shares, or values.", examples=["share"])
    lines: int
    share_pct: Percent = Field(description="The sum of the lines.")
    current: bool
    superseded_by: int | None = Field(description="The upload that is current instead.")


class UploadLinks(BaseModel):
    self: str
    page: str
    file: str


class UploadAnswer(BaseModel):
    """An upload and what became of it; without months until it is published."""

    id: int
    state: str = Field(description="unpublished, published, superseded, withdrawn or discarded")
    version: str = Field(description="What publishing and withdrawing expect.")
    filename: str = Field(examples=["october.csv"])
    sha256: str
    size: int = Field(description="Bytes.")
    source: str | None = Field(description="Chosen for lines that leave it out.")
    openness: str = Field(description="Chosen for lines that leave it out.")
    reclassified: bool = Field(description="Read with the catalogue going before its lines.")
    received_at: datetime
    received_by: str
    published_at: datetime | None
    published_by: str | None
    reason: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str
    discarded_at: datetime | None
    discarded_by: str | None
    lines: int
    months: list[PublishedMonth]
    links: UploadLinks


class PublishedAnswer(UploadAnswer):
    already: bool = Field(description="The same bytes were current before: nothing was stored.")


class ReviewedAnswer(UploadAnswer):
    review: ReviewAnswer | None = Field(description="What publishing would change; while it waits.")


def upload_values(request: Request, record: UploadRecord) -> dict[str, Any]:
    """The values of an UploadAnswer."""
    values = {item.name: getattr(record, item.name) for item in fields(record)}
    months = [asdict(month) | {"month": month_key(month.month)} for month in record.months]
    here = f"{request.base_url}uploads/{record.id}"
    own = str(request.url_for("read_upload", upload_id=record.id))
    links = {"self": own, "page": here, "file": f"{here}/file"}
    return values | {"lines": record.lines, "months": months, "links": links}


# --- what is sent --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """A file and what goes with it."""

    mode: str = "check"
    source: str = ""
    openness: str = Openness.OPEN
    reason: str = ""
    filename: str = ""


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "mode": ("check", "publish"),
    "openness": tuple(Openness),
}
NAMES: Final = tuple(item.name for item in fields(Sent))


def sent_of(items: list[tuple[str, str]]) -> Sent:
    """Query parameters and form fields together. Raises BadQuestion with every problem."""
    problems: list[Problem] = []
    values: dict[str, str] = {}
    for name, text in items:
        if name not in NAMES:
            problems.append(_problem("unknown_parameter", name, name, NAMES))
        elif name in values:
            problem = _problem("repeated_parameter", name, text, ())
            problems.append(replace(problem, expected="the parameter once"))
        elif name in CHOICES and text and text not in CHOICES[name]:
            problems.append(_problem("unknown_value", name, text, CHOICES[name]))
        if text:  # a native form sends every empty field
            values[name] = text
    _refuse(problems)
    return Sent(**values)


def _problem(code: str, name: str, found: str, allowed: tuple[str, ...]) -> Problem:
    expected, near = "one of " + ", ".join(allowed), nearest(found, allowed)
    return Problem(code, None, None, excerpt(name), excerpt(found), expected, near)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        first = problems[0]
        hint = f" Did you mean “{first.suggestion}”?" if first.suggestion else ""
        title = f"The parameter “{first.field}” cannot be taken"
        detail = f"Found “{first.found}”; expected {first.expected}.{hint}"
        raise BadQuestion(title, detail, problems)


@asynccontextmanager
async def body_of(request: Request) -> AsyncIterator[tuple[BinaryIO, Sent]]:
    """The file, at its beginning, and what goes with it."""
    asked = request.query_params.multi_items()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/csv":
        sent = sent_of(asked)
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as file:
            async for portion in request.stream():
                file.write(portion)
            yield cast(BinaryIO, file), sent
    elif kind == "multipart/form-data":
        parts = {"max_files": 1, "max_fields": 10, "max_part_size": FIELD_LIMIT}
        async with request.form(**parts) as form:
            yield _of_form(form, asked)
    else:
        raise HTTPException(415, "Send the file as text/csv, or as file in multipart/form-data")


def _of_form(form: FormData, asked: list[tuple[str, str]]) -> tuple[BinaryIO, Sent]:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        found = ", ".join(form) or "nothing"
        problem = Problem("no_file", None, None, "file", excerpt(found), "a file named “file”")
        raise BadInput("The form has no file", "Send one file named “file”.", [problem])
    texts = [(name, text) for name, text in form.multi_items() if isinstance(text, str)]
    sent = sent_of([*asked, *texts])
    return file.file, replace(sent, filename=sent.filename or file.filename or "")


BODY: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": meaning,
            "schema": {"type": "string"}
            | ({"enum": list(CHOICES[name])} if name in CHOICES else {}),
        }
        for name, meaning in {
            "mode": "check (the default) stores nothing; publish stores all or nothing.",
            "source": "Slug of the source, for lines that leave it out.",
            "openness": "For lines that leave it out and name no known model. Default: open.",
            "reason": "Why published figures are revised.",
            "filename": "The file's name, for the record.",
        }.items()
    ],
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "month,origin,share_pct\n2026-10,chinese,41.3\n2026-10,us,6.2\n",
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}}
                    | {name: {"type": "string"} for name in NAMES},
                }
            },
        },
    },
}


# --- addresses -----------------------------------------------------------------------------------


@router.post(
    "/uploads",
    openapi_extra=BODY,
    responses={
        201: {"model": PublishedAnswer, "description": "Published."},
        409: {"description": "A reason is needed, or others published meanwhile."},
        422: {"description": "The file has problems: the first hundred, each with its place."},
    },
)
async def send_upload(
    request: Request, response: Response, maintainer: Bearer, db: Database
) -> CheckAnswer | PublishedAnswer:
    """Check a CSV file against all rules and today's figures, or publish it.

    `text/csv` as the body, or a form with `file`; the other fields as query parameters or beside
    the file. The same bytes as what is current already are not stored again: `already` says so.
    """
    async with body_of(request) as (file, sent):
        if sent.mode == "check":
            return await run_in_threadpool(_check, db, file, sent, maintainer.signature)
        answer = await run_in_threadpool(_publish, request, db, file, sent, maintainer.signature)
    response.status_code = 200 if answer.already else 201
    response.headers["Location"] = answer.links.self
    return answer


def _check(db: Db, file: BinaryIO, sent: Sent, by: str) -> CheckAnswer:
    with db.reading() as session, naming_source(sent):
        upload = intake.received(
            session,
            file,
            filename=sent.filename,
            by=by,
            source=sent.source or None,
            openness=Openness(sent.openness),
        )
        found = review_of(session, upload, intake.WEB_LIMITS)
        intake.refuse_problems(found.checked)
    values = review_values(found)
    return CheckAnswer.model_validate(values | {"sha256": upload.sha256.hex(), "size": upload.size})


def _publish(request: Request, db: Db, file: BinaryIO, sent: Sent, by: str) -> PublishedAnswer:
    """Keeps and publishes in one transaction: of a file that is refused nothing is left."""
    with db.writing() as session, naming_source(sent):
        upload_id = intake.keep(
            session,
            file,
            filename=sent.filename,
            by=by,
            source=sent.source or None,
            openness=Openness(sent.openness),
        )
        done = intake.publish(
            session, upload_id, by=by, reason=sent.reason, limits=intake.WEB_LIMITS
        )
        if done.already:
            session.rollback()
    return _published(request, db, done.upload_id, already=done.already)


@contextmanager
def naming_source(sent: Sent) -> Iterator[None]:
    """An unknown source is the parameter's fault, not the address's."""
    try:
        yield
    except NotFound as unknown:
        expected = "the slug of a known source"
        problem = Problem("unknown_value", None, None, "source", excerpt(sent.source), expected)
        raise BadQuestion(unknown.title, unknown.detail, [problem]) from None


def _published(request: Request, db: Db, upload_id: int, *, already: bool) -> PublishedAnswer:
    with db.reading() as session:
        record = provenance.upload(session, upload_id)
    values = upload_values(request, record)
    return PublishedAnswer.model_validate(values | {"already": already})


@router.get("/uploads/{upload_id}", openapi_extra={"security": [{}, {"HTTPBearer": []}]})
def read_upload(request: Request, upload_id: Id, session: Reading, db: Database) -> ReviewedAnswer:
    """An upload and what became of it; before it is published for maintainers, with its review."""
    record = provenance.upload(session, upload_id)
    if not record.public:
        http.by_token(request, db)
    values = upload_values(request, record) | {"review": None}
    if record.state is provenance.State.UNPUBLISHED:
        found = review(session, upload_id)
        values |= {"version": found.version, "review": review_values(found)}
    return ReviewedAnswer.model_validate(values)


class Publishing(BaseModel):
    """The version of the review that was looked at, and why published figures are revised."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(max_length=100)
    reason: str = ""


class Withdrawal(BaseModel):
    """The version of the upload that was looked at, and why it is withdrawn."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(max_length=100)
    reason: str = Field(examples=["The publisher has recounted October."])


MOVED: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "There is no such upload."},
    409: {"description": "The upload or the figures are not what that version was of any more."},
}


@router.post("/uploads/{upload_id}/publish", responses=MOVED)
def publish_upload(
    request: Request, upload_id: Id, body: Publishing, maintainer: Bearer, db: Database
) -> PublishedAnswer:
    """Publish an upload that waits, as its review shows it."""
    with db.writing() as session:
        done = intake.publish(
            session,
            upload_id,
            by=maintainer.signature,
            reason=body.reason,
            limits=intake.WEB_LIMITS,
            expected=body.version,
        )
    return _published(request, db, done.upload_id, already=done.already)


@router.post("/uploads/{upload_id}/withdraw", responses=MOVED)
def withdraw_upload(
    request: Request, upload_id: Id, body: Withdrawal, maintainer: Bearer, db: Database
) -> UploadAnswer:
    """Take a published upload back: the figures before it are current again."""
    with db.writing() as session:
        intake.withdraw(
            session,
            upload_id,
            by=maintainer.signature,
            reason=body.reason,
            expected=body.version,
        )
    with db.reading() as session:
        record = provenance.upload(session, upload_id)
    return UploadAnswer.model_validate(upload_values(request, record))
