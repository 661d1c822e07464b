"""The band of what a group might be, as an SVG path."""

from app.charts.chart import ChartBand
from app.charts.geometry import BAND_OPACITY, ChartGeometry, PanelBox, band_outline
from app.charts.svg.elements import element, format_point
from app.charts.svg.text import fill_role


def draw_band(sheet: ChartGeometry, place: PanelBox, band: ChartBand) -> str:
    """Return the area of a band, light enough for lines and grid to be seen through it."""
    outlines = (
        "M" + "L".join(format_point((sheet.x(moment), place.y(share))) for moment, share in corners)
        for corners in map(band_outline, band.runs)
    )
    path = "".join(f"{outline}z" for outline in outlines)
    return element("path", d=path, fill_opacity=BAND_OPACITY, **fill_role(band.look.role))
