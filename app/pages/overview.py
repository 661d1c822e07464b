"""`/`: the finding, its chart, what happened, what is not known, and the numbers."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app import queries, vintages, wording
from app.errors import NoFigures
from app.http import Asked, Reading
from app.pages.shell import render
from app.pages.showing import drawing, tables
from app.question import Question

router = APIRouter()


@router.get("/")
def overview(request: Request, question: Asked, session: Reading) -> HTMLResponse:
    try:
        answer = queries.answer(session, question)
    except NoFigures as nothing:
        if question != Question():
            raise
        return render(request, "empty.html", {"refused": nothing})
    reported = queries.reported(session, question)
    events = vintages.events(session, question.as_of)
    context = {
        "question": question,
        "answer": answer,
        "headline": wording.headline(answer, question),
        "small_print": wording.small_print(answer),
        "definition": wording.definition(answer, question),
        "highlights": wording.highlights(answer, question),
        "composition": wording.composition(answer, question),
        "citations": [wording.citation(source, answer.vintage) for source in answer.sources],
        "reported": reported,
        "lines": drawing(answer, question, "lines", reported, events),
        "stack": drawing(answer, question, "stack"),
        "tables": tables(answer),
    }
    return render(request, "overview.html", context)
