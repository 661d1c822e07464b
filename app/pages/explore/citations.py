"""Citations of any answer as files for reference managers: `/trends.bib` and `/trends.csl`."""

from fastapi import APIRouter, Request, Response

from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.pages.answer_view import citation_of_answer
from app.queries.answers.shares import answer_question
from app.web.dependencies import FreshQuestion, ReadSession, end_reading
from app.web.route_policy import RouteKind, policy
from app.wording.bibliography import Citation

router = APIRouter()


@router.get("/trends.bib")
@policy(RouteKind.FILE, cross_origin_reads=True)
def bibtex(request: Request, question: FreshQuestion, session: ReadSession) -> Response:
    """Return one BibTeX entry, whose link is pinned to the vintage."""
    citation = _found(request, question, session)
    return citation_file(citation.bibtex, "application/x-bibtex", f"{citation.key}.bib")


@router.get("/trends.csl")
@policy(RouteKind.FILE, cross_origin_reads=True)
def csl(request: Request, question: FreshQuestion, session: ReadSession) -> Response:
    """Return the citation as CSL-JSON, under a name in `.json`, by which programs know it."""
    citation = _found(request, question, session)
    return citation_file(
        citation.csl_text, "application/vnd.citationstyles.csl+json", f"{citation.key}.json"
    )


def _found(request: Request, question: Question, session: ReadSession) -> Citation:
    answer = answer_question(session, question)
    end_reading(request)
    citation = citation_of_answer(request, answer, question)
    if citation is None:
        raise NoFiguresError("There is no figure to cite", "Ask for months that have one.")
    return citation


def citation_file(text: str, media_type: str, name: str) -> Response:
    """Return the text of a citation as a file to be saved under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)
