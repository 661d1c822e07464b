"""The shares of a chart as SVG: lines with their marks, layers of columns, bars, textures."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from app import marks, sheets, svg
from app.charts import Chart, Look, Series
from app.domain.calendar import days_in
from app.lettering import fill, stroke
from app.placing import middle
from app.sheets import Place, Sheet
from app.svg import Spot, element


def traces(sheet: Sheet, place: Place, name: str) -> Iterator[str]:
    """The series of a panel; `name` is where its textures are."""
    series = place.panel.series
    match place.panel.kind:
        case "lines":
            yield from (_line(sheet, place, item) for item in series)
        case "stack":
            yield from _layers(sheet, place, name)
        case _:
            yield from (_bar(sheet, place, index, name) for index in range(len(series)))


def _line(sheet: Sheet, place: Place, series: Series) -> str:
    spots = [
        None if point.share is None else (sheet.x(middle(point.month)), place.y(point.share))
        for point in series.points
    ]
    hollow = [spot for spot, point in zip(spots, series.points, strict=True) if point.hollow]
    full = [spot for spot, point in zip(spots, series.points, strict=True) if not point.hollow]
    line = element(
        "path",
        d="".join(svg.strokes(spots)),
        fill="none",
        stroke_width=sheets.LINE,
        stroke_linejoin="round",
        stroke_dasharray=dashes(series.look),
    )
    look = series.look
    return element(
        "g",
        line,
        marked(full, look.symbol, sheets.MARK, look.role),
        marked(hollow, look.symbol, sheets.MARK, "surface"),
        stroke_width=sheets.RIM,
        **stroke(look.role),
    )


def sample(look: Look, spot: Spot, length: float) -> str:
    """A piece of a line with one of its marks, from `spot` on."""
    x, y = spot
    line = element(
        "path",
        d=f"M{svg.at(spot)}h{length}",
        stroke_width=sheets.LINE,
        stroke_dasharray=dashes(look),
    )
    mark = marked([(x + length / 2, y)], look.symbol, sheets.MARK, look.role)
    return element("g", line, mark, stroke_width=sheets.RIM, **stroke(look.role))


def dashes(look: Look) -> str | None:
    return None if look.dash == "solid" else look.dash.replace("px", "")


def marked(spots: Sequence[Spot | None], symbol: str, size: float, role: str) -> str:
    outline = marks.outline(symbol, size)
    path = "".join(f"M{svg.at(spot)}{outline}" for spot in spots if spot)
    return element("path", d=path, **fill(role)) if path else ""


def _layers(sheet: Sheet, place: Place, name: str) -> Iterator[str]:
    """Each series on top of the one before."""
    piled: dict[date, float] = {}
    for series in place.panel.series:
        boxes = []
        for point in series.points:
            if not point.share:
                continue
            base = piled.get(point.month, 0.0)
            top = piled[point.month] = base + point.share
            half = timedelta(days=days_in(point.month) * sheets.COLUMN / 2)
            left, right = (sheet.x(middle(point.month) + side) for side in (-half, half))
            boxes.append(svg.box(left, place.y(top), right - left, place.y(base) - place.y(top)))
        yield _area("".join(boxes), series.look, name)


def _bar(sheet: Sheet, place: Place, index: int, name: str) -> str:
    panel = place.panel
    series = panel.series[index]
    share = series.points[0].share or 0.0
    high = sheets.BAR * panel.height / len(panel.series)
    end = sheet.along(panel, share)
    path = svg.box(sheet.left, place.row(index) - high / 2, end - sheet.left, high)
    return _area(path, series.look, name)


def _area(path: str, look: Look, name: str) -> str:
    paint = {"fill": f"url(#{_texture_id(name, look)})"} if look.hatch else fill(look.role)
    area = element("path", d=path, **paint) if path else ""
    return element("g", area, stroke_width=sheets.SEAM, **stroke("surface"))


def textures(chart: Chart, name: str) -> str:
    looks = {
        item.look.hatch: item.look
        for panel in chart.panels
        if panel.kind != "lines"
        for item in panel.series
        if item.look.hatch
    }
    return element("defs", *(_texture(look, name) for look in looks.values())) if looks else ""


def _texture(look: Look, name: str) -> str:
    strokes, degrees = marks.TEXTURES[look.hatch]
    side = sheets.HATCH
    return element(
        "pattern",
        element("path", d=svg.box(0, 0, side, side), **fill("surface")),
        element(
            "path",
            d=strokes,
            stroke_width=marks.thickness(look.hatch),
            stroke_linecap="round" if look.hatch == "." else None,
            **stroke(look.role),
        ),
        id=_texture_id(name, look),
        patternUnits="userSpaceOnUse",
        width=side,
        height=side,
        patternTransform=f"rotate({degrees})" if degrees else None,
    )


def _texture_id(name: str, look: Look) -> str:
    return f"{name}-{marks.NAMES[look.hatch]}"
