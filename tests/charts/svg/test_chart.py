"""Charts as SVG: the numbers, words and colours are those that Plotly draws."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts.chart import NARROW_CHART, WIDE_CHART, Chart
from app.charts.layout import lay_out_chart
from app.charts.palette import PALETTE
from app.charts.plotly.figure import figure_json, plotly_figure
from app.charts.style import SYMBOLS
from app.charts.svg.chart import render_svg
from app.charts.svg.elements import escape_text
from app.charts.svg.patterns import symbol_path
from app.domain.answer import Answer, ChartEvent
from app.domain.vocabulary import View
from app.web.static_files import style_sheet
from tests.answers import answer, group, source
from tests.charts.builders import DEVELOPERS, GAPS, HOSTILE, QUESTIONS, every_question, laid_out

STYLE = style_sheet().decode()


def drawn(shown: Chart) -> ET.Element:
    return ET.fromstring(render_svg(shown, "lines-wide", "A title", "lines-words"))


def plotted(shown: Chart) -> dict[str, Any]:
    figure: dict[str, Any] = json.loads(figure_json(plotly_figure(shown, shown)))
    return figure


def words(root: ET.Element) -> list[str]:
    return sorted("".join(item.itertext()) for item in root.iter("text"))


def ratio(ends: Sequence[str | float], value: str | float) -> float:
    """Where between the ends of an axis a value lies."""
    begin, end = map(coordinate, ends)
    return (coordinate(value) - begin) / (end - begin)


def coordinate(value: str | float) -> float:
    return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else value


def pixel(
    shown: dict[str, Any], axes: tuple[str, str], x: str | float, y: float
) -> tuple[float, float]:
    """Where Plotly draws a point, from nothing but its figure."""
    layout = shown["layout"]
    margin = layout["margin"]
    across, up = (layout[f"{axis[0]}axis{axis[1:]}"] for axis in axes)
    width = WIDE_CHART.width - margin["l"] - margin["r"]
    height = layout["height"] - margin["t"] - margin["b"]
    low, high = up["domain"]
    raised = low + (high - low) * ratio(up["range"], y)
    return margin["l"] + width * ratio(across["range"], x), margin["t"] + height * (1 - raised)


def first_path(group: ET.Element) -> ET.Element:
    path = group.find("path")
    assert path is not None
    return path


def spots(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"M(\S+) ([\d.]+)", path)]


def marks(root: ET.Element) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """The colour of each group of marks, and where they are."""
    for item in root.iter("g"):
        paths = [path for path in item.iter("path") if path.get("fill") not in (None, "none")]
        if "stroke-width" in item.attrib and paths:
            there = [spot for path in paths for spot in spots(path.attrib["d"])]
            yield item.attrib["stroke"], there


@pytest.mark.parametrize("name", ["lines", "two sources", "developers"])
def test_a_line_has_its_marks_where_plotly_has_them(name: str) -> None:
    shown = laid_out(*QUESTIONS[name])
    expected = plotted(shown)
    traces = [trace for trace in expected["data"] if trace["mode"] != "markers"]
    groups = [item for item in marks(drawn(shown)) if item[0] != PALETTE["surface"]]
    lines = [item for item in groups if len(item[1]) > 1]
    assert len(lines) == len(traces)
    for (colour, there), trace in zip(lines, traces, strict=True):
        points = zip(trace["x"], trace["y"], strict=True)
        axes = trace["xaxis"], trace["yaxis"]
        pixels = [pixel(expected, axes, x, y) for x, y in points if y is not None]
        assert sorted(there) == [pytest.approx(spot, abs=0.11) for spot in sorted(pixels)]
        assert colour == trace["line"]["color"]


@pytest.mark.parametrize("name", ["stack", "two stacks"])
def test_a_layer_reaches_from_the_one_below_to_its_own_share(name: str) -> None:
    shown = laid_out(*QUESTIONS[name])
    expected = plotted(shown)
    root = drawn(shown)
    layers = [item for item in root.iter("g") if item.get("stroke-width") == "0.5"]
    piled: dict[tuple[str, str], float] = {}
    for layer, trace in zip(layers, expected["data"], strict=True):
        axes = trace["xaxis"], trace["yaxis"]
        boxes = re.findall(r"M(\S+) (\S+)h(\S+)v(\S+?)h", first_path(layer).attrib["d"])
        points = [at for at in zip(trace["x"], trace["y"], strict=True) if at[1]]
        for (x, y, width, height), (month, share) in zip(boxes, points, strict=True):
            base = piled.get((axes[1], month), 0)
            top = piled[axes[1], month] = base + share
            middle, high = pixel(expected, axes, month, top)
            _, low = pixel(expected, axes, month, base)
            assert float(x) + float(width) / 2 == pytest.approx(middle, abs=0.11)
            assert (float(y), float(y) + float(height)) == pytest.approx((high, low), abs=0.11)


def test_a_bar_is_as_long_as_plotly_draws_it() -> None:
    shown = laid_out(*QUESTIONS["one month"])
    expected = plotted(shown)
    bars = [item for item in drawn(shown).iter("g") if item.get("stroke-width") == "0.5"]
    for bar, trace in zip(bars, expected["data"], strict=True):
        (box,) = re.findall(r"M(\S+) (\S+)h(\S+)v(\S+?)h", first_path(bar).attrib["d"])
        x, y, width, height = map(float, box)
        right, middle = pixel(expected, ("x", "y"), trace["x"][0], trace["y"][0])
        assert (x + width, y + height / 2) == pytest.approx((right, middle), abs=0.11)


@every_question
def test_every_word_of_the_figure_stands_in_the_picture(shares: Answer, view: View) -> None:
    shown = laid_out(shares, view)
    layout = plotted(shown)["layout"]
    notes = [item["text"] for item in layout["annotations"] if item["name"] != "provisional"]
    axes = [layout[key] for key in layout if re.fullmatch(r"[xy]axis\d*", key)]
    ticks = [text for axis in axes if axis.get("visible", True) for text in axis["ticktext"]]
    assert words(drawn(shown)) == sorted(text.replace("<br>", "") for text in notes + ticks)


@every_question
def test_labels_stand_where_plotly_has_them(shares: Answer, view: View) -> None:
    shown = laid_out(shares, view)
    expected = plotted(shown)
    texts = {"".join(item.itertext()): item for item in drawn(shown).iter("text")}
    labels = [item for item in expected["layout"]["annotations"] if item["name"] == "label"]
    for label in labels:
        x, y = pixel(expected, (label["xref"], label["yref"]), label["x"], label["y"])
        x += label.get("xshift", 0) + label.get("ax", 0)
        y += label.get("ay", 0) - label.get("yshift", 0)
        there = texts[label["text"]]
        baseline = y + 0.35 * WIDE_CHART.font
        assert (float(there.attrib["x"]), float(there.attrib["y"])) == pytest.approx(
            (x, baseline), abs=0.11
        )
        assert there.get("fill") == label["font"]["color"]


@every_question
def test_the_picture_is_as_high_as_the_figure(shares: Answer, view: View) -> None:
    shown = laid_out(shares, view)
    assert int(drawn(shown).attrib["height"]) == plotted(shown)["layout"]["height"]


def test_a_missing_month_is_a_gap_in_the_line() -> None:
    (line,) = [
        item
        for item in drawn(lay_out_chart(answer({"us": ["1", "2", None, "3"]}), View.LINES)).iter(
            "path"
        )
        if item.get("stroke-width") == "2.5"
    ]
    assert line.attrib["d"].count("M") == 2
    assert line.attrib["d"].count("L") == 1


def test_a_provisional_mark_is_hollow_and_a_dashed_line_is_dashed() -> None:
    shown = lay_out_chart(
        answer(
            {key: ["1", "2"] for key in DEVELOPERS},
            groups=DEVELOPERS,
            statuses={1: "provisional"},
        ),
        View.LINES,
    )
    groups = [item for item in drawn(shown).iter("g") if item.get("stroke-width") == "1.75"]
    lines = [item for item in groups if len(item.findall("path")) == 3]  # a sample has two
    dashes = [first_path(item).get("stroke-dasharray", "solid") for item in lines]
    plotly_dashes = [trace["line"]["dash"] for trace in plotted(shown)["data"]]
    assert dashes == [dash.replace("px", "") for dash in plotly_dashes]
    for line in lines:
        _, full, hollow = line.findall("path")
        assert (full.get("fill"), hollow.get("fill")) == (line.get("stroke"), PALETTE["surface"])


def test_layers_that_are_not_open_are_textured_and_each_in_its_own_way() -> None:
    root = drawn(laid_out(*QUESTIONS["stack"]))
    patterns = {item.get("id"): ET.tostring(item[1]) for item in root.iter("pattern")}
    assert len(set(patterns.values())) == 2
    used = {fill for item in root.iter() if (fill := item.get("fill", "")).startswith("url(")}
    assert used == {f"url(#{name})" for name in patterns}


def test_two_pictures_on_a_page_share_no_id() -> None:
    shown = laid_out(*QUESTIONS["stack"])
    both = [render_svg(shown, name, "A title", "words") for name in ("stack-wide", "stack-narrow")]
    ids = [
        [item.attrib["id"] for item in ET.fromstring(text.encode()).iter() if "id" in item.attrib]
        for text in both
    ]
    assert ids[0]
    assert not set(ids[0]) & set(ids[1])


def test_every_symbol_has_a_shape_of_its_own() -> None:
    assert len({symbol_path(symbol, 7) for symbol in SYMBOLS}) == len(SYMBOLS)


@every_question
def test_every_colour_is_of_the_palette_and_the_style_sheet_knows_its_role(
    shares: Answer, view: View
) -> None:
    for item in drawn(laid_out(shares, view)).iter():
        role, *kinds = item.get("class", "").split()[:2] or [""]
        for paint in ("fill", "stroke"):
            colour = item.get(paint)
            if colour is None or colour == "none" or colour.startswith("url("):
                continue
            assert kinds == [paint]
            assert colour == PALETTE[role]
            assert f".picture .{role} {{ --colour: var(--{role}); }}" in STYLE


@every_question
def test_nothing_in_a_picture_needs_a_style_the_policy_forbids(shares: Answer, view: View) -> None:
    root = drawn(laid_out(shares, view))
    assert not any(item.tag == "style" or "style" in item.attrib for item in root.iter())


def test_events_are_numbered_and_the_number_tells_its_title() -> None:
    titles = [item.text for item in drawn(laid_out(*QUESTIONS["lines"])).iter("title")]
    assert {"One", "Two", "Three"} <= set(titles)


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_leaves_the_picture_well_formed(name: str) -> None:
    shares = answer(
        {"x": ["1", "2"]},
        {"x": ["1", "2"]},
        groups={"x": group("x", name, "us")},
        sources=(source(name=name), source("hub", name=name)),
    )
    happened = [ChartEvent(date(2025, 1, 5), name, name, "", headline=True)]
    for view in (View.LINES, View.STACK):
        shown = lay_out_chart(shares, view, WIDE_CHART, None, happened)
        text = render_svg(shown, "lines-wide", name, "w")
        assert "script" not in {item.tag for item in ET.fromstring(text.encode()).iter()}
        assert "</script" not in text


@given(st.text(st.characters()))
def test_any_text_is_written_so_that_it_reads_the_same(text: str) -> None:
    read = ET.fromstring(f"<a>{escape_text(text)}</a>".encode()).text or ""
    kept = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    assert read == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_a_name_from_right_to_left_does_not_turn_the_number_beside_it() -> None:
    names = {"x": group("x", "ديب سيك", "chinese")}
    shown = lay_out_chart(answer({"x": ["1", "28.7"]}, groups=names), View.LINES)
    assert "\u2068ديب سيك\u2069 28.7\N{NO-BREAK SPACE}%" in words(drawn(shown))


def test_the_narrow_picture_is_that_of_the_narrow_chart() -> None:
    root = ET.fromstring(
        render_svg(lay_out_chart(GAPS, View.LINES, NARROW_CHART), "lines-narrow", "A title", "w")
    )
    assert root.get("width") == "350"
    assert root.get("class") == "picture narrow"
