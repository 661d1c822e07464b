"""Charts: what is drawn, and where."""

import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts.chart import NARROW_CHART, WIDE_CHART
from app.charts.labels import LABEL_GAP
from app.charts.layout import lay_out_chart
from app.charts.palette import PALETTE
from app.charts.plotly.figure import plotly_figure
from app.charts.plotly.values import plain_text
from app.charts.scales import balance_lines, month_ticks, share_scale, shorten_name, spread_apart
from app.domain.answer import Answer, ChartEvent
from app.domain.vocabulary import View
from app.web.static_files import style_sheet
from tests.answers import answer, group, source
from tests.charts.builders import event, reported

STYLE = style_sheet().decode()


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
    figure: dict[str, Any] = json.loads(plotly_figure(wide, narrow).to_json())
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


@given(st.dates(max_value=date(3000, 1, 1)), st.dates(max_value=date(3000, 1, 1)))
def test_any_range_of_months_gets_a_few_ticks(day: date, other: date) -> None:
    first, last = sorted((day.replace(day=1), other.replace(day=1)))
    assert 1 <= len(month_ticks(first, last, 9)) <= 10


def test_a_provisional_month_is_a_hollow_mark() -> None:
    (line,) = drawn(answer({"us": ["1", "2"]}, statuses={1: "provisional"}))["data"]
    assert line["marker"]["color"] == [PALETTE["us"], PALETTE["surface"]]


def test_a_provisional_column_has_a_ring_above_it() -> None:
    shown = drawn(answer({"us": ["1", "2"]}, statuses={1: "provisional"}), View.STACK)
    rings = [item for item in shown["layout"]["annotations"] if item["name"] == "provisional"]
    assert [ring["x"] for ring in rings] == ["2025-02-15T00:00"]


def test_labels_at_line_ends_keep_their_distance() -> None:
    shares = answer({key: ["1", "0.1"] for key in ("chinese", "us", "european", "other")})
    (panel,) = lay_out_chart(shares, View.LINES).panels
    heights = sorted(label.share * panel.height / panel.top + label.lift for label in panel.labels)
    assert all(b - a >= 14 for a, b in itertools.pairwise(heights))


@given(st.lists(st.floats(0, 360), max_size=20))
def test_spread_labels_never_touch_and_keep_their_order(heights: list[float]) -> None:
    placed = spread_apart(sorted(heights), LABEL_GAP, 366)
    assert all(b - a >= LABEL_GAP - 1e-6 for a, b in itertools.pairwise(placed))


def test_labels_that_would_touch_stand_around_their_middle() -> None:
    assert spread_apart([100, 100, 300], 15, 366) == [92.5, 107.5, 300]


@given(st.lists(st.floats(0, 360), min_size=1, max_size=20))
def test_spread_labels_stay_in_the_plot_where_they_fit(heights: list[float]) -> None:
    placed = spread_apart(sorted(heights), LABEL_GAP, 366)
    assert placed[0] >= 0
    assert placed[-1] <= 366 + 1e-6


def test_closed_and_unknown_lines_differ_although_both_are_grey() -> None:
    shares = answer({"open": ["1", "2"], "closed": ["80", "70"], "unknown": ["9", "8"]})
    lines = drawn(shares)["data"]
    assert len({(i["line"]["dash"], i["marker"]["symbol"]) for i in lines[1:]}) == 2
    assert lines[1]["line"]["dash"] != lines[2]["line"]["dash"]


@given(st.floats(0.001, 100))
def test_a_scale_holds_its_peak_in_few_steps(peak: float) -> None:
    top, step = share_scale(peak)
    assert top >= peak
    assert top / step <= 8.001


def test_a_line_that_ended_is_labelled_with_the_month_it_had_a_figure_last() -> None:
    shares = answer({"us": ["1", "2"], "other": ["1", None]})
    texts = [label.text for label in lay_out_chart(shares, View.LINES).panels[0].labels]
    assert "Other to Jan 2025" in texts


def test_the_stack_has_the_first_group_at_the_bottom_and_the_rest_hatched_on_top() -> None:
    shares = answer(
        {"chinese": ["60", "61"], "us": ["10", "9"]},
        rest={"closed": ["20", "20"], "unknown": ["10", "10"]},
    )
    layers = drawn(shares, View.STACK)["data"]
    assert [layer["name"] for layer in layers] == ["Chinese", "US", "Closed", "Unknown"]
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


def test_a_source_is_not_given_groups_it_does_not_tell() -> None:
    shares = answer({"us": ["17", "3"], "other": ["1", "1"]}, {"us": ["41", "2"]})
    assert [len(panel.series) for panel in lay_out_chart(shares, View.LINES).panels] == [2, 1]


def test_a_source_that_tells_nothing_of_the_question_gets_no_panel() -> None:
    shares = answer({"us": ["17", "3"]}, {"us": [None, None]})
    assert [panel.source.slug for panel in lay_out_chart(shares, View.LINES).panels] == ["gateway"]


def test_titles_of_panels_fit_the_narrow_screen() -> None:
    hub = source("hub", name="A source whose name is a good deal longer than a telephone is wide")
    shares = answer({"us": ["1", "2"]}, {"us": ["1", "2"]}, sources=(source(), hub))
    assert (
        max(
            NARROW_CHART.text_width(line)
            for line in lay_out_chart(shares, View.LINES, NARROW_CHART).panels[1].title
        )
        < 350
    )


def test_marks_at_the_edge_of_the_plot_are_whole() -> None:
    shown = drawn(answer({"chinese": ["0", "0"]}), reported=reported("1.2"))
    assert all(trace["cliponaxis"] is False for trace in shown["data"])
    # A trace with a zorder is clipped whatever cliponaxis says.
    assert not any("zorder" in trace for trace in shown["data"])


def test_events_are_numbered_and_their_badges_never_touch() -> None:
    days = ["2025-01-20", "2025-07-23", "2025-08-05", "2025-08-06"]
    shares = answer({"us": ["1"] * 12})
    marks = lay_out_chart(
        shares, View.LINES, NARROW_CHART, None, [event(day) for day in days]
    ).marks
    assert [mark.number for mark in marks] == [1, 2, 3, 4]
    assert [mark.row for mark in marks] == [0, 0, 1, 2]


def test_badges_do_not_touch_where_the_screen_leaves_less_room_either() -> None:
    shares = answer({"us": ["1"] * 12})
    for frame in (WIDE_CHART, NARROW_CHART):
        marks = lay_out_chart(
            shares, View.LINES, frame, None, [event("2025-05-01"), event("2025-05-29")]
        ).marks
        room = frame.least - frame.left - lay_out_chart(shares, View.LINES, frame).right
        apart = room * 28 / 365
        assert (marks[0].row == marks[1].row) == (apart >= 20)


def test_events_outside_the_months_are_left_out() -> None:
    shares = answer({"us": ["1", "2"]})
    outside = [event("2024-12-31"), event("2025-03-01")]
    assert lay_out_chart(shares, View.LINES, events=outside).marks == ()


def test_a_reported_point_is_a_hollow_mark_with_its_own_words() -> None:
    shown = drawn(answer({"chinese": ["28", "16"]}), reported=reported("30"))
    point = shown["data"][-1]
    assert (point["y"], point["marker"]["color"]) == ([30], PALETTE["surface"])
    (words,) = [i["text"] for i in shown["layout"]["annotations"] if i["name"] == "reported"]
    assert words.replace("<br>", " ") == "30\N{NO-BREAK SPACE}%, reported as “nearly 30”"


def test_a_reported_point_before_the_first_month_widens_the_axis() -> None:
    shares = replace(
        answer({"chinese": ["28", "16"]}, first=date(2025, 3, 1)),
    )
    assert lay_out_chart(shares, View.LINES, reported=reported("1.2")).first == date(2025, 1, 1)


def test_reported_tokens_do_not_stand_among_downloads() -> None:
    hub = answer({"chinese": ["28", "16"]}, sources=(source("hub", "downloads"),))
    assert lay_out_chart(hub, View.LINES, reported=reported("30")).panels[0].callouts == ()


def test_words_of_reported_points_stand_above_the_lines_they_would_cross() -> None:
    shares = answer({"chinese": ["5", "5", "5"], "us": ["5", "50", "5"]})
    (panel,) = lay_out_chart(shares, View.LINES, reported=reported(None, "30")).panels
    (callout,) = panel.callouts
    assert 30 + callout.lift * panel.top / panel.height > 50


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


def custom_properties(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


def test_the_style_sheet_and_the_figures_agree_on_the_light_colours() -> None:
    light, _ = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    assert PALETTE.items() <= custom_properties(light).items()


def test_colours_that_are_one_in_the_light_are_one_in_the_dark() -> None:
    _, rest = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    dark = custom_properties(rest)
    assert PALETTE.keys() <= dark.keys()
    for role, colour in PALETTE.items():
        assert {dark[other] for other in PALETTE if PALETTE[other] == colour} == {dark[role]}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(colour: str, other: str) -> float:
    dim, bright = sorted((luminance(colour), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_text_is_readable_and_lines_are_visible_in_both_themes(theme: int) -> None:
    colours = custom_properties(STYLE.split("@media (prefers-color-scheme: dark)", 1)[theme])
    for role, colour in colours.items():
        if role.endswith("-text") or role in ("ink", "muted", "link"):
            assert contrast(colour, colours["surface"]) >= 4.5, role
            assert contrast(colour, colours["raised"]) >= 4.5, role
    for role in ("chinese", "us", "european", "other", "grey"):
        assert contrast(colours[role], colours["surface"]) >= 3, role


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


def test_long_names_lose_their_middle_and_not_their_end() -> None:
    assert shorten_name("deepseek-v4-flash-20260731", 17) == "deepseek-v4…60731"


def test_lines_of_text_are_as_even_as_their_number_allows() -> None:
    assert balance_lines("1.2 %, reported as “late 2024”", 24) == (
        "1.2 %, reported",
        "as “late 2024”",
    )


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


def test_twelve_lines_of_one_hue_differ_without_their_tint() -> None:
    keys = "abcdefghijkl"
    shares = answer({key: ["6"] for key in keys}, groups={k: group(k, k, "us") for k in keys})
    looks = [item.look for item in lay_out_chart(shares, View.STACK).panels[0].series]
    assert len({(look.dash, look.symbol) for look in looks}) == len(keys)


def test_neighbouring_lines_of_one_hue_differ_in_dash_and_in_mark() -> None:
    keys = "abcdefghijkl"
    shares = answer({key: ["6"] for key in keys}, groups={k: group(k, k, "us") for k in keys})
    looks = [item.look for item in lay_out_chart(shares, View.STACK).panels[0].series]
    for look, following in itertools.pairwise(looks):
        assert look.dash != following.dash
        assert look.symbol != following.symbol


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("hue", ["chinese", "us", "european", "other"])
def test_tints_of_a_hue_stand_out_from_the_ground_and_from_each_other(theme: int, hue: str) -> None:
    colours = custom_properties(STYLE.split("@media (prefers-color-scheme: dark)", 1)[theme])
    tints = [colours[f"{hue}{shade}"] for shade in ("", "-2", "-3")]
    assert min(contrast(tint, colours["surface"]) for tint in tints) >= 3
    assert min(contrast(*pair) for pair in itertools.combinations(tints, 2)) >= 1.5


@pytest.mark.parametrize("name", ["DeepSeek", "ديب سيك", "ד & <b>"])
@pytest.mark.parametrize("view", [View.LINES, View.STACK])
def test_the_words_of_a_point_begin_with_the_name_of_its_trace(name: str, view: View) -> None:
    shares = answer({"x": ["1", "2", None]}, groups={"x": group("x", name, "us")})
    trace = drawn(shares, view)["data"][0]
    for words in trace["hovertext"]:
        assert words.startswith(f"{trace['name']} ")
    assert trace["hovertext"][-1].removeprefix(trace["name"]).strip() == "–"
