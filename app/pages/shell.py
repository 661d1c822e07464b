"""What every page shares: templates and their filters, addresses of static files, error pages."""

from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import StrictUndefined

from app import assets, paths, wording
from app.errors import Refused
from app.months import month_key
from app.pages import bundled, news, telling

TEMPLATES: Final = Jinja2Templates(paths.TEMPLATES)
TEMPLATES.env.undefined = StrictUndefined
TEMPLATES.env.trim_blocks = True
TEMPLATES.env.lstrip_blocks = True
TEMPLATES.env.filters |= {
    "capital": wording.capital,
    "counted": telling.counted,
    "day": wording.day_name,
    "figure": wording.figure,
    "done": news.done,
    "instant": wording.instant_name,
    "letter": telling.column_letter,
    "listed": wording.listed,
    "marked": bundled.marked,
    "month": wording.month_name,
    "month_key": month_key,
    "months_held": telling.months_held,
    "month_short": wording.month_short,
    "number": telling.number,
    "percent": wording.percent,
    "points": wording.points,
    "quoted": wording.quoted,
    "reported": wording.as_reported,
    "slice_name": telling.slice_name,
    "sum_name": news.sum_name,
}


TEMPLATES.env.globals["static"] = assets.address


def render(
    request: Request, template: str, context: dict[str, object], status: int = 200
) -> HTMLResponse:
    return TEMPLATES.TemplateResponse(request, template, context, status)


def render_error(request: Request, status: int, refused: Refused) -> HTMLResponse:
    """A failure as a page that says what to mend."""
    return render(request, "error.html", {"refused": refused, "status": status}, status)
