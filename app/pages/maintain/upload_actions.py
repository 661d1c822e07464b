"""Actions of maintainers on an upload: publish, discard, withdraw, check again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.auth.accounts import MaintainerIdentity
from app.catalogue.lookup import source_names
from app.csv_io.schema import FileLimits, TableChoices
from app.database.session import Database
from app.domain.errors import BadFileError, BadInputError, ConflictError, UserError
from app.ingest.publish import publish_upload
from app.ingest.withdraw import choose_table, discard_upload, reclassify_upload, withdraw_upload
from app.ingest.withdrawal_review import review_withdrawal
from app.pages.forms import FormState, SentForm, form_texts, problems_by_field
from app.pages.maintain.upload_record import NO_REFUSAL, ActionRefusal, UploadId, render_upload
from app.pages.small_charts import small_charts
from app.pages.templates import render_page
from app.pages.upload_texts import withdrawal_finding
from app.queries.uploads import UploadRecord, read_upload_record
from app.web.dependencies import ReadSession, SignedInMaintainer, database_of, no_parameters
from app.web.route_policy import RouteKind, policy

router = APIRouter()

LIMITS: Final = FileLimits()
SUPERSEDED: Final = (
    "Later uploads have replaced all of its months. Check those again whose figures are current."
)
SAME: Final = "Today’s catalogue says of every line what was published."

UploadAction = Callable[[Session], int]
"""A function that does the action and returns the id of the upload to show afterwards."""


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """A form that a maintainer sent about an upload; a dependency of the routes of actions."""

    request: Request
    upload_id: UploadId
    maintainer: SignedInMaintainer
    db: Annotated[Database, Depends(database_of)]
    form: SentForm

    @property
    def by(self) -> str:
        return self.maintainer.signature

    @property
    def reason(self) -> str:
        return form_texts(self.form).get("reason", "")

    @property
    def version(self) -> str:
        """The version of what the maintainer looked at, "" where the form has none."""
        # An action on something else than was looked at is refused. "" is no version of anything,
        # so a form without it is refused as well.
        return form_texts(self.form).get("version", "")

    def done(self, act: UploadAction) -> Response:
        """Do it in one transaction and lead to the upload's page.

        Where it is refused, return the page with the form again and what is wrong.
        """
        try:
            with self.db.writing() as session:
                shown = act(session)
        # Caught outside of the transaction, so that the page shows what stands without it.
        except (BadFileError, BadInputError, ConflictError) as refused:
            return self._refused(refused)
        return RedirectResponse(f"/uploads/{shown}", 303)

    def _refused(self, refused: UserError) -> Response:
        # 422 is about what was typed, which the form can mend; 409 about what others did meanwhile.
        bad_input = isinstance(refused, BadInputError)
        problems = problems_by_field(refused.problems) if bad_input else {}
        alert = refused.title if bad_input else f"{refused.title}. {refused.detail}".strip()
        status = 409 if isinstance(refused, ConflictError) else 422
        refusal = ActionRefusal(alert, FormState(form_texts(self.form), problems), status)
        with self.db.reading() as session:
            upload = read_upload_record(session, self.upload_id)
            if upload.withdrawable:
                return _withdrawing(self.request, session, upload, self.maintainer, refusal)
            return render_upload(self.request, session, upload, self.maintainer, refusal)


ActionAsked = Annotated[ActionRequest, Depends()]


@router.get("/uploads/{number}/withdraw", dependencies=[no_parameters()], response_model=None)
@policy(RouteKind.PAGE)
def ask_to_withdraw(
    request: Request, upload_id: UploadId, session: ReadSession, maintainer: SignedInMaintainer
) -> HTMLResponse | RedirectResponse:
    """Return the page with what may be done with a published upload."""
    # It has an address of its own because the upload's page is public: it is the same for everyone
    # and reads no cookie, so that caches may keep it.
    upload = read_upload_record(session, upload_id)
    if not upload.withdrawable:
        return RedirectResponse(f"/uploads/{upload_id}", 303)
    return _withdrawing(request, session, upload, maintainer)


def _withdrawing(
    request: Request,
    session: Session,
    upload: UploadRecord,
    maintainer: MaintainerIdentity,
    refusal: ActionRefusal = NO_REFUSAL,
) -> HTMLResponse:
    names = source_names(session)
    review = review_withdrawal(session, upload.id)
    context: dict[str, object] = {"maintainer": maintainer, "upload": upload, "names": names}
    context |= {"review": review, "finding": withdrawal_finding(review, names)}
    context |= {"charts": small_charts(review.series)}
    context |= {"alert": refusal.alert, "form": refusal.form}
    return render_page(request, "maintain/upload_withdrawal.html", context, refusal.status)


@router.post("/uploads/{number}/publish")
@policy(RouteKind.PAGE, maintainers_write=True)
def publish(doing: ActionAsked) -> Response:
    def act(session: Session) -> int:
        return publish_upload(
            session,
            doing.upload_id,
            by=doing.by,
            reason=doing.reason,
            limits=LIMITS,
            expected=doing.version,
        ).upload_id

    return doing.done(act)


@router.post("/uploads/{number}/withdraw")
@policy(RouteKind.PAGE, maintainers_write=True)
def withdraw(doing: ActionAsked) -> Response:
    def act(session: Session) -> int:
        reason, expected = doing.reason, doing.version
        withdraw_upload(session, doing.upload_id, by=doing.by, reason=reason, expected=expected)
        return doing.upload_id

    return doing.done(act)


@router.post("/uploads/{number}/discard")
@policy(RouteKind.PAGE, maintainers_write=True)
def discard(doing: ActionAsked) -> Response:
    def act(session: Session) -> int:
        discard_upload(session, doing.upload_id, by=doing.by, expected=doing.version)
        return doing.upload_id

    return doing.done(act)


@router.post("/uploads/{number}/table")
@policy(RouteKind.PAGE, maintainers_write=True)
def table(doing: ActionAsked) -> Response:
    """Read the file again as was chosen, as a new upload in the place of this one."""

    def act(session: Session) -> int:
        choices = TableChoices.of_texts(form_texts(doing.form))
        return choose_table(session, doing.upload_id, choices, by=doing.by, expected=doing.version)

    return doing.done(act)


@router.post("/uploads/{number}/reclassify")
@policy(RouteKind.PAGE, maintainers_write=True)
def reclassify(doing: ActionAsked) -> Response:
    def act(session: Session) -> int:
        again = reclassify_upload(session, doing.upload_id, by=doing.by, limits=LIMITS)
        if again is None:
            record = read_upload_record(session, doing.upload_id)
            is_current = any(month.current for month in record.months)
            raise ConflictError("Nothing would change", SAME if is_current else SUPERSEDED)
        return again

    return doing.done(act)
