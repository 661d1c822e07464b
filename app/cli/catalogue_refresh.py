"""`modelshare catalogue refresh`: what publishers say of models, proposed and applied."""

from collections.abc import Sequence
from typing import Annotated

import typer

from app.catalogue.proposal_decisions import confirm_proposal
from app.catalogue.proposals import OpenProposal, read_open_proposals
from app.cli.console import DataDir, console, exit_when_terminated, load_settings, open_database
from app.cli.imports import operator_name
from app.database.session import Database
from app.domain.errors import NotFoundError
from app.settings import Settings


def refresh(
    slugs: Annotated[
        list[str] | None,
        typer.Argument(metavar="SLUG", help="The models; without any, all with gaps."),
    ] = None,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Confirm what is proposed for these models: --apply SLUG..."),
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Propose what OpenRouter's list and the Hugging Face Hub say of models with gaps.

    Looked up are models that the catalogue knows only in part, and those that files waiting for
    review name anew. Nothing changes before a maintainer confirms it at /catalogue/proposals, or
    with --apply here: what is proposed already is confirmed as it stands, all or nothing.
    """
    named = list(dict.fromkeys(slugs or ()))
    if apply and not named:
        raise typer.BadParameter("name the models: --apply SLUG...")
    settings = load_settings(data_dir)
    with exit_when_terminated(), open_database(data_dir) as db:
        if apply:
            _look_up_missing(db, settings, named)
            _confirm(db, named)
        else:
            _propose(db, settings, named or None)
            _list_proposals(db, named)


def _look_up_missing(db: Database, settings: Settings, slugs: Sequence[str]) -> None:
    """Look up the models for which nothing is proposed yet."""
    with db.reading() as session:
        waiting = {proposal.model for proposal in read_open_proposals(session)}
    missing = [slug for slug in slugs if slug not in waiting]
    if missing:
        _propose(db, settings, missing)


def _propose(db: Database, settings: Settings, slugs: Sequence[str] | None) -> None:
    # Publishers are asked with httpx2 and the Hub's own client: no other command needs them.
    from app.ingest.fetching.refresh import propose_for_models  # noqa: PLC0415

    for message in propose_for_models(db, settings, slugs).messages:
        console.print(message)


def _confirm(db: Database, slugs: Sequence[str]) -> None:
    with db.writing() as session:
        confirmed = [item for item in read_open_proposals(session) if item.model in slugs]
        for slug in slugs:
            if slug not in {proposal.model for proposal in confirmed}:
                raise NotFoundError(f"Nothing is proposed for {slug}", "Nothing was changed.")
        for proposal in confirmed:
            confirm_proposal(session, proposal.id, by=operator_name(), expected=proposal.version)
    for proposal in confirmed:
        typer.echo(f"Confirmed: {_described(proposal)}")


def _list_proposals(db: Database, slugs: Sequence[str]) -> None:
    with db.reading() as session:
        waiting = read_open_proposals(session)
    for proposal in waiting:
        if not slugs or proposal.model in slugs:
            typer.echo(_described(proposal))


def _described(proposal: OpenProposal) -> str:
    new = "" if proposal.entry_id else ", new to the catalogue"
    unknown = "" if proposal.developer else f", whose developer {proposal.maker} is not"
    lines = [f"{proposal.model}{new}{unknown}"]
    for cell in proposal.cells:
        before = f"{cell.now} → " if cell.now else ""
        lines.append(f"  {cell.column}: {before}{cell.proposed} ({cell.evidence})")
    return "\n".join(lines)
