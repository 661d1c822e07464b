"""Charts as laid out, however they are drawn: panels, labels, marks of events, reported points."""

import itertools
from dataclasses import replace
from datetime import date

import pytest

from app.charts.chart import NARROW_CHART, WIDE_CHART
from app.charts.layout import lay_out_chart
from app.domain.sources.source_terms import Window
from app.domain.vocabulary import View
from app.wording.formats import NO_BREAK_SPACE
from tests.answers import answer, group, source
from tests.charts.builders import event, reported

MARCH = date(2025, 3, 1)


def test_labels_at_line_ends_keep_their_distance() -> None:
    shares = answer({key: ["1", "0.1"] for key in ("chinese", "us", "european", "other")})
    (panel,) = lay_out_chart(shares, View.LINES).panels
    heights = sorted(label.share * panel.height / panel.top + label.lift for label in panel.labels)
    assert all(b - a >= 14 for a, b in itertools.pairwise(heights))


def test_a_line_that_ended_is_labelled_with_the_month_it_had_a_figure_last() -> None:
    shares = answer({"us": ["1", "2"], "other": ["1", None]})
    texts = [label.text for label in lay_out_chart(shares, View.LINES).panels[0].labels]
    assert "Other to Jan 2025" in texts


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


def test_a_reported_point_before_the_first_month_widens_the_axis() -> None:
    shares = replace(
        answer({"chinese": ["28", "16"]}, first=date(2025, 3, 1)),
    )
    assert lay_out_chart(shares, View.LINES, reported=reported("1.2")).first == date(2025, 1, 1)


def test_reported_tokens_do_not_stand_among_downloads() -> None:
    hub = answer({"chinese": ["28", "16"]}, sources=(source("hub", "downloads"),))
    assert lay_out_chart(hub, View.LINES, reported=reported("30")).panels[0].callouts == ()


def test_figures_reported_on_one_source_do_not_stand_on_another_of_the_same_metric() -> None:
    other = answer({"chinese": ["28", "16"]}, sources=(source("one-gateway"),), first=MARCH)
    chart = lay_out_chart(other, View.LINES, reported=reported("30"))
    assert chart.panels[0].callouts == ()
    assert chart.first == MARCH


def test_of_two_panels_the_one_that_is_reported_on_has_the_mark_and_names_who_reports() -> None:
    two = answer({"chinese": ["28", "16"]}, {"chinese": ["5", "6"]})
    first, second = lay_out_chart(two, View.LINES, reported=reported("30")).panels
    (callout,) = first.callouts
    assert " ".join(callout.text).endswith("Study")
    assert second.callouts == ()


def test_on_the_narrow_screen_a_reported_mark_names_who_reports_too() -> None:
    shares = answer({"chinese": ["28", "16"]})
    (panel,) = lay_out_chart(shares, View.LINES, NARROW_CHART, reported("30")).panels
    (callout,) = panel.callouts
    assert "Study" in callout.text


@pytest.mark.parametrize(
    ("window", "when"),
    [
        (Window.MONTH, "in January 2025"),
        (Window.WEEK, "in one week of January 2025"),
        (Window.TRAILING_12_MONTHS, "in the twelve months to January 2025"),
    ],
)
def test_the_title_of_bars_says_of_what_time_they_are(window: Window, when: str) -> None:
    shares = answer({"us": ["17"]}, sources=(source(window=window),))
    (panel,) = lay_out_chart(shares, View.LINES).panels
    assert " ".join(panel.title).replace(NO_BREAK_SPACE, " ") == f"Gateway, tokens {when}"


def test_the_title_of_lines_says_what_each_figure_is_of_unless_it_is_a_month_s_sum() -> None:
    year = source(window=Window.TRAILING_12_MONTHS)
    plain, trailing = (
        " ".join(
            lay_out_chart(answer({"us": ["1", "2"]}, sources=(item,)), View.LINES).panels[0].title
        )
        for item in (source(), year)
    )
    assert plain == "Gateway, tokens"
    assert trailing == "Gateway, tokens (each figure: twelve months to the end of the month)"


def test_words_of_reported_points_stand_above_the_lines_they_would_cross() -> None:
    shares = answer({"chinese": ["5", "5", "5"], "us": ["5", "50", "5"]})
    (panel,) = lay_out_chart(shares, View.LINES, reported=reported(None, "30")).panels
    (callout,) = panel.callouts
    assert 30 + callout.lift * panel.top / panel.height > 50


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
