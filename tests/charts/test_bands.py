"""Bands: what the leading group might be is shaded, alike by Plotly and in the SVG."""

import json
import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.charts.chart import WIDE_CHART, Chart
from app.charts.layout import lay_out_chart
from app.charts.palette import PALETTE
from app.charts.plotly.figure import figure_json, plotly_figure
from app.charts.svg.chart import render_svg
from app.charts.svg.share_image import ImageTexts, render_card
from app.domain.vocabulary import View
from tests.answers import answer, bounded
from tests.charts.builders import reported

GAP = bounded(
    answer({"chinese": ["20", "30", None, "40", "50"], "us": ["5", "4", "3", "2", "1"]}),
    {"chinese": ["25", "36", None, "41", "72.5"], "us": ["15", "14", "13", "12", "11"]},
)
LONE = bounded(answer({"chinese": ["20", None, "30"]}), {"chinese": ["26", None, None]})
OPEN = bounded(
    answer({"chinese": ["60", "70"]}), {"chinese": ["66", "71"]}, {"chinese": ["50", "40"]}
)
ANSWERS = {"gap": GAP, "lone month": LONE, "of open usage": OPEN}


def bands_of_plotly(chart: Chart) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    figure: dict[str, Any] = json.loads(figure_json(plotly_figure(chart, chart)))
    return figure, [item for item in figure["layout"]["shapes"] if item.get("name") == "band"]


def band_of_svg(chart: Chart) -> ET.Element:
    root = ET.fromstring(render_svg(chart, "lines-wide", "A title", "lines-words"))
    (band,) = [item for item in root.iter("path") if item.get("fill-opacity")]
    return band


def corners(path: str) -> list[list[str]]:
    return [re.split("L", part) for part in re.findall(r"M([^zZ]+)[zZ]", path)]


@pytest.mark.parametrize("name", ANSWERS)
def test_both_drawings_shade_the_same(name: str) -> None:
    chart = lay_out_chart(ANSWERS[name], View.LINES)
    figure, shapes = bands_of_plotly(chart)
    svg = band_of_svg(chart)
    layout = figure["layout"]
    margin, (begin, end) = layout["margin"], map(as_days, layout["xaxis"]["range"])
    width = WIDE_CHART.width - margin["l"] - margin["r"]
    height = layout["height"] - margin["t"] - margin["b"]
    outlines = corners(svg.attrib["d"])
    assert len(outlines) == len(shapes)
    for outline, shape in zip(outlines, shapes, strict=True):
        (drawn,) = corners(shape["path"])
        for spot, value in zip(outline, drawn, strict=True):
            moment, share = value.split(",")
            left = margin["l"] + width * (as_days(moment.replace("_", "T")) - begin) / (end - begin)
            top = margin["t"] + height * (1 - float(share) / layout["yaxis"]["range"][1])
            assert [float(part) for part in spot.split()] == pytest.approx([left, top], abs=0.11)
        assert (shape["fillcolor"], shape["opacity"]) == (
            svg.get("fill"),
            float(svg.attrib["fill-opacity"]),
        )


def as_days(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() / 86_400


def test_a_band_lies_between_the_least_and_the_most() -> None:
    (shape,) = bands_of_plotly(lay_out_chart(OPEN, View.LINES))[1]
    assert [corner.split(",")[1] for corner in corners(shape["path"])[0]] == [
        "66.0", "71.0", "40.0", "50.0",
    ]  # fmt: skip


def test_nothing_is_shaded_across_a_month_without_a_figure() -> None:
    assert len(bands_of_plotly(lay_out_chart(GAP, View.LINES))[1]) == 2


def test_a_month_alone_is_shaded_wide_enough_to_be_seen() -> None:
    (shape,) = bands_of_plotly(lay_out_chart(LONE, View.LINES))[1]
    moments = {corner.split(",")[0] for corner in corners(shape["path"])[0]}
    assert moments == {"2025-01-11_12:00", "2025-01-21_12:00"}


def test_the_band_goes_on_through_a_month_that_is_not_settled() -> None:
    shares = bounded(
        answer({"us": ["1", "2", "3"]}, statuses={2: "provisional"}), {"us": ["2", "3", "9"]}
    )
    (shape,) = bands_of_plotly(lay_out_chart(shares, View.LINES))[1]
    assert len(corners(shape["path"])[0]) == 6


def test_only_the_group_that_leads_has_a_band() -> None:
    _, shapes = bands_of_plotly(lay_out_chart(GAP, View.LINES))
    assert {shape["fillcolor"] for shape in shapes} == {PALETTE["chinese"]}


def test_a_band_lies_beneath_the_lines() -> None:
    chart = lay_out_chart(GAP, View.LINES)
    assert {shape["layer"] for shape in bands_of_plotly(chart)[1]} == {"below"}
    text = render_svg(chart, "lines-wide", "A title", "lines-words")
    assert text.index("fill-opacity") < text.index('stroke-width="2.5"')


def test_the_axis_has_room_for_the_band() -> None:
    (panel,) = lay_out_chart(GAP, View.LINES).panels
    assert panel.top == 80
    (plain,) = lay_out_chart(GAP, View.LINES, banded=False).panels
    assert plain.top == 60


def test_the_words_of_a_reported_figure_keep_clear_of_the_band() -> None:
    doubtful = bounded(
        answer({"chinese": ["20", "29", "16", "15"]}), {"chinese": ["40", "60", "40", "75"]}
    )
    (callout,) = (
        lay_out_chart(doubtful, View.LINES, reported=reported(None, "30")).panels[0].callouts
    )
    (panel,) = lay_out_chart(doubtful, View.LINES).panels
    assert callout.lift >= (60 - 30) * panel.height / panel.top


def test_without_bounds_nothing_is_shaded_but_the_words_stay() -> None:
    chart = lay_out_chart(GAP, View.LINES, banded=False)
    figure, shapes = bands_of_plotly(chart)
    assert shapes == []
    assert "fill-opacity" not in render_svg(chart, "lines-wide", "A title", "lines-words")
    assert figure["data"][0]["hovertext"][4] == (
        "Chinese 50.00\N{NO-BREAK SPACE}%, at most 72.5\N{NO-BREAK SPACE}%"
    )


def test_a_series_of_the_figure_holds_its_bounds() -> None:
    figure, _ = bands_of_plotly(lay_out_chart(GAP, View.LINES))
    meta = figure["data"][0]["meta"]
    assert meta["low_pct"] == [20, 30, None, 40, 50]
    assert meta["high_pct"] == [25, 36, None, 41, 72.5]


def test_a_group_that_can_be_nothing_else_has_no_band() -> None:
    sure = bounded(answer({"us": ["1", "2"]}), {"us": [None, None]})
    assert bands_of_plotly(lay_out_chart(sure, View.LINES))[1] == []


def test_a_figure_reported_in_words_has_no_band() -> None:
    study = bounded(
        answer({"chinese": ["1.2", "30"]}, statuses={0: "estimated", 1: "estimated"}),
        {"chinese": ["100", "100"]},
    )
    figure, shapes = bands_of_plotly(lay_out_chart(study, View.LINES))
    assert shapes == []
    assert not any("at most" in words for words in figure["data"][0]["hovertext"])


def test_stacks_and_bars_have_no_band() -> None:
    assert bands_of_plotly(lay_out_chart(GAP, View.STACK))[1] == []
    month = bounded(answer({"us": ["1"], "chinese": ["2"]}), {"chinese": ["9"]})
    assert bands_of_plotly(lay_out_chart(month, View.LINES))[1] == []


def test_a_picture_that_stands_alone_says_what_is_shaded() -> None:
    texts = ImageTexts(
        "A headline", ("Acme",), "Of all", "Counted", "Gateway", "Words", "Open Model Share"
    )
    card = render_card(lambda frame: lay_out_chart(GAP, View.LINES, frame), texts)
    said = " ".join("".join(item.itertext()) for item in ET.fromstring(card).iter())
    assert "Shaded: the most that the leading group might be" in said
