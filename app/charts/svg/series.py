"""The parts that series are drawn from: marks, samples of lines, areas and their textures."""

from collections.abc import Sequence

from app.charts.chart import Chart, SeriesStyle
from app.charts.geometry import (
    HATCH_SIZE,
    LINE_WIDTH,
    MARKER_RIM_WIDTH,
    MARKER_SIZE,
    SEAM_WIDTH,
)
from app.charts.svg.elements import SvgPoint, box_path, element, format_point
from app.charts.svg.patterns import HATCH_NAMES, HATCH_PATHS, hatch_thickness, symbol_path
from app.charts.svg.text import fill_role, stroke_role


def draw_sample(look: SeriesStyle, spot: SvgPoint, length: float) -> str:
    """Return a piece of a line with one of its marks, `length` pixels to the right of `spot`."""
    x, y = spot
    line = element(
        "path",
        d=f"M{format_point(spot)}h{length}",
        stroke_width=LINE_WIDTH,
        stroke_dasharray=dash_array(look),
    )
    mark = draw_markers([(x + length / 2, y)], look.symbol, MARKER_SIZE, look.role)
    return element("g", line, mark, stroke_width=MARKER_RIM_WIDTH, **stroke_role(look.role))


def dash_array(look: SeriesStyle) -> str | None:
    """Return the value of `stroke-dasharray`, None for a solid line."""
    # The dashes are written for Plotly; a presentation attribute takes the numbers without units.
    return None if look.dash == "solid" else look.dash.replace("px", "")


def draw_markers(spots: Sequence[SvgPoint | None], symbol: str, size: float, role: str) -> str:
    """Return one path with a mark at each known point, or "" where there is none.

    `role` is that of the filling; the rim has the stroke of the element around.
    """
    outline = symbol_path(symbol, size)
    path = "".join(f"M{format_point(spot)}{outline}" for spot in spots if spot)
    return element("path", d=path, **fill_role(role)) if path else ""


def draw_area(path: str, look: SeriesStyle, name: str) -> str:
    """Return the path filled with the colour or the texture of a series, with a seam around.

    `name` begins the ids of the textures, as for `hatch_patterns`.
    """
    # The seam in the ground's colour parts layers that touch, whatever their colours.
    paint = {"fill": f"url(#{_texture_id(name, look)})"} if look.hatch else fill_role(look.role)
    area = element("path", d=path, **paint) if path else ""
    return element("g", area, stroke_width=SEAM_WIDTH, **stroke_role("surface"))


def hatch_patterns(chart: Chart, name: str) -> str:
    """Return the `defs` with each texture that an area of the chart uses, or "" without any."""
    # One texture a hatch: only grey groups are hatched, so a hatch has one colour.
    looks = {
        item.look.hatch: item.look
        for panel in chart.panels
        if panel.traits.filled
        for item in panel.series
        if item.look.hatch
    }
    return element("defs", *(_texture(look, name) for look in looks.values())) if looks else ""


def _texture(look: SeriesStyle, name: str) -> str:
    strokes, degrees = HATCH_PATHS[look.hatch]
    side = HATCH_SIZE
    # The ground of the tile is filled, so that the grid does not show through the layer.
    return element(
        "pattern",
        element("path", d=box_path(0, 0, side, side), **fill_role("surface")),
        element(
            "path",
            d=strokes,
            stroke_width=hatch_thickness(look.hatch),
            stroke_linecap="round" if look.hatch == "." else None,
            **stroke_role(look.role),
        ),
        id=_texture_id(name, look),
        patternUnits="userSpaceOnUse",
        width=side,
        height=side,
        patternTransform=f"rotate({degrees})" if degrees else None,
    )


def _texture_id(name: str, look: SeriesStyle) -> str:
    return f"{name}-{HATCH_NAMES[look.hatch]}"
