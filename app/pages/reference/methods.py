"""`/methods`: the meanings of words and the making of numbers, with examples from the data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from app.catalogue.entries import ModelEntry, developers_by_slug, models_by_slug, sources_by_slug
from app.database.vintages import Vintage, vintage_at
from app.domain.answer import Answer
from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.domain.vocabulary import ORIGIN_LABELS, ORIGIN_SYNONYMS, Openness, Origin, Status
from app.pages.markdown import parse_blocks
from app.pages.questions import question_dependency
from app.pages.templates import render_page
from app.queries.anonymous_models import read_anonymous_usage
from app.queries.answers.shares import answer_question
from app.queries.coverage import CoveredMonth, SnapshotRecord, read_covered_months, read_snapshots
from app.queries.spans import covered_spans, main_source, main_source_first
from app.web.dependencies import FRESH_PAGE, ReadSession
from app.web.route_policy import RouteKind, policy
from app.wording.citations import pinned_question
from app.wording.definitions import denominator_text, source_citation, subject_of_group
from app.wording.findings import leading_series
from app.wording.formats import format_day, format_percent
from app.wording.periods import in_period, period_name

router = APIRouter()

ANONYMOUS_SHOWN_MAX: Final = 5
Then = Annotated[Question, question_dependency("as_of")]


@router.get("/methods", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def methods(request: Request, question: Then, session: ReadSession) -> HTMLResponse:
    then = question.as_of
    vintage = vintage_at(session, then)
    developers = developers_by_slug(vintage)
    models = models_by_slug(vintage)
    homes = Counter(entry.origin for entry in developers.values())
    context = {
        "question": question,
        "sources": main_source_first(vintage, sources_by_slug(vintage).values()),
        "developers": len(developers),
        "models": len(models),
        "based": sum(bool(model.base_developer) for model in models.values()),
        "homes": [(ORIGIN_LABELS[origin], homes[origin]) for origin in Origin],
        "synonyms": {ORIGIN_LABELS[origin]: names for origin, names in ORIGIN_SYNONYMS.items()},
        "statuses": _statuses(read_covered_months(vintage)),
        "record": _record(read_snapshots(vintage)),
        "example": _example(session, question),
        "doubt": _doubt(vintage, models),
    }
    return render_page(request, "reference/methods.html", context)


@router.get("/methods/bundled-data", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def bundled_data(
    request: Request, _: Annotated[Question, question_dependency("as_of")]
) -> HTMLResponse:
    """Return the account of where the bundled data comes from, as a page."""
    return render_page(request, "reference/bundled_data.html", {"blocks": parse_blocks()})


def _statuses(covered: Sequence[CoveredMonth]) -> dict[str, int]:
    """The number of months by status, also of a status that none has."""
    counts = Counter(item.status for item in covered)
    return {status.value: counts[status] for status in Status}


@dataclass(frozen=True, slots=True)
class PublishedCounts:
    """Counts of what was ever published.

    `months` counts a month once for each source and upload; `superseded` are those of them that
    later uploads replaced, `withdrawn` counts uploads.
    """

    uploads: int
    months: int
    lines: int
    superseded: int
    withdrawn: int


def _record(snapshots: Sequence[SnapshotRecord]) -> PublishedCounts:
    gone = {item.upload_id for item in snapshots if item.withdrawn_at}
    return PublishedCounts(
        uploads=len({item.upload_id for item in snapshots}),
        months=len(snapshots),
        lines=sum(item.lines for item in snapshots),
        superseded=sum(not item.current and not item.withdrawn_at for item in snapshots),
        withdrawn=len(gone),
    )


@dataclass(frozen=True, slots=True)
class LatestDoubt:
    """What is of unknown origin in the latest month of the main source, ready to print.

    `models` are the slugs, names and shares of the largest anonymous models. `unnamed` and
    `remainder` are empty where there is nothing of that.
    """

    source: str
    month: str
    whole: str
    together: str
    models: Sequence[tuple[str, str, str]]
    unnamed: str
    remainder: str


def _doubt(vintage: Vintage, models: Mapping[str, ModelEntry]) -> LatestDoubt | None:
    slug = main_source(vintage)
    if slug is None:
        return None
    source, month = sources_by_slug(vintage)[slug], covered_spans(vintage)[slug].last
    usage = read_anonymous_usage(vintage, slug, month)
    return LatestDoubt(
        source=source.name,
        month=period_name(source, month),
        whole=denominator_text(source, Question()),
        together=format_percent(usage.lines_pct, 2),
        models=[
            (key, models[key].name if key in models else key, format_percent(share, 2))
            for key, share in usage.models[:ANONYMOUS_SHOWN_MAX]
        ],
        unnamed=format_percent(usage.unnamed_pct, 2) if usage.unnamed_pct else "",
        remainder=format_percent(usage.remainder_pct, 2) if usage.remainder_pct else "",
    )


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """The latest number of the plain question, and all that belongs to it where it is cited.

    The texts are ready to print; `adds_up` pairs the parts of the whole with their shares.
    """

    number: str
    whole: str
    when: str
    status: str
    who: str
    source: str
    day: str
    citation: str
    address: str
    remainder: str
    adds_up: Sequence[tuple[str, str]]


def _example(session: Session, question: Question) -> WorkedExample | None:
    example_question = Question(as_of=question.as_of)
    try:
        answer = answer_question(session, example_question)
    except NoFiguresError:
        return None
    source = answer.sources[0]
    course = leading_series(answer, source.slug)
    if course is None or answer.vintage is None:
        return None
    parts = _adds_up(answer, course.last.month)
    return WorkedExample(
        number=format_percent(course.last.share_pct),
        whole=denominator_text(source, example_question),
        when=in_period(source, course.last.month),
        status=course.last.status,
        who=subject_of_group(course.group, example_question),
        source=source.name,
        day=format_day(answer.vintage),
        citation=source_citation(source),
        address=pinned_question(example_question, answer).address("/trends"),
        remainder=_remainder(answer, course.last.month),
        adds_up=parts,
    )


def _remainder(answer: Answer, month: date) -> str:
    """What is of unknown openness or not broken down; empty where unknown homes are shares too."""
    if any(group.key == Origin.UNKNOWN for group in answer.groups):
        return ""
    rows = (row for row in answer.complement if row.month == month and not row.missing)
    unknown = next((row for row in rows if row.group == Openness.UNKNOWN), None)
    return format_percent(unknown.share_pct) if unknown else ""


def _adds_up(answer: Answer, month: date) -> list[tuple[str, str]]:
    """The parts of the whole in a month: open models together, and each of the rest."""
    rows = [row for row in answer.shares if row.month == month and not row.missing]
    rest = [row for row in answer.complement if row.month == month and not row.missing]
    together = sum((row.share_pct or Decimal(0) for row in rows), Decimal(0))
    return [
        ("open models together", format_percent(together)),
        *((row.label.lower(), format_percent(row.share_pct)) for row in rest),
    ]
