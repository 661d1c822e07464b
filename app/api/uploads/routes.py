"""The routes of uploads: a file checked or published, looked at and withdrawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, BinaryIO, Final

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.api.lists.fields import VERSION_EXAMPLE
from app.api.uploads.requests import REQUEST_BODY_SCHEMA, SentChoices, read_upload_body
from app.api.uploads.responses import (
    CheckAnswer,
    PublishedAnswer,
    ReviewedAnswer,
    UploadAnswer,
    upload_fields,
)
from app.api.uploads.review_response import (
    WithdrawalReviewAnswer,
    review_fields,
    withdrawal_fields,
)
from app.database.session import Database
from app.domain.errors import BadQuestionError, ConflictError, NotFoundError, Problem, excerpt
from app.domain.vocabulary import Openness
from app.ingest import publish, withdraw, withdrawal_review
from app.ingest.check import refuse_problems
from app.ingest.review import review_stored_upload, review_upload
from app.ingest.stored_files import WEB_LIMITS, new_upload, store_upload
from app.queries.uploads import State, read_upload_record
from app.web.dependencies import (
    BearerMaintainer,
    ReadSession,
    RequestDatabase,
    authenticate_token,
    no_parameters,
)
from app.web.route_policy import FILE_MAX_BYTES, RouteKind, policy

router = APIRouter(tags=["uploads"])

# Below 2^63, as ids are: PostgreSQL would refuse to compare a larger number.
Id = Annotated[int, Path(ge=1, lt=2**63, description="Number of the upload.", examples=[3])]


@router.post(
    "/uploads",
    max_body_size=FILE_MAX_BYTES,
    openapi_extra=REQUEST_BODY_SCHEMA,
    responses={
        201: {"model": PublishedAnswer, "description": "Published."},
        409: {"description": "A reason is needed, or others published meanwhile."},
        422: {"description": "The file has problems: the first hundred, each with its place."},
    },
)
@policy(RouteKind.API, cross_origin_reads=True, maintainers_write=True)
async def send_upload(
    request: Request, response: Response, maintainer: BearerMaintainer, db: RequestDatabase
) -> CheckAnswer | PublishedAnswer:
    """Check a CSV file or workbook against all rules and today's figures, or publish it.

    The file as the body, or a form with `file`; the other fields as query parameters or beside
    the file. The same bytes as what is current already are not stored again: `already` says so.
    """
    # Receiving the body is asynchronous, all that follows is not: in the event loop it would keep
    # every other request waiting.
    async with read_upload_body(request) as (file, sent):
        if sent.mode == "check":
            return await run_in_threadpool(_check, db, file, sent, maintainer.signature)
        answer = await run_in_threadpool(_publish, request, db, file, sent, maintainer.signature)
    response.status_code = 200 if answer.already else 201
    response.headers["Location"] = answer.links.self
    return answer


def _check(db: Database, file: BinaryIO, sent: SentChoices, by: str) -> CheckAnswer:
    # In a session that only reads, the upload is made but never added: nothing can be stored.
    with db.reading() as session, naming_source(sent):
        upload = new_upload(
            session,
            file,
            **_beside(sent, by),
        )
        review = review_stored_upload(session, upload, WEB_LIMITS)
        refuse_problems(review.checked)
    values = review_fields(review)
    return CheckAnswer.model_validate(values | {"sha256": upload.sha256.hex(), "size": upload.size})


def _beside(sent: SentChoices, by: str) -> dict[str, Any]:
    """Return what `new_upload` and `store_upload` take beside the bytes of a file."""
    return {
        "filename": sent.filename,
        "by": by,
        "source": sent.source or None,
        "openness": Openness(sent.openness),
        "provenance": sent.provenance,
        "choices": sent.choices,
    }


def _publish(
    request: Request, db: Database, file: BinaryIO, sent: SentChoices, by: str
) -> PublishedAnswer:
    """Store and publish a file in one transaction: of a file that is refused nothing is left."""
    with db.writing() as session, naming_source(sent):
        upload_id = store_upload(
            session,
            file,
            **_beside(sent, by),
        )
        done = publish.publish_upload(
            session, upload_id, by=by, reason=sent.reason, limits=WEB_LIMITS
        )
        # The same figures are current already, as another upload: this one need not be kept.
        if done.already:
            session.rollback()
    return _published(request, db, done.upload_id, already=done.already)


@contextmanager
def naming_source(sent: SentChoices) -> Iterator[None]:
    """Turn NotFoundError into BadQuestionError."""
    # The address was found: a 404 would mislead. What is unknown is the source in a parameter.
    try:
        yield
    except NotFoundError as unknown:
        expected = "the slug of a known source"
        problem = Problem("unknown_value", None, None, "source", excerpt(sent.source), expected)
        raise BadQuestionError(unknown.title, unknown.detail, [problem]) from None


def _published(request: Request, db: Database, upload_id: int, *, already: bool) -> PublishedAnswer:
    with db.reading() as session:
        record = read_upload_record(session, upload_id)
    values = upload_fields(request, record)
    return PublishedAnswer.model_validate(values | {"already": already})


@router.get(
    "/uploads/{upload_id}",
    dependencies=[no_parameters()],
    openapi_extra={"security": [{}, {"HTTPBearer": []}]},
)
@policy(RouteKind.API, cross_origin_reads=True)
def read_upload(
    request: Request, upload_id: Id, session: ReadSession, db: RequestDatabase
) -> ReviewedAnswer:
    """An upload and what became of it; before it is published for maintainers, with its review."""
    record = read_upload_record(session, upload_id)
    # A token is asked for only now, since the record of what was published is for everyone.
    if not record.public:
        authenticate_token(request, db)
    values = upload_fields(request, record) | {"review": None}
    # What publishing expects is the version of the review: it covers the catalogue too.
    if record.state is State.UNPUBLISHED:
        review = review_upload(session, upload_id)
        values |= {"version": review.version, "review": review_fields(review)}
    return ReviewedAnswer.model_validate(values)


class Publishing(BaseModel):
    """The version of the review that was looked at, and why published figures are revised."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(
        max_length=100,
        description="As GET /api/v1/uploads/{upload_id} says it while the upload waits.",
        examples=[VERSION_EXAMPLE],
    )
    reason: str = Field(
        "", description="Why published figures are revised; may be left out where none are."
    )


class Withdrawal(BaseModel):
    """The version of the upload that was looked at, and why it is withdrawn."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(
        max_length=100,
        description="As GET /api/v1/uploads/{upload_id} says it of the published upload.",
        examples=[VERSION_EXAMPLE],
    )
    reason: str = Field(
        description="Why it is withdrawn: it stands in the public record, and must not be blank.",
        examples=["The publisher has recounted October."],
    )


MOVED: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "There is no such upload."},
    409: {"description": "The upload or the figures are not what that version was of any more."},
}


@router.post("/uploads/{upload_id}/publish", responses=MOVED)
@policy(RouteKind.API, cross_origin_reads=True, maintainers_write=True)
def publish_upload(
    request: Request,
    upload_id: Id,
    body: Publishing,
    maintainer: BearerMaintainer,
    db: RequestDatabase,
) -> PublishedAnswer:
    """Publish an upload that waits, as its review shows it."""
    with db.writing() as session:
        done = publish.publish_upload(
            session,
            upload_id,
            by=maintainer.signature,
            reason=body.reason,
            limits=WEB_LIMITS,
            expected=body.version,
        )
    return _published(request, db, done.upload_id, already=done.already)


@router.get(
    "/uploads/{upload_id}/withdrawal",
    dependencies=[no_parameters()],
    responses={409: {"description": "The upload is not among the published ones."}},
)
@policy(RouteKind.API, cross_origin_reads=True)
def review_withdrawal(
    upload_id: Id, _maintainer: BearerMaintainer, session: ReadSession
) -> WithdrawalReviewAnswer:
    """What withdrawing a published upload would change: the figures that come back and that go."""
    record = read_upload_record(session, upload_id)
    if not record.withdrawable:
        raise ConflictError(f"Upload {upload_id} is not among the published ones")
    review = withdrawal_review.review_withdrawal(session, upload_id)
    return WithdrawalReviewAnswer.model_validate(withdrawal_fields(review, record.version))


@router.post("/uploads/{upload_id}/withdraw", responses=MOVED)
@policy(RouteKind.API, cross_origin_reads=True, maintainers_write=True)
def withdraw_upload(
    request: Request,
    upload_id: Id,
    body: Withdrawal,
    maintainer: BearerMaintainer,
    db: RequestDatabase,
) -> UploadAnswer:
    """Take a published upload back: the figures before it are current again."""
    with db.writing() as session:
        withdraw.withdraw_upload(
            session,
            upload_id,
            by=maintainer.signature,
            reason=body.reason,
            expected=body.version,
        )
    # Read anew once it is committed, as everybody else sees it.
    with db.reading() as session:
        record = read_upload_record(session, upload_id)
    return UploadAnswer.model_validate(upload_fields(request, record))
