"""CSV answers: their file names, their links, and the byte order mark that Excel needs."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from fastapi import Request, Response

from app.csv_io.writer import csv_link_header, csv_text, download_file_name
from app.domain.answer import Answer
from app.domain.questions.question import Question
from app.web.dependencies import site_of
from app.web.share_rows import SHARE_COLUMNS, share_rows
from app.wording.citations import pinned_question


class CSVResponse(Response):
    """CSV in UTF-8; `csv_response` puts the byte order mark where it is asked for."""

    media_type = "text/csv"


def csv_response(
    request: Request,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    filename: str,
    links: str = "",
) -> CSVResponse:
    """Return rows under a header; `links` is the Link header, `bom=1` asks for the mark."""
    # Excel reads UTF-8 as such only after the mark; other programs make it a part of the first
    # column's name. So it comes only where it is asked for.
    bom = "\ufeff" if request.query_params.get("bom") == "1" else ""
    # `inline`: an address opened in the browser shows the file, and a saved one has its name.
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    if links:
        headers["Link"] = links
    return CSVResponse((bom + csv_text([header]) + csv_text(rows)).encode(), headers=headers)


def shares_csv(request: Request, question: Question, answer: Answer) -> CSVResponse:
    """Return the rows of an answer as CSV, the same for pages and API."""
    # A CSV has no place for its own definition: the Link header leads to it, and to the address
    # that has these figures for good.
    rows = (astuple(row) for row in share_rows(answer, question, site_of(request).address))
    pinned = pinned_question(question, answer)
    links = csv_link_header(
        described=question.address(f"{request.base_url}api/v1/shares"),
        canonical=pinned.address(f"{request.base_url}{request.url.path[1:]}"),
    )
    return csv_response(
        request, SHARE_COLUMNS, rows, shares_file_name(question, answer, "csv"), links
    )


def shares_file_name(question: Question, answer: Answer, ending: str) -> str:
    """Return the name of a file of an answer, of its sources, grouping and vintage."""
    slugs = [source.slug for source in answer.sources]
    sources = "+".join(slugs) if len(slugs) < 3 else f"{len(slugs)}-sources"
    return download_file_name(f"{sources}_by-{question.by}", answer.vintage, ending)
