"""The shares of a chart as SVG: lines with their marks, layers of columns, bars, textures."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from app.charts.chart import Chart, ChartSeries, SeriesStyle
from app.charts.geometry import (
    BAR_WIDTH_SHARE,
    COLUMN_WIDTH_SHARE,
    HATCH_SIZE,
    LINE_WIDTH,
    MARKER_RIM_WIDTH,
    MARKER_SIZE,
    SEAM_WIDTH,
    ChartGeometry,
    PanelBox,
)
from app.charts.scales import middle_of_month
from app.charts.svg.elements import SvgPoint, box_path, element, format_point, path_strokes
from app.charts.svg.patterns import HATCH_NAMES, HATCH_PATHS, hatch_thickness, symbol_path
from app.charts.svg.text import fill_role, stroke_role
from app.domain.calendar import days_in


def draw_series(sheet: ChartGeometry, place: PanelBox, name: str) -> Iterator[str]:
    """The series of a panel; `name` is where its textures are."""
    series = place.panel.series
    match place.panel.kind:
        case "lines":
            yield from (_line(sheet, place, item) for item in series)
        case "stack":
            yield from _layers(sheet, place, name)
        case _:
            yield from (_bar(sheet, place, index, name) for index in range(len(series)))


def _line(sheet: ChartGeometry, place: PanelBox, series: ChartSeries) -> str:
    spots = [
        None
        if point.share is None
        else (sheet.x(middle_of_month(point.month)), place.y(point.share))
        for point in series.points
    ]
    hollow = [spot for spot, point in zip(spots, series.points, strict=True) if point.hollow]
    full = [spot for spot, point in zip(spots, series.points, strict=True) if not point.hollow]
    line = element(
        "path",
        d="".join(path_strokes(spots)),
        fill="none",
        stroke_width=LINE_WIDTH,
        stroke_linejoin="round",
        stroke_dasharray=dash_array(series.look),
    )
    look = series.look
    return element(
        "g",
        line,
        draw_markers(full, look.symbol, MARKER_SIZE, look.role),
        draw_markers(hollow, look.symbol, MARKER_SIZE, "surface"),
        stroke_width=MARKER_RIM_WIDTH,
        **stroke_role(look.role),
    )


def draw_sample(look: SeriesStyle, spot: SvgPoint, length: float) -> str:
    """A piece of a line with one of its marks, from `spot` on."""
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
    return None if look.dash == "solid" else look.dash.replace("px", "")


def draw_markers(spots: Sequence[SvgPoint | None], symbol: str, size: float, role: str) -> str:
    outline = symbol_path(symbol, size)
    path = "".join(f"M{format_point(spot)}{outline}" for spot in spots if spot)
    return element("path", d=path, **fill_role(role)) if path else ""


def _layers(sheet: ChartGeometry, place: PanelBox, name: str) -> Iterator[str]:
    """Each series on top of the one before."""
    piled: dict[date, float] = {}
    for series in place.panel.series:
        boxes = []
        for point in series.points:
            if not point.share:
                continue
            base = piled.get(point.month, 0.0)
            top = piled[point.month] = base + point.share
            half = timedelta(days=days_in(point.month) * COLUMN_WIDTH_SHARE / 2)
            left, right = (sheet.x(middle_of_month(point.month) + side) for side in (-half, half))
            boxes.append(box_path(left, place.y(top), right - left, place.y(base) - place.y(top)))
        yield _area("".join(boxes), series.look, name)


def _bar(sheet: ChartGeometry, place: PanelBox, index: int, name: str) -> str:
    panel = place.panel
    series = panel.series[index]
    share = series.points[0].share or 0.0
    high = BAR_WIDTH_SHARE * panel.height / len(panel.series)
    end = sheet.along(panel, share)
    path = box_path(sheet.left, place.row(index) - high / 2, end - sheet.left, high)
    return _area(path, series.look, name)


def _area(path: str, look: SeriesStyle, name: str) -> str:
    paint = {"fill": f"url(#{_texture_id(name, look)})"} if look.hatch else fill_role(look.role)
    area = element("path", d=path, **paint) if path else ""
    return element("g", area, stroke_width=SEAM_WIDTH, **stroke_role("surface"))


def hatch_patterns(chart: Chart, name: str) -> str:
    looks = {
        item.look.hatch: item.look
        for panel in chart.panels
        if panel.kind != "lines"
        for item in panel.series
        if item.look.hatch
    }
    return element("defs", *(_texture(look, name) for look in looks.values())) if looks else ""


def _texture(look: SeriesStyle, name: str) -> str:
    strokes, degrees = HATCH_PATHS[look.hatch]
    side = HATCH_SIZE
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
