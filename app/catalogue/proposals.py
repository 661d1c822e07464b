"""Proposals for models: kept as publishers make them, and shown beside what stands today."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.editing import lock_catalogue
from app.catalogue.entry_types import MODEL_TYPE, read_entries
from app.catalogue.name_index import load_name_index
from app.database.proposal_tables import ProposalRow
from app.domain.naming.names import NamedType, NameIndex
from app.domain.proposal import PROPOSED_COLUMNS, ModelProposal, maker_of, needs_filling


@dataclass(frozen=True, slots=True)
class ProposedCell:
    """A cell that is proposed: its column, what stands there now, what should, and the evidence."""

    column: str
    now: str
    proposed: str
    evidence: str


@dataclass(frozen=True)
class OpenProposal:
    """A proposal that waits, against today's catalogue; `cells` are those that still say something.

    `entry_id` is None for a model that is new, of which `entry` has no cells. `maker` is the name
    by which its developer is looked for, `developer` the slug of who that is, "" if nobody is.
    """

    # No slots: cached_property keeps the version in the instance's dictionary.
    id: int
    model: str
    entry_id: int | None
    entry: Mapping[str, str]
    maker: str
    developer: str
    cells: tuple[ProposedCell, ...]
    source_url: str
    proposed_at: datetime

    @cached_property
    def version(self) -> str:
        """A name for all that a maintainer sees of it, which the form sends back."""
        seen = repr((self.model, self.developer, self.cells))
        return sha256(seen.encode()).hexdigest()[:16]

    @property
    def is_urgent(self) -> bool:
        """Whether figures count the model as unknown until somebody decides."""
        return self.entry_id is None or any(cell.column == "openness" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class DecidedProposal:
    """What became of a proposal; `confirmed` are the columns that were taken."""

    model: str
    decided_at: datetime
    decided_by: str
    decision: str
    confirmed: tuple[str, ...]


def store_proposals(
    session: Session,
    proposals: Iterable[ModelProposal],
    *,
    looked_up_in_part: Collection[str] = (),
    without_news: Iterable[str] = (),
) -> list[str]:
    """Keep proposals to be decided; return the slugs of those that were not there before.

    Cells that a maintainer has left out or dismissed are not proposed again with the same value.
    What waits for a model is replaced, unless that was `looked_up_in_part`; what waits for one
    `without_news` is taken back.
    """
    # Two refreshes at once would both add one for the same model.
    lock_catalogue(session)
    declined = _declined_cells(session)
    statement = select(ProposalRow).where(ProposalRow.decided_at.is_(None))
    waiting = {row.model: row for row in session.scalars(statement)}
    news = []
    for proposal in proposals:
        row = waiting.get(proposal.model)
        values = _stored_values(proposal, declined)
        if row is None and values["cells"]:
            row = ProposalRow(model=proposal.model)
            session.add(row)
        elif row is None or proposal.model in looked_up_in_part or _says(row, values):
            continue
        _write(session, row, values)
        news += [proposal.model] if row.cells else []
    for slug in without_news:
        if slug in waiting and waiting[slug].cells:
            _write(session, waiting[slug], {"cells": {}, "before": {}, "evidence": {}})
    session.flush()
    return news


def _stored_values(
    proposal: ModelProposal, declined: Mapping[tuple[str, str], set[str]]
) -> dict[str, Any]:
    """Return the columns of a proposal without the cells that were declined."""
    cells = {
        column: value
        for column, value in proposal.cells.items()
        if value not in declined.get((proposal.model, column), ())
    }
    return {
        "cells": cells,
        "before": {column: proposal.before.get(column, "") for column in cells},
        "evidence": {column: proposal.evidence[column] for column in cells},
        "source_url": proposal.source_url,
    }


def _says(row: ProposalRow, values: Mapping[str, Any]) -> bool:
    return bool(row.cells == values["cells"] and row.evidence == values["evidence"])


def _write(session: Session, row: ProposalRow, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.proposed_at = session.scalars(select(func.clock_timestamp())).one()


def _declined_cells(session: Session) -> Mapping[tuple[str, str], set[str]]:
    """Return the values that were not taken when a proposal was decided, by model and column."""
    declined: dict[tuple[str, str], set[str]] = defaultdict(set)
    rows = select(ProposalRow).where(ProposalRow.decided_at.is_not(None))
    for row in session.scalars(rows):
        for column, value in row.cells.items():
            if column not in (row.confirmed or ()):
                declined[row.model, column].add(value)
    return declined


def read_open_proposals(session: Session) -> list[OpenProposal]:
    """Return what waits, new models and those of unknown openness first, by slug.

    What somebody has filled in meanwhile is not among the cells; one without any is left out.
    """
    rows = session.scalars(select(ProposalRow).where(ProposalRow.decided_at.is_(None))).all()
    if not rows:
        return []
    entries = {
        cells["model"]: (number, cells) for number, cells in read_entries(session, MODEL_TYPE)
    }
    names = load_name_index(session)
    shown = [show_proposal(row, entries, names) for row in rows]
    waiting = [proposal for proposal in shown if proposal.cells]
    return sorted(waiting, key=lambda proposal: (not proposal.is_urgent, proposal.model))


def show_proposal(
    row: ProposalRow, entries: Mapping[str, tuple[int, Mapping[str, str]]], names: NameIndex
) -> OpenProposal:
    """Return a proposal against entries (id and cells) and names of today's catalogue."""
    number, entry = entries.get(row.model, (None, {}))
    maker = maker_of(row.model)
    cells = tuple(
        ProposedCell(column, entry.get(column, ""), row.cells[column], row.evidence[column])
        for column in PROPOSED_COLUMNS
        if column in row.cells and _still_says(row, column, entry.get(column, ""))
    )
    return OpenProposal(
        id=row.id,
        model=row.model,
        entry_id=number,
        entry=entry,
        maker=maker,
        developer=entry.get("developer") or find_developer(names, maker),
        cells=cells,
        source_url=row.source_url,
        proposed_at=row.proposed_at,
    )


def _still_says(row: ProposalRow, column: str, now: str) -> bool:
    """Return whether a cell is as it was proposed for, or still says nothing."""
    if now == row.cells[column]:
        return False
    return now == row.before[column] or needs_filling(column, now, row.model)


def find_developer(names: NameIndex, text: str) -> str:
    """Return the slug of the one developer that has a name, "" where there is none or several."""
    if not text or text in names.developers:
        return text
    # A developer's own name goes before that of its company, which may have several developers.
    slugs = names.sharing(NamedType.DEVELOPER, text) or names.means(NamedType.DEVELOPER, text)
    return slugs[0] if len(slugs) == 1 else ""


def read_decided_proposals(session: Session, limit: int) -> list[DecidedProposal]:
    """Return the last `limit` that were decided, the latest first."""
    rows = session.scalars(
        select(ProposalRow)
        .where(ProposalRow.decided_at.is_not(None))
        .order_by(ProposalRow.decided_at.desc(), ProposalRow.id.desc())
        .limit(limit)
    )
    return [
        DecidedProposal(
            row.model,
            row.decided_at,
            row.decided_by or "",
            row.decision or "",
            tuple(column for column in PROPOSED_COLUMNS if column in (row.confirmed or ())),
        )
        for row in rows
        if row.decided_at
    ]
