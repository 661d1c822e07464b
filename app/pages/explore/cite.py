"""`/cite/{token}`: one number with all that makes it citable; `/cite?...` leads to its token."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.domain.answer import Share, SourceDefinition
from app.domain.calendar import parse_month
from app.domain.errors import BadQuestionError, NoFiguresError, NotFoundError, Problem, excerpt
from app.domain.number_reference import parse_token, refer_to_number
from app.domain.questions.question import Question
from app.domain.questions.question_parser import bad_question, parse_question
from app.domain.vocabulary import View
from app.pages.answer_view import chart_view
from app.pages.explore.citations import citation_file
from app.pages.templates import render_page
from app.queries.answers.cited_numbers import ResolvedNumber, find_number
from app.queries.answers.shares import answer_question, known_slugs
from app.web.dependencies import FRESH_PAGE, ReadSession, no_parameters, site_of
from app.web.question_chart import question_chart
from app.web.route_policy import RouteKind, policy
from app.wording.bibliography import Citation
from app.wording.citations import CitedNumber, cite_number
from app.wording.definitions import (
    denominator_text,
    left_out_definition,
    question_definition,
)
from app.wording.formats import capitalize_first
from app.wording.periods import figure_terms, in_period

router = APIRouter()


def resolve_token(token: str, session: ReadSession) -> ResolvedNumber:
    """Return the number of a token. Raise NotFoundError, which says what is wrong with it."""
    reference = parse_token(token)
    try:
        question = parse_question(reference.pairs, known_slugs(session))
    except BadQuestionError as refused:
        first = refused.problems[0].sentence() if refused.problems else refused.detail
        raise NotFoundError("This server cannot know the number that was cited", first) from None
    return find_number(session, reference, question)


Resolved = Annotated[ResolvedNumber, Depends(resolve_token)]
NO_PARAMETERS: Final = no_parameters()


@router.get("/cite")
@policy(RouteKind.PAGE)
def refer(request: Request, session: ReadSession) -> Response:
    """Lead from a question with a month and a group to the page of that number."""
    pairs = request.query_params.multi_items()
    _refuse_repeated(pairs)
    asked = {name: text for name, text in pairs if name in ("month", "group")}
    rest = [pair for pair in pairs if pair[0] not in ("month", "group")]
    question = parse_question(rest, known_slugs(session))
    month = parse_month(asked.get("month", ""))
    if month is None:
        given = asked.get("month", "")
        expected = "a month as YYYY-MM, such as 2025-08"
        raise bad_question([Problem("not_a_month", None, None, "month", excerpt(given), expected)])
    answer = answer_question(session, question)
    # A group of what the question leaves out is asked for as in a token: with a hyphen before it.
    # Without it a group that is asked for goes first: `unknown` is a home and an openness.
    group = asked.get("group", "")
    if len(answer.sources) > 1:
        expected = "one source: each has a number of its own"
        found = ",".join(source.slug for source in answer.sources)
        raise bad_question([Problem("several", None, None, "source", excerpt(found), expected)])
    shares = () if group.startswith("-") else answer.shares
    for left_out, rows in ((False, shares), (True, answer.complement)):
        for row in rows:
            if (row.month, row.group) == (month, group.removeprefix("-")):
                reference = refer_to_number(answer.vintage, question, row, left_out=left_out)
                if reference:
                    return RedirectResponse(f"/cite/{reference.token}", 303)
    raise NoFiguresError(
        "There is no figure to cite", "Ask for a month and a group that the answer has."
    )


def _refuse_repeated(pairs: list[tuple[str, str]]) -> None:
    for name in ("month", "group"):
        texts = [text for other, text in pairs if other == name]
        if len(texts) > 1:
            found = excerpt(", ".join(texts))
            raise bad_question([Problem("repeated", None, None, name, found, "one value")])


# The files stand beside the pages and not below them: a token may end in “.json”, as slugs may.
@router.get("/cite.bib/{token:path}", dependencies=[FRESH_PAGE, NO_PARAMETERS])
@policy(RouteKind.FILE, cross_origin_reads=True)
def bibtex(request: Request, number: Resolved) -> Response:
    """Return one BibTeX entry of the number."""
    citation = _citation(request, number)
    return citation_file(citation.bibtex, "application/x-bibtex", f"{citation.key}.bib")


@router.get("/cite.json/{token:path}", dependencies=[FRESH_PAGE, NO_PARAMETERS])
@policy(RouteKind.FILE, cross_origin_reads=True)
def csl(request: Request, number: Resolved) -> Response:
    """Return the citation of the number as CSL-JSON."""
    citation = _citation(request, number)
    media_type = "application/vnd.citationstyles.csl+json"
    return citation_file(citation.csl_text, media_type, f"{citation.key}.json")


@router.get("/cite/{token:path}", dependencies=[FRESH_PAGE, NO_PARAMETERS])
@policy(RouteKind.PAGE)
def cite(request: Request, number: Resolved, session: ReadSession) -> HTMLResponse:
    citation = _citation(request, number)
    response = render_page(
        request, "explore/cite.html", _context(session, number) | {"citation": citation}
    )
    response.headers["Link"] = f'<{citation.link}>; rel="cite-as"'
    return response


def _citation(request: Request, number: ResolvedNumber) -> Citation:
    cited = CitedNumber(number.group, number.row, number.reference.left_out)
    source = number.source
    citation = cite_number(number.answer, number.question, site_of(request), cited, source)
    # Every number that was resolved has a figure and a vintage.
    if citation is None:
        raise NotFoundError("There is no figure to cite")
    return citation


def _context(session: Session, number: ResolvedNumber) -> dict[str, object]:
    answer, source = number.answer, number.source
    drawn = number.question.having(view=View.LINES)
    return {
        "number": number,
        "row": number.row,
        "source": source,
        "when": capitalize_first(in_period(source, number.row.month)),
        "terms": figure_terms(source),
        "definition": (
            left_out_definition(number.group, number.question)
            if number.reference.left_out
            else question_definition(number.question)
        ),
        "whole": capitalize_first(denominator_text(source, number.question)),
        "now_path": _now_path(number),
        "chart": chart_view(question_chart(session, drawn, answer)),
        "trends": number.question.address("/trends"),
        "today": number.question.having(as_of=None).address("/trends"),
        "behind": _behind(source, number.row, number.question),
    }


def _now_path(number: ResolvedNumber) -> str:
    """The page of the number as it stands today."""
    if number.now is None or number.now_vintage is None:
        return ""
    left_out = number.reference.left_out
    today = refer_to_number(number.now_vintage, number.question, number.now, left_out=left_out)
    return f"/cite/{today.token}" if today else ""


def _behind(source: SourceDefinition, row: Share, question: Question) -> str:
    """The address of the upload and the lines that the number rests on, as it stood then."""
    vintage = "".join(text for name, text in question.pairs() if name == "as_of")
    return f"/uploads/behind?source={source.slug}&month={row.month:%Y-%m}&as_of={vintage}"
