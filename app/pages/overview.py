"""`/`: the finding, its chart, what happened, what is not known, and the numbers."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from app.domain.answer import Answer
from app.domain.errors import NoFiguresError
from app.domain.question import Question
from app.pages.cards import cards
from app.pages.citations import citation
from app.pages.machines import embedded
from app.pages.revised import lately, revised
from app.pages.shell import render
from app.pages.showing import beside, drawing, tables
from app.pages.side_by_side import side_by_side
from app.queries.shares import answer_question
from app.web.dependencies import AskedQuestion, ReadSession
from app.wording.definitions import definition_text, source_citation
from app.wording.findings import (
    chart_highlights,
    composition_sentence,
    headline_finding,
    small_print_text,
)

router = APIRouter()


@router.get("/")
def overview(request: Request, question: AskedQuestion, session: ReadSession) -> HTMLResponse:
    try:
        answer = answer_question(session, question)
    except NoFiguresError as nothing:
        if question != Question():
            raise
        return render(request, "empty.html", {"refused": nothing})
    context = _shown(session, question, answer) | {
        "cards": cards(answer, question, str(request.base_url)),
        "citation": citation(request, answer, question),
        # Search engines read it here only; one page is enough.
        "dataset": embedded(request, session) if question == Question() else "",
        "revised": revised(session, question, answer, "/"),
        "revisions": lately(session, question, answer),
    }
    return render(request, "overview.html", context)


def _shown(session: Session, question: Question, answer: Answer) -> dict[str, object]:
    reported, events = beside(session, question)
    return {
        "question": question,
        "answer": answer,
        "headline": headline_finding(answer, question),
        "small_print": small_print_text(answer),
        "definition": definition_text(answer, question, dated=False),
        "highlights": chart_highlights(answer, question),
        "composition": composition_sentence(answer, question),
        "citations": [source_citation(source) for source in answer.sources],
        "reported": reported,
        "lines": drawing(answer, question, "lines", reported, events),
        "stack": drawing(answer, question, "stack"),
        "sides": side_by_side(session, question, answer, reported),
        "tables": tables(answer),
    }
