"""`/catalogue/proposals`: what publishers say of models, to be confirmed or dismissed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.auth.accounts import MaintainerIdentity
from app.catalogue.proposal_decisions import confirm_proposal, dismiss_proposal
from app.catalogue.proposals import read_decided_proposals, read_open_proposals
from app.database.session import Database
from app.domain.errors import BadFileError, BadInputError, ConflictError, UserError
from app.pages.forms import SentForm, form_texts
from app.pages.maintain.catalogue import EntryId
from app.pages.maintain.entry_fields import ENTRY_FIELDS
from app.pages.templates import render_page
from app.web.dependencies import ReadSession, SignedInMaintainer, database_of, no_parameters
from app.web.route_policy import RouteKind, policy

router = APIRouter()

PROPOSALS_SHOWN_MAX: Final = 50
DECIDED_SHOWN_MAX: Final = 30
# The note of an entry is its evidence, which here is what a cell rests on.
LABELS: Final = {field.name: field.label for field in ENTRY_FIELDS["models"]} | {"note": "Note"}

DecideProposal = Callable[[Session], None]


@router.get("/catalogue/proposals", dependencies=[no_parameters()])
@policy(RouteKind.PAGE)
def proposals(
    request: Request, maintainer: SignedInMaintainer, session: ReadSession
) -> HTMLResponse:
    return _render(request, maintainer, session)


def _render(
    request: Request,
    maintainer: MaintainerIdentity,
    session: Session,
    refused: UserError | None = None,
    refused_id: int | None = None,
) -> HTMLResponse:
    waiting = read_open_proposals(session)
    problems = " ".join(problem.sentence() for problem in refused.problems) if refused else ""
    context = {
        "maintainer": maintainer,
        "proposals": waiting[:PROPOSALS_SHOWN_MAX],
        "count": len(waiting),
        "decided": read_decided_proposals(session, DECIDED_SHOWN_MAX),
        "labels": LABELS,
        "alert": f"{refused.title}. {refused.detail} {problems}".strip() if refused else "",
        "refused_id": refused_id,
    }
    # 422 is about what was chosen; 409 about what others did meanwhile, or have yet to do.
    status = 200 if refused is None else 409 if isinstance(refused, ConflictError) else 422
    return render_page(request, "maintain/proposals.html", context, status)


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """What a maintainer decided of a proposal; a dependency of the routes that do it."""

    request: Request
    number: EntryId
    maintainer: SignedInMaintainer
    db: Annotated[Database, Depends(database_of)]
    form: SentForm

    @property
    def version(self) -> str:
        """The version of what was looked at; "" is none, so that a form without it is refused."""
        return form_texts(self.form).get("version", "")

    @property
    def columns(self) -> set[str]:
        return {str(column) for column in self.form.getlist("cell")}

    def done(self, decide: DecideProposal) -> Response:
        """Decide it in one transaction; where that is refused, return the page with the reason."""
        try:
            with self.db.writing() as session:
                decide(session)
        # Caught outside of the transaction, so that the page shows what stands without it.
        except (BadFileError, BadInputError, ConflictError) as refused:
            with self.db.reading() as session:
                return _render(self.request, self.maintainer, session, refused, self.number)
        return RedirectResponse("/catalogue/proposals", 303)


Decided = Annotated[DecisionForm, Depends()]


@router.post("/catalogue/proposals/{number}/confirm")
@policy(RouteKind.PAGE, maintainers_write=True)
def confirm(sent: Decided) -> Response:
    def decide(session: Session) -> None:
        by = sent.maintainer.signature
        confirm_proposal(session, sent.number, by=by, columns=sent.columns, expected=sent.version)

    return sent.done(decide)


@router.post("/catalogue/proposals/{number}/dismiss")
@policy(RouteKind.PAGE, maintainers_write=True)
def dismiss(sent: Decided) -> Response:
    def decide(session: Session) -> None:
        dismiss_proposal(session, sent.number, by=sent.maintainer.signature, expected=sent.version)

    return sent.done(decide)
