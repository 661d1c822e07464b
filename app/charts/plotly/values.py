"""Values as Plotly takes them: text, moments, axes and the look of areas."""

from datetime import date, datetime
from typing import Any

from app.charts.chart import ChartSeries, Panel
from app.charts.geometry import HATCH_SIZE, HATCH_SOLIDITY, SEAM_WIDTH, share_ticks
from app.charts.palette import PALETTE
from app.charts.scales import middle_of_month


def plain_text(text: str) -> str:
    """`text` as Plotly shows it unchanged: it renders some HTML and fills in `%{...}`."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("%{", "%&#123;")


def plotly_instant(month: date) -> str:
    return plotly_moment(middle_of_month(month))


def plotly_moment(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def axis_name(letter: str, index: int) -> str:
    return letter if index == 1 else f"{letter}{index}"


def share_axis(panel: Panel) -> dict[str, Any]:
    """The range and the ticks of the axis of shares."""
    values, texts = zip(*share_ticks(panel), strict=True)
    return {"range": [0, panel.top], "tickvals": values, "ticktext": texts}


def area_marker(series: ChartSeries) -> dict[str, Any]:
    """The colour, seam and texture of the areas of a series."""
    colour = PALETTE[series.look.role]
    seam = {"color": PALETTE["surface"], "width": SEAM_WIDTH}
    marker: dict[str, Any] = {"color": colour, "line": seam}
    if series.look.hatch:
        marker["pattern"] = {
            "shape": series.look.hatch,
            "size": HATCH_SIZE,
            "solidity": HATCH_SOLIDITY,
            "fillmode": "replace",
            "fgcolor": colour,
            "bgcolor": PALETTE["surface"],
        }
    return marker
