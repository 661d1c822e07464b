"""`/uploads/{number}/lines`: the stored lines behind the figures of a month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.catalogue.lookup import source_names
from app.domain.calendar import format_month, parse_month
from app.domain.errors import BadQuestionError, NotFoundError
from app.domain.questions.question import Question
from app.domain.questions.question_parser import parse_question
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS
from app.pages.maintain.upload_record import Viewed
from app.pages.templates import render_page
from app.queries.answers.shares import known_slugs
from app.queries.fetches import read_answers
from app.queries.lines import GroupTotal, group_totals_of_upload, lines_of_upload, supporting_lines
from app.queries.uploads import MonthRecord, UploadRecord
from app.web.dependencies import ReadSession
from app.web.route_policy import RouteKind, policy

router = APIRouter()

LINES_A_PAGE: Final = 200
FILTERS: Final = ("origin", "company", "developer", "model")


@dataclass(frozen=True, slots=True)
class LinesQuery:
    """The lines asked for: of one source and month, those that pass the filters of `question`.

    The page begins after line `after` of the file, 0 for the first page.
    """

    source: str
    month: date
    question: Question
    after: int

    def address(self, upload_id: int) -> str:
        """Return the address of these lines in an upload."""
        pairs = {"source": self.source, "month": format_month(self.month)}
        pairs |= {name: ",".join(getattr(self.question, name)) for name in FILTERS}
        # Unlike elsewhere all lines are meant where no openness is named.
        pairs["openness"] = "" if self.question.openness == "all" else self.question.openness
        pairs["after"] = str(self.after or "")
        pairs = {name: text for name, text in pairs.items() if text}
        return f"/uploads/{upload_id}/lines?{urlencode(pairs, safe=',:/')}"


def lines_query(request: Request, session: ReadSession) -> LinesQuery:
    """Return what the query string asks for. Raises BadQuestionError.

    That is the parameters of a question with one source, with `month` and `after` beside.
    """
    # `month` and `after` are no parameters of a question, and the parser refuses what it does not
    # know: so they are taken out before.
    items = dict(request.query_params)
    month = parse_month(items.pop("month", ""))
    after = items.pop("after", "0")
    if month is None or not (after.isascii() and after.isdigit() and len(after) < 10):
        raise BadQuestionError("Which month?", "Ask with source=... and month=YYYY-MM.")
    question = parse_question({"openness": "all", **items}.items(), known_slugs(session))
    if len(question.source) != 1:
        raise BadQuestionError("Which source?", "Ask with source=... and month=YYYY-MM.")
    return LinesQuery(question.source[0], month, question, int(after))


LinesAsked = Annotated[LinesQuery, Depends(lines_query, scope="function")]


@router.get("/uploads/behind")
@policy(RouteKind.PAGE)
def behind(query: LinesAsked, session: ReadSession) -> RedirectResponse:
    """Lead from a number in a table to the lines that it rests on, at the question's vintage."""
    # Only the id of the upload is needed here, hence no lines. It is looked up when somebody
    # follows the link: tables would otherwise need the upload of every cell.
    lines_behind = supporting_lines(
        session,
        query.source,
        query.month,
        query.question,
        limit=0,
    )
    return RedirectResponse(query.address(lines_behind.upload_id), 303)


@dataclass(frozen=True, slots=True)
class LineFilter:
    """The lines of one origin and openness: their number, their sum, and their own address."""

    label: str
    lines: int
    share_pct: Decimal
    address: str
    chosen: bool


@router.get("/uploads/{number}/lines")
@policy(RouteKind.PAGE)
def lines(request: Request, sight: Viewed, query: LinesAsked, session: ReadSession) -> HTMLResponse:
    upload = sight.upload
    record = _month_of(upload, query)
    place = (upload.id, query.source, query.month)
    # One line more than is shown tells whether there is a next page, without counting all.
    page = lines_of_upload(
        session, *place, query.question, limit=LINES_A_PAGE + 1, after=query.after
    )
    context: dict[str, object] = {
        "maintainer": sight.maintainer,
        "upload": upload,
        "names": source_names(session),
        "record": record,
        "choices": _choices(session, upload, query),
        "lines": page[:LINES_A_PAGE],
        "more": _next(upload, query, page[LINES_A_PAGE - 1].line)
        if len(page) > LINES_A_PAGE
        else "",
        "all": _all(query).address(upload.id),
        "filtered": query.question != _all(query).question,
        "fetched": bool(read_answers(session, upload.id)),
        "later": _all(query).address(record.superseded_by) if record.superseded_by else "",
    }
    return render_page(request, "maintain/upload_lines.html", context)


def _month_of(upload: UploadRecord, query: LinesQuery) -> MonthRecord:
    for record in upload.months:
        if (record.source, record.month) == (query.source, query.month):
            return record
    month = f"{format_month(query.month)} of {query.source}"
    raise NotFoundError(f"Upload {upload.id} says nothing about {month}")


def _all(query: LinesQuery) -> LinesQuery:
    """All lines of the same source and month, from the first."""
    return LinesQuery(
        query.source, query.month, Question(source=(query.source,), openness="all"), 0
    )


def _next(upload: UploadRecord, query: LinesQuery, after: int) -> str:
    return LinesQuery(query.source, query.month, query.question, after).address(upload.id)


def _choices(session: Session, upload: UploadRecord, query: LinesQuery) -> list[LineFilter]:
    totals = group_totals_of_upload(session, upload.id, query.source, query.month)
    return [_choice(item, upload, query) for item in totals]


def _choice(item: GroupTotal, upload: UploadRecord, query: LinesQuery) -> LineFilter:
    question = Question(source=(query.source,), openness=item.openness, origin=(item.origin,))
    address = LinesQuery(query.source, query.month, question, 0).address(upload.id)
    label = f"{ORIGIN_LABELS[item.origin]}, {OPENNESS_LABELS[item.openness].lower()}"
    chosen = query.question == question
    return LineFilter(label, item.lines, item.share_pct, address, chosen)
