"""What every page shares: templates and their filters, addresses of static files, error pages."""

from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import StrictUndefined

from app import assets, paths, wording
from app.domain.calendar import format_month
from app.domain.errors import UserError
from app.pages import bundled, news, telling
from app.pages.news import sum_name
from app.pages.telling import column_letter, months_held, slice_name
from app.wording import as_reported, day_name, instant_name, month_name, month_short

TEMPLATES: Final = Jinja2Templates(paths.TEMPLATES)
TEMPLATES.env.undefined = StrictUndefined
TEMPLATES.env.trim_blocks = True
TEMPLATES.env.lstrip_blocks = True
TEMPLATES.env.filters |= {
    "capital": wording.capital,
    "counted": telling.counted,
    "day": day_name,
    "figure": wording.figure,
    "done": news.done,
    "instant": instant_name,
    "letter": column_letter,
    "listed": wording.listed,
    "marked": bundled.marked,
    "month": month_name,
    "month_key": format_month,
    "months_held": months_held,
    "month_short": month_short,
    "number": telling.number,
    "percent": wording.percent,
    "points": wording.points,
    "quoted": wording.quoted,
    "reported": as_reported,
    "slice_name": slice_name,
    "sum_name": sum_name,
}


TEMPLATES.env.globals["static"] = assets.address


def render(
    request: Request, template: str, context: dict[str, object], status: int = 200
) -> HTMLResponse:
    return TEMPLATES.TemplateResponse(request, template, context, status)


def render_error(request: Request, status: int, refused: UserError) -> HTMLResponse:
    """A failure as a page that says what to mend."""
    return render(request, "error.html", {"refused": refused, "status": status}, status)
