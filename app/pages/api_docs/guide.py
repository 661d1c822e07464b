"""`/api`: the guide to the API: what there is, how to ask, how to cite, what will stay."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.database.vintages import vintage_at
from app.domain.errors import BadQuestionError, NoFiguresError
from app.domain.questions.parameters import PARAMETERS
from app.domain.questions.question import Question
from app.domain.questions.question_parser import KnownSlugs, parse_question
from app.metadata.openapi_operations import reference_sections
from app.pages.answer_view import citation_of_answer
from app.pages.templates import TEMPLATES, render_page
from app.queries.answers.shares import answer_question
from app.queries.spans import main_source
from app.web.dependencies import FRESH_PAGE, ReadSession, end_reading, no_parameters
from app.web.error_handlers import problem_response
from app.web.limits.token_bucket import TokenBuckets
from app.web.route_policy import RouteKind, policy

router = APIRouter()

EXAMPLE_QUERY: Final = Question(by="origin", openness="open", of="all")
# The examples are templates, so that they name this server; tests run them as the page shows them.
EXAMPLES: Final = {
    "curl": "shares.sh.txt",
    "Python": "shares.py.txt",
    "R": "shares.R.txt",
    "JavaScript": "shares.js.txt",
    "Python: year on year": "year.py.txt",
}


@dataclass(frozen=True, slots=True)
class CodeExample:
    """A program to copy, in one language; `id` is that of its element on the page."""

    language: str
    id: str
    text: str


@router.get("/api", dependencies=[FRESH_PAGE, no_parameters()])
@policy(RouteKind.PAGE)
def api(request: Request, session: ReadSession) -> HTMLResponse:
    return render_page(request, "api_docs/guide.html", guide_context(request, session))


@router.get("/api/v1")
@policy(RouteKind.API)
def version_1() -> RedirectResponse:
    return RedirectResponse("/api", 303)


@router.get("/api/v1/")
@policy(RouteKind.API, cross_origin_reads=True)
def version_1_root() -> RedirectResponse:
    """Lead to the guide, under the rules of the API: rate limit and reads by other sites."""
    return RedirectResponse("/api", 303)


def guide_context(
    request: Request, session: Session, as_of: datetime | None = None
) -> dict[str, object]:
    """Return the context of the guide, which `/llms.txt` shares; `as_of` is None for now.

    It ends the reading of the request: the examples are rendered here.
    """
    base = str(request.base_url).rstrip("/")
    # The source is named, so that an example has the same answer when another is the main one.
    source = main_source(vintage_at(session, as_of)) or ""
    cited = _cited(request, session, EXAMPLE_QUERY.having(as_of=as_of))
    end_reading(request)
    # 0 is no limit, and has no policy: a bucket that never fills would divide by zero.
    per_minute: int = request.app.state.reads_per_minute
    return {
        "base": base,
        "sections": reference_sections(request.app.openapi()),
        "parameters": [(item, default_value(item.name)) for item in PARAMETERS],
        "examples": [code_example(language, base, source) for language in EXAMPLES],
        "refusal": example_refusal(),
        "cited": cited,
        "per_minute": per_minute,
        "policy": TokenBuckets(per_minute).policy if per_minute else "",
    }


def default_value(name: str) -> str:
    """Return the value that a parameter has when it is left out, "" where it has none."""
    default = getattr(Question(), name, None)
    return str(default) if default else ""


def code_example(language: str, base: str, source: str) -> CodeExample:
    """Return the example of a language, a key of EXAMPLES, for the site at `base`.

    `source` is the slug of the source it asks about, "" before there are figures.
    """
    name = EXAMPLES[language]
    query = f"source={source}&by=origin" if source else "by=origin"
    text = TEMPLATES.get_template(f"api_docs/examples/{name}").render(
        {"base": base, "asked": query}
    )
    anchor = re.sub(r"[^a-z]+", "-", language.lower())
    return CodeExample(language, f"example-{anchor}", text.strip())


def example_refusal() -> tuple[str, str]:
    """Return a query string with a slip in it, and the problem document that answers it."""
    # Made by the code that refuses, so that the page never shows a document of another shape.
    query_pairs = [("by", "origins")]
    try:
        parse_question(query_pairs, KnownSlugs())
    except BadQuestionError as refused:
        body = json.loads(bytes(problem_response(400, refused).body))
        return "by=origins", json.dumps(body, ensure_ascii=False, indent=2)
    raise AssertionError("by=origins is a question")


def _cited(request: Request, session: Session, question: Question) -> object:
    """The citation of the usual question's answer; None before the first upload."""
    try:
        answer = answer_question(session, question)
    except NoFiguresError:
        return None
    return citation_of_answer(request, answer, question)
