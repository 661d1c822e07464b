"""`/models` and `/models/{slug}`: every model with its latest share, and one with its versions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from app.catalogue.companies import developers_of
from app.catalogue.entries import (
    DeveloperEntry,
    ModelEntry,
    alias_texts,
    aliases_by_entry,
    developers_by_slug,
    find_entry,
    models_by_slug,
    names_to_slugs,
)
from app.database.vintages import vintage_at
from app.domain.answer import Share
from app.domain.comparison import change_in_points
from app.domain.errors import Problem, excerpt
from app.domain.naming.families import model_family
from app.domain.naming.matching import nearest_match
from app.domain.naming.names import NamedType
from app.domain.questions.question import Question
from app.domain.questions.question_parser import bad_question, parse_question
from app.domain.series import group_series
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS, Origin
from app.pages.questions import question_dependency
from app.pages.reference.entry_page import entry_context
from app.pages.reference.share_history import ShareHistory, all_usage_history, share_history
from app.pages.templates import render_page
from app.queries.answers.shares import known_slugs
from app.web.canonical_names import redirect_names
from app.web.dependencies import FRESH_PAGE, ReadSession
from app.web.route_policy import RouteKind, policy
from app.wording.definitions import definition_text

router = APIRouter()

ROWS_A_PAGE: Final = 100
Then = Annotated[Question, question_dependency("home", "as_of")]


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A line of the list: the latest share known, its change on the month before, its first month.

    `now` says that the share is of the latest month of the list.
    """

    entry: ModelEntry
    developer: str
    home: str
    share: Share | None = None
    change: Decimal | None = None
    first: date | None = None
    now: bool = False


def _descending(value: Decimal | date | None) -> tuple[bool, Any]:
    """The key of a value that is largest first; what is not known comes last."""
    if value is None:
        return True, 0
    return False, -(value.toordinal() if isinstance(value, date) else value)


# Word of an address to its label, and to the key that it sorts by.
ORDERS: Final[Mapping[str, tuple[str, Callable[[ListedModel], Any]]]] = {
    "share": (
        "Latest share",
        lambda row: (not row.now, *_descending(row.share.share_pct if row.share else None)),
    ),
    "change": ("Largest rise", lambda row: (not row.now, *_descending(row.change))),
    "name": ("Name", lambda row: row.entry.name.casefold()),
    "developer": ("Developer", lambda row: row.developer.casefold()),
    "released": ("Latest release", lambda row: _descending(row.entry.release_month)),
    "first": ("Latest to appear", lambda row: _descending(row.first)),
}


@dataclass(frozen=True, slots=True)
class ModelsQuery:
    """Which models are listed, in which order, and which page of them, from 1."""

    question: Question
    order: str = "share"
    page: int = 1

    def address(self, **changes: Any) -> str:
        """Return the address of the list with some of the fields changed."""
        fields = {"order": self.order, "page": self.page, **changes}
        pairs = [pair for pair in self.question.pairs() if pair[0] != "openness"]
        if self.question.openness != "all":
            pairs.append(("openness", self.question.openness))
        if fields["order"] != "share":
            pairs.append(("sort", fields["order"]))
        if fields["page"] != 1:
            pairs.append(("page", str(fields["page"])))
        return f"/models?{urlencode(pairs, safe=',:/')}" if pairs else "/models"


def models_query(request: Request, session: ReadSession) -> ModelsQuery:
    """Return what the query string asks for. Raise BadQuestionError, RenamedError."""
    accepted = ("openness", "origin", "company", "developer", "as_of")
    items = request.query_params.multi_items()
    own = {name: text for name, text in items if name in ("sort", "page") and text}
    rest = [item for item in items if item[0] not in ("sort", "page")]
    question = parse_question(rest, known_slugs(session), accepted, ("sort", "page"))
    redirect_names(request, question)
    order, page = own.get("sort", "share"), own.get("page", "1")
    if order not in ORDERS:
        expected, near = "one of " + ", ".join(ORDERS), nearest_match(order, ORDERS)
        raise bad_question(
            [Problem("unknown_value", None, None, "sort", excerpt(order), expected, near)]
        )
    if not (page.isascii() and page.isdecimal() and len(page) < 5 and int(page) > 0):
        expected = "a page of the list, from 1"
        raise bad_question([Problem("not_a_number", None, None, "page", excerpt(page), expected)])
    # Questions are about open models by default, this list is about all of them.
    if not any(name == "openness" and text for name, text in rest):
        question = question.having(openness="all")
    return ModelsQuery(question, order, int(page))


@router.get("/models", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def models(
    request: Request, query: Annotated[ModelsQuery, Depends(models_query)], session: ReadSession
) -> HTMLResponse:
    question = query.question
    history = all_usage_history(session, Question(by="model", as_of=question.as_of))
    rows = _sorted(_listed(session, question, history), query.order)
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = min(query.page, pages)
    context = {
        "question": question,
        "query": query,
        "rows": rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        "count": len(rows),
        "page": page,
        "pages": pages,
        "orders": {order: label for order, (label, _) in ORDERS.items()},
        "origins": ORIGIN_LABELS,
        "opennesses": OPENNESS_LABELS,
        "found": history,
        "definition": definition_text(history.answer, history.question) if history else "",
    }
    return render_page(request, "reference/models.html", context)


def _sorted(rows: Sequence[ListedModel], order: str) -> list[ListedModel]:
    by_name = sorted(rows, key=lambda row: (row.entry.name.casefold(), row.entry.slug))
    return sorted(by_name, key=ORDERS[order][1])


def _listed(
    session: Session, question: Question, history: ShareHistory | None
) -> list[ListedModel]:
    """The models that pass the filters of the question, with what is known of their shares."""
    vintage = vintage_at(session, question.as_of)
    developers = developers_by_slug(vintage)
    members = developers_of(vintage, question.company)
    listed = [
        ListedModel(entry, maker.name if maker else entry.developer, _home(maker))
        for entry in models_by_slug(vintage).values()
        for maker in [developers.get(entry.developer)]
        if question.openness in ("all", entry.openness)
        if not question.origin or _home(maker) in question.origin
        if not question.company or entry.developer in members
        if not question.developer or entry.developer in question.developer
    ]
    if history is None:
        return listed
    answer = history.answer
    shares = answer.shares_of(answer.sources[0].slug)
    courses = {course.group.key: course for course in group_series(shares, answer.groups)}
    latest = max((course.last.month for course in courses.values()), default=None)
    rows = []
    for row in listed:
        course = courses.get(row.entry.slug)
        if course is None:
            rows.append(row)
            continue
        change = change_in_points(course.by_month, course.last.month, 1)
        known = (course.last, change, course.first.month, course.last.month == latest)
        rows.append(ListedModel(row.entry, row.developer, row.home, *known))
    return rows


def _home(maker: DeveloperEntry | None) -> str:
    return maker.origin if maker else Origin.UNKNOWN


# Slugs of models hold a slash.
@router.get("/models/{slug:path}", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def model(request: Request, slug: str, question: Then, session: ReadSession) -> HTMLResponse:
    vintage = vintage_at(session, question.as_of)
    entries, aliases = models_by_slug(vintage), aliases_by_entry(vintage)
    names = names_to_slugs(entries.values(), aliases, NamedType.MODEL)
    # The page of a name that only a withdrawn file brought stays: others may link to it.
    is_listed = slug in entries
    known = entries if is_listed else models_by_slug(vintage, withdrawn=True)
    entry = find_entry(known, slug, "model", names)
    named = Question(by="model", model=(slug,), as_of=question.as_of)
    family = model_family(slug)
    context = {
        "entry": entry,
        "developers": developers_by_slug(vintage, withdrawn=not is_listed),
        "aliases": alias_texts(aliases, NamedType.MODEL, slug),
        "family": family,
        "versions": [
            other
            for other in entries.values()
            if other.slug != slug and model_family(other.slug) == family
        ],
    }
    based = bool(entry.base_developer)
    history = share_history(session, named)
    context |= entry_context(session, question, history, entry.name, based=based)
    return render_page(request, "reference/model.html", context)
