"""`/trends`, the explorer: any question as a chart with its table, and the form that asks it."""

from collections.abc import Iterator
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.charts.kinds import is_drawn
from app.domain.answer import Answer
from app.domain.errors import BadQuestionError, NoFiguresError
from app.domain.questions.question import Question
from app.domain.questions.question_parser import parse_question, parse_valid_part
from app.pages.answer_view import chart_view, citation_of_answer, share_tables
from app.pages.explore.question_form import question_form
from app.pages.revision_notice import latest_revisions, revision_notice
from app.pages.templates import render_page
from app.queries.answers.availability import has_answer
from app.queries.answers.shares import answer_question, known_slugs
from app.queries.namesakes import namesakes
from app.queries.uploads import withdrawal_moments
from app.web.canonical_names import redirect_names
from app.web.dependencies import FRESH_PAGE, ReadSession
from app.web.question_chart import question_chart
from app.web.route_policy import RouteKind, policy
from app.wording.citations import pinned_question
from app.wording.definitions import definition_text, source_citation
from app.wording.findings import headline_finding, small_print_text

router = APIRouter()

Pairs = list[tuple[str, str]]
TYPED = (
    "company",
    "developer",
    "model",
    "top",
    "as_of",
)  # the fields of the form that take any text


@router.get("/trends", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def trends(request: Request, session: ReadSession) -> HTMLResponse:
    # Not a dependency, which would answer a mistake with the error page: here the form stays, with
    # the mistake in its field.
    pairs = request.query_params.multi_items()
    try:
        question = parse_question(pairs, known_slugs(session))
    except BadQuestionError as refused:
        return _unread(request, session, pairs, refused)
    redirect_names(request, question)
    return _answered(request, session, question)


@router.get("/trends/ask")
@policy(RouteKind.PAGE)
def ask(request: Request, session: ReadSession) -> Response:
    """Lead from what the form sends to the short address of the question it says."""
    # A form sends every control. Without this, links to one question would differ in the defaults
    # they spell out, and a list of checkboxes would come as a name that is repeated.
    pairs = _joined(request.query_params.multi_items())
    try:
        question = parse_question(pairs, known_slugs(session))
    except BadQuestionError as refused:
        return _unread(request, session, pairs, refused)
    return RedirectResponse(question.address("/trends"), 303)


def _joined(sent: Pairs) -> Pairs:
    """The pairs with checkboxes of one name as a comma list, without empty fields."""
    values: dict[str, list[str]] = {}
    for name, text in sent:
        if text:
            values.setdefault(name, []).append(text)
    # A share of open models is no use for other models. The page greys that control only once it
    # has been answered, so a form without scripts may still send it.
    if values.get("openness", ["open"]) != ["open"]:
        values.pop("of", None)
    return [(name, ",".join(texts)) for name, texts in values.items()]


def _answered(request: Request, session: Session, question: Question) -> HTMLResponse:
    try:
        answer = answer_question(session, question)
    except NoFiguresError as nothing:
        return _nothing(request, session, question, nothing)
    controls = question_form(session, question)
    citation = citation_of_answer(request, answer, question)
    context = {
        "question": question,
        "form": controls,
        "vintage_query": question.having(as_of=answer.vintage).query_string(),
        "embeds": _embeds(request, question, answer),
        "citation": citation,
        "namesakes": [
            (namesake.name, namesake.question.address("/trends"))
            for namesake in namesakes(session, question)
        ],
        "revised": revision_notice(session, question, answer),
        "revisions": latest_revisions(session, question, answer),
    }
    response = render_page(
        request, "explore/trends.html", context | explorer_context(session, question, answer)
    )
    if citation:
        response.headers["Link"] = f'<{citation.link}>; rel="cite-as"'
    return response


def _nothing(
    request: Request, session: Session, question: Question, refused: NoFiguresError
) -> HTMLResponse:
    """The page for a sound question without an answer: why, and wider ones that have one."""
    ways = [
        (label, wider.address("/trends"))
        for label, wider in _wider(session, question)
        if has_answer(session, wider)
    ]
    controls = question_form(session, question)
    context = {"question": question, "form": controls, "answer": None, "refused": refused}
    return render_page(request, "explore/trends.html", context | {"ways": ways}, 404)


def _unread(
    request: Request, session: Session, pairs: Pairs, refused: BadQuestionError
) -> HTMLResponse:
    """The page with the form as it was sent, and what of it cannot be read."""
    # Only fields of free text can show what was typed; a select or a checkbox shows the default.
    question = parse_valid_part(pairs, known_slugs(session), refused)
    faulty = {problem.field for problem in refused.problems}
    typed = {name: text for name, text in pairs if name in TYPED and name in faulty}
    context = {
        "question": question,
        "form": question_form(session, question, typed),
        "answer": None,
        "refused": refused,
        "ways": [("Leave that out", question.address("/trends"))],
    }
    response = render_page(request, "explore/trends.html", context, 400)
    response.headers["Cache-Control"] = "no-store"
    return response


def explorer_context(session: Session, question: Question, answer: Answer) -> dict[str, object]:
    """Return the part of the context that the explorer and an embedded frame share.

    `chart` is None for the view that is a table.
    """
    chart = question_chart(session, question, answer) if is_drawn(question.view) else None
    return {
        "answer": answer,
        "headline": headline_finding(answer, question),
        "small_print": small_print_text(answer, question),
        "definition": definition_text(answer, question),
        "citations": [source_citation(source) for source in answer.sources],
        "reported": chart.reported if chart else None,
        "chart": chart_view(chart) if chart else None,
        "tables": share_tables(answer),
    }


def _embeds(request: Request, question: Question, answer: Answer) -> list[tuple[str, str, str]]:
    """The two ways to embed an answer: name, meaning and address."""
    path = f"{request.base_url}embed/trends"
    live, pinned = question.having(as_of=None), pinned_question(question, answer)
    return [
        ("Live", "Follows the figures as they are published and revised.", live.address(path)),
        ("Pinned", "Shows these figures for good.", pinned.address(path)),
    ]


def _wider(session: Session, question: Question) -> Iterator[tuple[str, Question]]:
    """Questions that leave out one thing that may be in the way, each with its label."""
    if question.openness != "all":
        yield "Count all models, open or not", question.having(openness="all", of="all")
    if (question.by, question.openness, question.of) != ("origin", "open", "all"):
        plain = question.having(by="origin", openness="open", of="all")
        yield "Open models by home, of all usage", plain
    if question.from_ or question.to:
        yield "All months", question.having(from_=None, to=None)
    if question.origin or question.company or question.developer or question.model:
        unfiltered = question.having(origin=(), company=(), developer=(), model=())
        yield "Without the filters", unfiltered
    if question.source:
        yield "From the main source", question.having(source=())
    if question.as_of:
        yield "The figures as they stand now", question.having(as_of=None)
    # What stood just before a withdrawal is the way out where figures were taken back. The latest
    # withdrawal need not be the one that took these.
    for withdrawn in withdrawal_moments(session, question.source, question.as_of):
        before = question.having(as_of=withdrawn - timedelta(microseconds=1))
        if has_answer(session, before):
            yield "The figures before they were withdrawn", before
            break
