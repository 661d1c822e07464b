"""The bands of what groups might be, as shapes of a Plotly figure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.charts.chart import Chart
from app.charts.geometry import BAND_OPACITY, band_outline
from app.charts.palette import PALETTE
from app.charts.plotly.values import axis_name, plotly_moment


def band_shapes(chart: Chart) -> Iterator[dict[str, Any]]:
    """Yield a shape below the lines for each run of months of the band of each panel."""
    # Shapes and no traces: those who read the figure find the series where they were. Nothing of a
    # shape appears in the hover box, where the words of each point tell its bounds.
    for index, panel in enumerate(chart.panels, start=1):
        for run in panel.band.runs if panel.band else ():
            corners = (f"{_path_moment(at)},{share}" for at, share in band_outline(run))
            yield {
                "name": "band",
                "type": "path",
                "layer": "below",
                "xref": axis_name("x", index),
                "yref": axis_name("y", index),
                "path": f"M{'L'.join(corners)}Z",
                "fillcolor": PALETTE[panel.band.look.role] if panel.band else "",
                "opacity": BAND_OPACITY,
                "line": {"width": 0},
            }


def _path_moment(moment: datetime) -> str:
    # In a path a T would begin a curve; Plotly takes an underscore between day and hour.
    return plotly_moment(moment).replace("T", "_")
