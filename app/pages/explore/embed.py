"""`/embed/trends`: a chart with its headline and source line, for frames on other sites."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.domain.errors import UserError
from app.pages.explore.trends import explorer_context
from app.pages.templates import render_page
from app.queries.answers.shares import answer_question
from app.web.dependencies import FreshQuestion, ReadSession
from app.web.middleware.security_headers import CONTENT_SECURITY_POLICY
from app.web.route_policy import RouteKind, policy

router = APIRouter()

# These pages alone may stand in frames of other sites. Nobody can be tricked into a click here:
# they have no form, read no cookie, and their links open new windows.
# SecurityHeadersMiddleware leaves a policy that an answer already has.
FRAMED: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    )
}


@router.get("/embed/trends")
@policy(RouteKind.FRAME)
def embedded(request: Request, question: FreshQuestion, session: ReadSession) -> HTMLResponse:
    answer = answer_question(session, question)
    context = {
        "question": question,
        "full": question.address(f"{request.base_url}trends"),
    }
    page = render_page(
        request, "explore/embed.html", context | explorer_context(session, question, answer)
    )
    page.headers.update(FRAMED)
    return page


def render_embed_error(request: Request, status: int, refused: UserError) -> HTMLResponse:
    """Return a failure as the page of a frame, where the site around cannot say anything."""
    context = {"refused": refused, "status": status, "answer": None}
    page = render_page(
        request, "explore/embed.html", context | {"full": f"{request.base_url}trends"}, status
    )
    page.headers.update(FRAMED)
    return page
