"""Templates with their filters and the addresses of static files, and pages of errors."""

from datetime import datetime
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import StrictUndefined

from app import paths
from app.csv_io.problems import column_letter
from app.domain.answer import Share
from app.domain.calendar import format_instant, format_month
from app.domain.errors import UserError
from app.domain.number_reference import refer_to_number
from app.domain.questions.question import Question
from app.pages.markdown import render_inline
from app.pages.revision_texts import revised_share_name, revision_text
from app.pages.upload_texts import (
    format_count,
    format_counts,
    host_of,
    months_held_text,
    provenance_dates,
    slice_name,
)
from app.web.dependencies import end_reading, site_of
from app.web.static_files import static_address
from app.wording.definitions import source_citation
from app.wording.formats import (
    capitalize_first,
    format_bounds,
    format_day,
    format_days,
    format_instant_name,
    format_month_name,
    format_month_short,
    format_percent,
    format_points,
    format_reported,
    format_share,
    join_names,
    quote_note,
)
from app.wording.periods import figure_terms, in_period, period_short


def cite_path(question: Question, vintage: datetime | None, row: Share, left_out: bool) -> str:
    """Return the path of the page that cites a number of an answer; empty without a figure."""
    reference = refer_to_number(vintage, question, row, left_out=left_out)
    return f"/cite/{reference.token}" if reference else ""


# Starlette escapes in `.html` and `.xml` templates only: text and code of `.txt` ones is not HTML.
TEMPLATES: Final = Jinja2Templates(
    paths.TEMPLATES, context_processors=[lambda request: {"site": site_of(request)}]
)
# A name that no context has is an error. By default it is nothing, and a number silently missing.
TEMPLATES.env.undefined = StrictUndefined
TEMPLATES.env.trim_blocks = True
TEMPLATES.env.lstrip_blocks = True
TEMPLATES.env.filters |= {
    "bounds": format_bounds,
    "capital": capitalize_first,
    "counted": format_counts,
    "day": format_day,
    "days": format_days,
    "figure": format_share,
    "done": revision_text,
    "host": host_of,
    "instant": format_instant_name,
    "instant_key": format_instant,
    "letter": column_letter,
    "listed": join_names,
    "marked": render_inline,
    "month": format_month_name,
    "month_key": format_month,
    "months_held": months_held_text,
    "month_short": format_month_short,
    "number": format_count,
    "percent": format_percent,
    "points": format_points,
    "quoted": quote_note,
    "read_on": provenance_dates,
    "reported": format_reported,
    "slice_name": slice_name,
    "sum_name": revised_share_name,
}


# The address holds the version of a file: browsers keep it for good and still see every new one.
TEMPLATES.env.globals["static"] = static_address
TEMPLATES.env.globals["cite_path"] = cite_path
TEMPLATES.env.globals["in_period"] = in_period
TEMPLATES.env.globals["period_short"] = period_short
TEMPLATES.env.globals["figure_terms"] = figure_terms
TEMPLATES.env.globals["source_citation"] = source_citation


def render_page(
    request: Request, template: str, context: dict[str, object], status: int = 200
) -> HTMLResponse:
    """Return a template as a page; the template also has `request` and `site`, who runs it.

    It ends the reading of the request: templates are given values, and charts to be drawn.
    """
    end_reading(request)
    return TEMPLATES.TemplateResponse(request, template, context, status)


def render_text(request: Request, template: str, context: dict[str, object]) -> str:
    """Return the text of a template that is no page; it ends the reading of the request."""
    end_reading(request)
    return TEMPLATES.get_template(template).render(context)


def render_error(request: Request, status: int, refused: UserError) -> HTMLResponse:
    """Return a failure as a page that says what to mend."""
    return render_page(request, "error.html", {"refused": refused, "status": status}, status)
