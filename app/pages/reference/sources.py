"""`/sources`, `/sources/{slug}`: definitions, and of each source its coverage and revisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from app.catalogue.entries import find_entry, sources_by_slug
from app.database.vintages import vintage_at
from app.domain.answer import SourceDefinition
from app.domain.calendar import today_utc
from app.domain.questions.question import Question
from app.domain.revision import Effect
from app.ingest.fetchers.registry import fetchers_by_source
from app.pages.questions import question_dependency
from app.pages.reference.coverage_grid import GAP_MEANINGS, count_cells, coverage_grid
from app.pages.reference.source_facts import (
    next_figures_text,
    source_definition,
    source_differences,
    source_facts,
)
from app.pages.templates import render_page
from app.queries.coverage import CoveredMonth, SnapshotRecord, read_covered_months, read_snapshots
from app.queries.fetches import FetchRecord, has_fetcher, read_last_fetch
from app.queries.revisions import read_revisions
from app.queries.schedule import read_next_figures
from app.queries.spans import main_source_first
from app.web.dependencies import FRESH_PAGE, ReadSession
from app.web.entity_tags import set_validators
from app.web.route_policy import RouteKind, policy
from app.wording.definitions import denominator_text, source_citation

router = APIRouter()

Then = Annotated[Question, question_dependency("as_of")]


@router.get("/sources", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def sources(request: Request, question: Then, session: ReadSession) -> HTMLResponse:
    vintage = vintage_at(session, question.as_of)
    sources_known = sources_by_slug(vintage).values()
    ordered = main_source_first(vintage, sources_known)
    covered = read_covered_months(vintage)
    coming = [next_figures_text(vintage, item) for item in ordered]
    context = {
        "question": question,
        "sources": ordered,
        "facts": source_facts(ordered, covered, coming),
        "differences": source_differences(ordered),
    }
    return render_page(request, "reference/sources.html", context)


def validate_source(request: Request, session: ReadSession) -> None:
    """Set the validators of a source's page, which tells when its publisher was last asked."""
    pairs = sorted(request.query_params.multi_items())
    set_validators(request, session, None, pairs, tells_fetches=True)


@router.get("/sources/{slug:path}", dependencies=[Depends(validate_source)])
@policy(RouteKind.PAGE)
def source(request: Request, slug: str, question: Then, session: ReadSession) -> HTMLResponse:
    then = question.as_of
    vintage = vintage_at(session, then)
    sources_by_name = sources_by_slug(vintage)
    names = {item.name: item.slug for item in sources_by_name.values()}
    entry = find_entry(sources_by_name, slug, "source", names)
    covered = read_covered_months(vintage, slug)
    acts = read_revisions(session, then, [slug])
    coming = read_next_figures(vintage, entry)
    grid = coverage_grid(entry, covered, coming, None if then else today_utc())
    context = {
        "question": question,
        "source": entry,
        "definition": source_definition(
            entry, covered, {item.slug: item.name for item in sources_by_name.values()}
        ),
        "whole": denominator_text(entry, Question()),
        "citation": source_citation(entry),
        "next_figures": next_figures_text(vintage, entry),
        "grid": grid,
        "cells": count_cells(grid),
        "gaps": GAP_MEANINGS,
        "covered": covered,
        "held": held_snapshots(read_snapshots(vintage, slug)),
        # An act that only added months is no revision; a withdrawal is one even where nothing
        # stood any more of what it took back.
        "revisions": [act for act in acts if act.revises or not act.having(Effect.NEW)],
        "fetched": _last_fetch(session, slug),
        "trends": trends_address(entry, covered, question),
    }
    return render_page(request, "reference/source.html", context)


@dataclass(frozen=True, slots=True)
class SourceFetch:
    """How a source is fetched: of whom, with what result, and whether by itself."""

    title: str
    last: FetchRecord | None
    fetcher_runs: bool


def _last_fetch(session: Session, slug: str) -> SourceFetch | None:
    """Return how a source is fetched; None for one that is sent as files."""
    fetcher = fetchers_by_source().get(slug)
    if fetcher is None:
        return None
    last = read_last_fetch(session, fetcher.name)
    return SourceFetch(fetcher.title, last, has_fetcher(session))


def trends_address(
    source: SourceDefinition, covered: Sequence[CoveredMonth], question: Question
) -> str:
    """Return the address of a source's chart in the explorer, at the vintage of the question.

    It asks for all models where the source names none that is open.
    """
    # Without figures the usual question is as good as any other.
    opens = not covered or any(item.opens for item in covered)
    narrowed = question.having(source=(source.slug,), openness="open" if opens else "all")
    return f"/trends?{narrowed.query_string()}"


# --- what each upload holds


@dataclass(frozen=True, slots=True)
class HeldSnapshots:
    """What one upload says about a source: its months and lines, and how many months stand.

    `standing` counts the months that are current.
    """

    upload_id: int
    filename: str
    published_at: datetime
    published_by: str
    withdrawn_at: datetime | None
    months: tuple[date, ...]
    lines: int
    standing: int


def held_snapshots(snapshots: Sequence[SnapshotRecord]) -> list[HeldSnapshots]:
    """Return a line for each upload among the snapshots of a source, in their order."""
    numbers = dict.fromkeys(item.upload_id for item in snapshots)
    return [_held([item for item in snapshots if item.upload_id == number]) for number in numbers]


def _held(snapshots: Sequence[SnapshotRecord]) -> HeldSnapshots:
    first = snapshots[0]
    return HeldSnapshots(
        upload_id=first.upload_id,
        filename=first.filename,
        published_at=first.published_at,
        published_by=first.published_by,
        withdrawn_at=first.withdrawn_at,
        months=tuple(sorted(item.month for item in snapshots)),
        lines=sum(item.lines for item in snapshots),
        standing=sum(item.current for item in snapshots),
    )
