"""Values in the forms that Plotly takes: text, moments, axes and the look of areas."""

from datetime import date, datetime
from typing import Any

from app.charts.chart import ChartSeries, Panel
from app.charts.geometry import HATCH_SIZE, HATCH_SOLIDITY, SEAM_WIDTH, share_ticks
from app.charts.palette import PALETTE
from app.charts.scales import middle_of_month


def plain_text(text: str) -> str:
    """Return the text escaped, so that Plotly shows it as it is.

    Plotly renders some HTML in every text and fills in `%{...}` in some.
    """
    # `&` comes first, or it would escape the entities that follow.
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "%&#123;")


def plotly_instant(month: date) -> str:
    """Return the middle of the month as a value of an axis of dates."""
    return plotly_moment(middle_of_month(month))


def plotly_moment(moment: datetime) -> str:
    """Return the moment as a value of an axis of dates, without a time zone."""
    # An offset would change nothing: Plotly ignores time zones and shows what is written.
    return moment.isoformat(timespec="minutes")


def axis_name(letter: str, index: int) -> str:
    """Return the name by which Plotly refers to an axis: `x`, `x2`, `x3`; `index` is from 1."""
    return letter if index == 1 else f"{letter}{index}"


def share_axis(panel: Panel) -> dict[str, Any]:
    """Return the range and the ticks of the axis of shares."""
    values, texts = zip(*share_ticks(panel), strict=True)
    return {"range": [0, panel.top], "tickvals": values, "ticktext": texts}


def area_marker(series: ChartSeries) -> dict[str, Any]:
    """Return the `marker` of a series of areas: colour, seam and texture."""
    colour = PALETTE[series.look.role]
    seam = {"color": PALETTE["surface"], "width": SEAM_WIDTH}
    marker: dict[str, Any] = {"color": colour, "line": seam}
    if series.look.hatch:
        marker["pattern"] = {
            "shape": series.look.hatch,
            "size": HATCH_SIZE,
            "solidity": HATCH_SOLIDITY,
            # The texture replaces the colour. Laid over it, it would be a second colour of its own.
            "fillmode": "replace",
            "fgcolor": colour,
            "bgcolor": PALETTE["surface"],
        }
    return marker
