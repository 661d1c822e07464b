"""Figures of Plotly: their traces, axes, words and colours."""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pytest

from app.charts.chart import NARROW_CHART, WIDE_CHART
from app.charts.layout import lay_out_chart
from app.charts.palette import PALETTE
from app.charts.plotly.figure import figure_json, plotly_figure
from app.charts.plotly.values import plain_text
from app.domain.answer import Answer, ChartEvent
from app.domain.vocabulary import View
from tests.answers import answer, group
from tests.charts.builders import event, every_question, laid_out, reported


def drawn(
    shares: Answer,
    view: View = View.LINES,
    *,
    reported: Answer | None = None,
    events: Sequence[ChartEvent] = (),
) -> dict[str, Any]:
    wide, narrow = (
        lay_out_chart(shares, view, frame, reported, events) for frame in (WIDE_CHART, NARROW_CHART)
    )
    figure: dict[str, Any] = json.loads(figure_json(plotly_figure(wide, narrow)))
    return figure


def labels(layout: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in layout["annotations"] if item["name"] == "label"]


def test_a_figure_holds_the_shares_and_a_gap_where_one_is_missing() -> None:
    (line,) = drawn(answer({"chinese": ["5.9612345", None, "28.65"]}))["data"]
    assert line["y"] == [5.9612, None, 28.65]
    assert line["connectgaps"] is False


def test_months_stand_in_their_middle_so_that_events_stand_right() -> None:
    shown = drawn(answer({"us": ["1", "2"]}), events=[event("2025-02-14")])
    assert shown["data"][0]["x"] == ["2025-01-16T12:00", "2025-02-15T00:00"]
    assert [item["x"] for item in shown["layout"]["annotations"] if item["name"] == "event-1"] == [
        "2025-02-14T12:00"
    ]


def test_the_axis_of_shares_starts_at_zero_and_shows_the_unit_once() -> None:
    axis = drawn(answer({"us": ["60.76", "3"]}))["layout"]["yaxis"]
    assert axis["range"] == [0, 70]
    assert axis["ticktext"] == ["0", "10", "20", "30", "40", "50", "60", "70 %"]


def test_month_names_stand_upright_every_third_month_with_the_year_where_it_changes() -> None:
    axis = drawn(answer({"us": ["1"] * 21}))["layout"]["xaxis"]
    assert axis["tickangle"] == 0
    assert axis["ticktext"] == ["Jan<br>2025", "Apr", "Jul", "Oct", "Jan<br>2026", "Apr", "Jul"]


def test_a_provisional_month_is_a_hollow_mark() -> None:
    (line,) = drawn(answer({"us": ["1", "2"]}, statuses={1: "provisional"}))["data"]
    assert line["marker"]["color"] == [PALETTE["us"], PALETTE["surface"]]


def test_a_provisional_column_has_a_ring_above_it() -> None:
    shown = drawn(answer({"us": ["1", "2"]}, statuses={1: "provisional"}), View.STACK)
    rings = [item for item in shown["layout"]["annotations"] if item["name"] == "provisional"]
    assert [ring["x"] for ring in rings] == ["2025-02-15T00:00"]


def test_closed_and_unknown_lines_differ_although_both_are_grey() -> None:
    shares = answer({"open": ["1", "2"], "closed": ["80", "70"], "unknown": ["9", "8"]})
    lines = drawn(shares)["data"]
    assert len({(i["line"]["dash"], i["marker"]["symbol"]) for i in lines[1:]}) == 2
    assert lines[1]["line"]["dash"] != lines[2]["line"]["dash"]


def test_the_stack_has_the_first_group_at_the_bottom_and_the_rest_hatched_on_top() -> None:
    shares = answer(
        {"chinese": ["60", "61"], "us": ["10", "9"]},
        rest={"closed": ["20", "20"], "unknown": ["10", "10"]},
    )
    layers = drawn(shares, View.STACK)["data"]
    assert [layer["name"] for layer in layers] == ["Chinese", "US", "Closed", "Openness unknown"]
    assert [layer["marker"].get("pattern", {}).get("shape") for layer in layers] == [
        None,
        None,
        "/",
        ".",
    ]
    assert len({layer["marker"]["color"] for layer in layers[2:]}) == 1


def test_a_missing_month_is_an_empty_slot_in_the_stack() -> None:
    shown = drawn(answer({"us": ["1", None, "3"]}), View.STACK)
    assert shown["data"][0]["y"] == [1, None, 3]
    assert shown["layout"]["xaxis"]["range"] == ["2025-01-01", "2025-04-01"]


def test_nothing_is_rescaled_by_plotly() -> None:
    text = json.dumps(drawn(answer({"us": ["1", "2"]}), View.STACK))
    assert "groupnorm" not in text
    assert "stackgaps" not in text


def test_a_single_month_is_drawn_as_bars() -> None:
    shown = drawn(answer({"chinese": ["41"], "us": ["36.5"]}))
    assert [trace["orientation"] for trace in shown["data"]] == ["h", "h"]
    assert [label["text"] for label in labels(shown["layout"])] == [
        "Chinese 41.0\N{NO-BREAK SPACE}%",
        "US 36.5\N{NO-BREAK SPACE}%",
    ]


def test_sources_get_a_panel_each_and_share_the_scale_of_their_kind() -> None:
    shares = answer({"us": ["17.1", "3"]}, {"us": ["41", "2"]})
    shown = drawn(shares)
    assert [trace["yaxis"] for trace in shown["data"]] == ["y", "y2"]
    assert shown["layout"]["yaxis"]["range"] == shown["layout"]["yaxis2"]["range"]
    assert shown["layout"]["yaxis"]["domain"][0] > shown["layout"]["yaxis2"]["domain"][1]


def test_marks_at_the_edge_of_the_plot_are_whole() -> None:
    shown = drawn(answer({"chinese": ["0", "0"]}), reported=reported("1.2"))
    assert all(trace["cliponaxis"] is False for trace in shown["data"])
    # A trace with a zorder is clipped whatever cliponaxis says.
    assert not any("zorder" in trace for trace in shown["data"])


def test_a_reported_point_is_a_hollow_mark_with_its_own_words() -> None:
    shown = drawn(answer({"chinese": ["28", "16"]}), reported=reported("30"))
    point = shown["data"][-1]
    assert (point["y"], point["marker"]["color"]) == ([30], PALETTE["surface"])
    (words,) = [i["text"] for i in shown["layout"]["annotations"] if i["name"] == "reported"]
    shown_words = words.replace("<br>", " ")
    assert shown_words == "30\N{NO-BREAK SPACE}%, reported as “nearly 30”, Study"


def test_developers_of_one_origin_share_a_hue_and_differ_in_shade_dash_or_mark() -> None:
    names = {f"d{n}": group(f"d{n}", f"D{n}", "chinese") for n in range(8)}
    lines = drawn(answer({key: ["1", "2"] for key in names}, groups=names))["data"]
    looks = {(i["line"]["color"], i["line"]["dash"], i["marker"]["symbol"]) for i in lines}
    assert len(looks) == 8
    assert {trace["meta"]["role"].split("-")[0] for trace in lines} == {"chinese"}


@pytest.mark.parametrize(
    "name", ["<b>x</b>", "<a href='javascript:1'>x</a>", "%{meta[0]}", "a & b"]
)
def test_names_reach_plotly_as_plain_text(name: str) -> None:
    shares = answer({"x": ["1", "2"]}, groups={"x": group("x", name, "us")})
    shown = drawn(shares)
    for text in (shown["data"][0]["name"], labels(shown["layout"])[0]["text"]):
        assert "<" not in text
        assert "%{" not in text
    assert plain_text(name) == shown["data"][0]["name"]


def test_every_colour_of_a_figure_is_one_the_style_sheet_can_change() -> None:
    shares = answer({"chinese": ["1", "2"], "us": ["1", "2"]}, rest={"closed": ["98", "96"]})
    for view in (View.LINES, View.STACK):
        shown = drawn(shares, view, events=[event("2025-01-20")])
        del shown["layout"]["meta"]
        used = set(re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", json.dumps(shown)))
        assert used <= set(PALETTE.values())


def test_a_figure_stays_slim() -> None:
    shares = answer({key: ["1.23456"] * 21 for key in ("chinese", "us", "european", "other")})
    assert len(json.dumps(drawn(shares))) < 24_000


def test_the_narrow_screen_gets_its_own_margins_ticks_and_labels() -> None:
    names = {"a": group("a", "A developer of a very long name", "us")}
    layout = drawn(answer({"a": ["1"] * 21}, groups=names))["layout"]
    narrow = layout["meta"]["narrow"]
    assert narrow["margin"]["r"] < layout["margin"]["r"]
    assert len(narrow["xaxis"]["tickvals"]) < len(layout["xaxis"]["tickvals"])
    assert labels(narrow)[0]["text"] != labels(layout)[0]["text"]


def test_shares_are_those_of_the_answer_to_four_places() -> None:
    shares = answer({"us": ["1", "28.651482"]})
    assert Decimal(str(drawn(shares)["data"][0]["y"][1])) == Decimal("28.6515")


def test_lines_of_one_hue_have_a_sample_before_their_labels() -> None:
    homes = {key: group(key, key, "chinese") for key in "abc"} | {"u": group("u", "u", "us")}
    shown = drawn(answer({key: ["6", "7"] for key in homes}, groups=homes))
    paper = [item for item in shown["layout"]["shapes"] if item["xref"] == "paper"]
    dashes = {trace["meta"]["group"]: trace["line"]["dash"] for trace in shown["data"]}
    samples = [item["line"] for item in paper if item["type"] == "line" and "dash" in item["line"]]
    assert sorted(line["dash"] for line in samples) == sorted(dashes[key] for key in "abc")
    assert {item["type"] for item in paper} == {"line", "circle", "path"}


@pytest.mark.parametrize("name", ["DeepSeek", "ديب سيك", "ד & <b>"])
@pytest.mark.parametrize("view", [View.LINES, View.STACK])
def test_the_words_of_a_point_begin_with_the_name_of_its_trace(name: str, view: View) -> None:
    shares = answer({"x": ["1", "2", None]}, groups={"x": group("x", name, "us")})
    trace = drawn(shares, view)["data"][0]
    for words in trace["hovertext"]:
        assert words.startswith(f"{trace['name']} ")
    assert trace["hovertext"][-1].removeprefix(trace["name"]).strip() == "–"


@every_question
def test_plotly_takes_every_figure_as_it_is(shares: Answer, view: View) -> None:
    """Its own classes, which check every name and value, neither refuse nor change anything."""
    shown = laid_out(shares, view)
    figure: dict[str, Any] = json.loads(figure_json(plotly_figure(shown, shown)))
    taken: dict[str, Any] = json.loads(go.Figure(figure).to_json())
    assert taken["data"] == figure["data"]
    assert taken["layout"] == without_empty_lists(figure["layout"])
    narrow = figure["layout"]["meta"]["narrow"]
    taken_narrow: dict[str, Any] = go.Layout(narrow).to_plotly_json()
    assert json.loads(json.dumps(taken_narrow)) == without_empty_lists(narrow)


def without_empty_lists(layout: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in layout.items() if value != []}
