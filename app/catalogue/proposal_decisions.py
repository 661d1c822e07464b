"""Proposals decided by a maintainer: cells confirmed as a reviewed correction, or dismissed."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.editing import edit_entry, lock_catalogue
from app.catalogue.entry_types import MODEL_TYPE, read_entries
from app.catalogue.name_index import load_name_index
from app.catalogue.proposals import OpenProposal, show_proposal
from app.database.proposal_tables import ProposalRow
from app.domain.errors import BadInputError, ConflictError, NotFoundError, excerpt
from app.domain.proposal import Decision, reason_of
from app.domain.text import REASON_MAX_LENGTH
from app.domain.vocabulary import Openness

CHANGED: Final = "Somebody decided or corrected it meanwhile. Look at it again first."


def confirm_proposal(
    session: Session,
    number: int,
    *,
    by: str,
    columns: Collection[str] | None = None,
    expected: str | None = None,
) -> None:
    """Correct a model by cells of a proposal, or add it to the catalogue; None are all of them.

    The evidence is the reason in the audit list. Raises ConflictError where it is decided, is no
    longer the `expected` version or names a developer that the catalogue does not know,
    BadInputError where no cell is chosen, BadFileError where an entry cannot have such a cell.
    """
    row, proposal = _lock(session, number, expected)
    chosen = [cell for cell in proposal.cells if columns is None or cell.column in columns]
    if not chosen:
        hint = "Choose a cell, or dismiss the proposal."
        raise BadInputError("Nothing of the proposal was chosen", hint)
    if not proposal.developer:
        title = f"The catalogue knows no developer “{excerpt(proposal.maker)}”"
        hint = f"{proposal.model} needs one. Add it first, or another name of one that is there."
        raise ConflictError(title, hint)
    texts = dict(proposal.entry) or {
        "model": proposal.model,
        "name": proposal.model,
        "developer": proposal.developer,
        "openness": Openness.UNKNOWN.value,
    }
    texts |= {cell.column: cell.proposed for cell in chosen}
    _decide(session, row, by, Decision.CONFIRMED, [cell.column for cell in chosen])
    reason = reason_of(cell.evidence for cell in chosen)[:REASON_MAX_LENGTH]
    edit_entry(session, MODEL_TYPE, texts, by=by, reason=reason, entry_id=proposal.entry_id)


def dismiss_proposal(
    session: Session, number: int, *, by: str, expected: str | None = None
) -> None:
    """Decide that a proposal is not taken; the same cells are not proposed again.

    Raises ConflictError where it is decided, or no longer the `expected` version.
    """
    row, _ = _lock(session, number, expected)
    _decide(session, row, by, Decision.DISMISSED, [])


def _lock(session: Session, number: int, expected: str | None) -> tuple[ProposalRow, OpenProposal]:
    # Decisions take turns by the catalogue's lock, which corrections by hand hold too.
    lock_catalogue(session)
    row = session.get(ProposalRow, number)
    if row is None:
        raise NotFoundError(f"There is no proposal {number}")
    if row.decided_at is not None:
        title = f"This was {row.decision} already by {row.decided_by}"
        raise ConflictError(title, f"What was proposed for {row.model} is decided.")
    entries = {cells["model"]: (key, cells) for key, cells in read_entries(session, MODEL_TYPE)}
    proposal = show_proposal(row, entries, load_name_index(session))
    if expected is not None and expected != proposal.version:
        raise ConflictError("This proposal is not what you looked at any more", CHANGED)
    return row, proposal


def _decide(
    session: Session, row: ProposalRow, by: str, decision: Decision, confirmed: list[str]
) -> None:
    row.decided_at = session.scalar(select(func.clock_timestamp()))
    row.decided_by = by
    row.decision = decision
    row.confirmed = confirmed
    session.flush()
