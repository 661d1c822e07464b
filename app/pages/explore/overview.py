"""`/`, the overview: the finding, its chart, what happened, what is not known, and the numbers."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from app.database.vintages import vintage_at
from app.domain.answer import Answer
from app.domain.errors import NoFiguresError
from app.domain.questions.question import Question
from app.domain.vocabulary import View
from app.pages.answer_view import chart_view, citation_of_answer, share_tables
from app.pages.dataset_view import embedded_json_ld
from app.pages.explore.cards import overview_cards
from app.pages.explore.side_by_side import side_by_side
from app.pages.revision_notice import latest_revisions, revision_notice
from app.pages.schedule_texts import coming_sentences
from app.pages.templates import render_page
from app.queries.answers.shares import answer_question
from app.web.dependencies import FRESH_PAGE, AskedQuestion, ReadSession, site_of
from app.web.question_chart import question_chart
from app.web.route_policy import RouteKind, policy
from app.wording.definitions import definition_text, source_citation
from app.wording.findings import (
    chart_highlights,
    composition_sentence,
    headline_finding,
    open_month_sentence,
    small_print_text,
)

router = APIRouter()


@router.get("/", dependencies=[FRESH_PAGE])
@policy(RouteKind.PAGE)
def overview(request: Request, question: AskedQuestion, session: ReadSession) -> HTMLResponse:
    try:
        answer = answer_question(session, question)
    except NoFiguresError as nothing:
        # Without any parameter it is the first visit to a site without data: no error, but a page
        # that says how data comes in.
        if question != Question():
            raise
        return render_page(request, "empty.html", {"refused": nothing})
    context = _shown(session, question, answer) | {
        "cards": overview_cards(answer, question, site_of(request)),
        "citation": citation_of_answer(request, answer, question),
        # One page is enough for search engines, and the plain address is the one they keep.
        "dataset": embedded_json_ld(request, session) if question == Question() else "",
        "revised": revision_notice(session, question, answer, "/"),
        "revisions": latest_revisions(session, question, answer),
    }
    return render_page(request, "explore/overview.html", context)


def _shown(session: Session, question: Question, answer: Answer) -> dict[str, object]:
    # Both charts draw the answer there is: the view changes nothing in the figures.
    lines = question_chart(session, question.having(view=View.LINES), answer)
    stack = question_chart(session, question.having(view=View.STACK), answer)
    return {
        "question": question,
        "answer": answer,
        "preview": lines.question.query_string(),
        "vintage_query": lines.question.having(as_of=answer.vintage).query_string(),
        "headline": headline_finding(answer, question),
        "small_print": small_print_text(answer),
        "link_description": small_print_text(answer, question),
        "coming": coming_sentences(vintage_at(session, question.as_of), answer.sources),
        "so_far": open_month_sentence(answer, question),
        "definition": definition_text(answer, question, dated=False),
        "highlights": chart_highlights(answer, question),
        "composition": composition_sentence(answer, question),
        "citations": [source_citation(source) for source in answer.sources],
        "reported": lines.reported,
        "lines": chart_view(lines),
        "stack": chart_view(stack),
        "sides": side_by_side(session, question, answer, lines.reported),
        "tables": share_tables(answer),
    }
