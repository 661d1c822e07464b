"""Numbers, months and sentences as readers see them."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.domain.questions.question import Question
from app.domain.series import covered_months, group_series
from app.wording.definitions import definition_text, source_citation
from app.wording.findings import (
    chart_highlights,
    chart_summary,
    composition_sentence,
    headline_finding,
    open_month_sentence,
    small_print_text,
)
from app.wording.formats import (
    NO_BREAK_SPACE,
    format_instant_name,
    format_percent,
    format_points,
    format_reported,
    quote_note,
)
from tests.answers import answer, bounded, group, source

ORIGINS = Question()


def spaced(text: str) -> str:
    """With plain spaces, so that expectations can be typed."""
    return text.replace(NO_BREAK_SPACE, " ")


@pytest.mark.parametrize(
    ("share", "places", "shown"),
    [
        ("28.6515", 1, "28.7 %"),
        ("28.6515", 2, "28.65 %"),
        ("16.25", 1, "16.3 %"),
        ("0", 1, "0.0 %"),
        ("0.04", 1, "<0.1 %"),
        ("0.004", 2, "<0.01 %"),
        ("100", 1, "100.0 %"),
    ],
)
def test_a_share_is_rounded_half_up_and_never_to_nothing(
    share: str, places: int, shown: str
) -> None:
    assert spaced(format_percent(Decimal(share), places)) == shown


def test_a_missing_share_is_a_dash_and_not_zero() -> None:
    assert format_percent(None) == "–"


def test_a_number_and_its_unit_do_not_break_over_two_lines() -> None:
    assert format_percent(Decimal(5)) == "5.0\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("change", "shown"), [("3.14", "+3.1 pp"), ("-12.43", "−12.4 pp"), ("-0.04", "0.0 pp")]
)
def test_a_change_is_in_percentage_points_with_its_sign(change: str, shown: str) -> None:
    assert spaced(format_points(Decimal(change))) == shown


@pytest.mark.parametrize(("share", "shown"), [("30.0000", "30 %"), ("1.2000", "1.2 %")])
def test_a_reported_share_gets_no_digit_its_publisher_did_not_print(share: str, shown: str) -> None:
    assert spaced(format_reported(Decimal(share))) == shown


def test_instants_are_told_in_utc() -> None:
    instant = datetime.fromisoformat("2026-11-24T01:30:00+02:00")
    assert spaced(format_instant_name(instant)) == "23 November 2026, 23:30 UTC"


def test_a_note_is_quoted_up_to_the_semicolon_with_curly_marks() -> None:
    note = 'reported as "late 2024"; lowest week of the study'
    assert quote_note(note) == "reported as “late 2024”"


def test_a_headline_tells_who_rose_from_what_to_what_of_which_whole() -> None:
    shares = answer({"chinese": ["5.96", "28.65", "60.26"], "us": ["10.15", "3.74", "6.34"]})
    assert spaced(headline_finding(shares, ORIGINS)) == (
        "Chinese open models rose from 6.0 % of all tokens counted by Acme in January 2025 "
        "to 60.3 % in March 2025"
    )


def test_a_headline_follows_whoever_leads_in_the_latest_month() -> None:
    shares = answer({"chinese": ["40", "10"], "us": ["5", "30"]})
    assert headline_finding(shares, ORIGINS).startswith("US open models rose from 5.0")


def test_a_headline_of_a_falling_share_says_fell() -> None:
    assert " fell from " in headline_finding(answer({"us": ["40", "10"]}), ORIGINS)


def test_a_headline_of_shares_that_look_alike_does_not_say_rose() -> None:
    headline = spaced(headline_finding(answer({"us": ["40.01", "40.02"]}), ORIGINS))
    assert headline.startswith("US open models stand at 40.0 %")
    assert headline.endswith("in February 2025, as in January 2025")


def test_a_headline_of_one_month_compares_with_nothing() -> None:
    headline = spaced(headline_finding(answer({"chinese": ["41"]}), ORIGINS))
    assert headline == "Chinese open models: 41.0 % of all tokens counted by Acme in January 2025"


def test_a_headline_is_not_led_by_what_is_not_known() -> None:
    shares = answer({"chinese": ["17.1"], "unknown": ["23.8"]})
    assert headline_finding(shares, ORIGINS).startswith("Chinese open models")


def test_a_headline_leaves_out_a_group_that_ended_earlier() -> None:
    shares = answer({"chinese": ["90", None], "us": ["5", "6"]})
    assert headline_finding(shares, ORIGINS).startswith("US open models")


def test_a_headline_keeps_the_spelling_of_a_model() -> None:
    shares = answer({"glm": ["2", "5"]}, groups={"glm": group("glm", "gpt-oss-120b", "us")})
    assert headline_finding(shares, Question(by="model")).startswith("gpt-oss-120b rose")


def test_the_small_print_names_sources_provisional_months_and_vintage() -> None:
    shares = answer({"us": ["5", "6", "7"]}, statuses={0: "provisional", 1: "provisional"})
    assert spaced(small_print_text(shares, ORIGINS)) == (
        "Gateway; January 2025 provisional; as known on 23 November 2026, 10:00 UTC"
    )


def test_a_definition_is_one_sentence_with_metric_denominator_openness_months_and_vintage() -> None:
    sentence = spaced(definition_text(answer({"us": ["5", "6"]}), ORIGINS))
    for part in (
        "open models, those whose weights can be downloaded",
        "all tokens counted by Acme",
        "Gateway: public traffic",
        "January 2025 to February 2025",
        "as known on 23 November 2026",
    ):
        assert part in sentence
    assert sentence.count(". ") == 0


def test_a_definition_of_several_sources_gives_each_its_own_whole() -> None:
    hub = source("hub", "downloads")
    shares = answer({"us": ["5"]}, {"us": [None, "8"]}, sources=(source(), hub))
    sentence = spaced(definition_text(shares, ORIGINS))
    assert "Gateway (all tokens; January 2025)" in sentence
    assert "Hub (all downloads; February 2025)" in sentence


def test_a_definition_of_the_open_whole_says_so() -> None:
    sentence = definition_text(answer({"us": ["5"]}), Question(of="open"))
    assert "in tokens of open models counted by Acme" in sentence


def test_a_definition_names_its_filters() -> None:
    sentence = definition_text(answer({"us": ["5"]}), Question(origin=("us", "chinese")))
    assert "only US and Chinese" in sentence


def test_a_summary_tells_latest_change_extremes_rest_and_gaps() -> None:
    shares = answer(
        {"chinese": ["10", None, "30", "20"]}, rest={"closed": ["90", None, "70", "80"]}
    )
    sentence = spaced(chart_summary(shares, ORIGINS))
    assert "Chinese open models: 20.0 % in April 2025, +10.0 pp since January 2025" in sentence
    assert "highest 30.0 % in March 2025, lowest 10.0 % in January 2025" in sentence
    assert "The rest in April 2025: closed 80.0 %" in sentence
    assert "No figures for February 2025" in sentence


def test_a_summary_tells_what_a_share_is_at_most_where_that_reads_otherwise() -> None:
    shares = bounded(
        answer({"chinese": ["10", "20"], "us": ["3", "2"]}),
        {"chinese": ["11", "31.46"], "us": ["3", "2.04"]},
    )
    sentence = spaced(chart_summary(shares, ORIGINS))
    assert "Chinese open models: 20.0 % in February 2025 (at most 31.5 %), +10.0 pp" in sentence
    assert "US open models: 2.0 % in February 2025, −1.0 pp" in sentence


def test_a_least_that_rounds_to_nothing_is_not_told() -> None:
    shares = bounded(answer({"us": ["0.06"]}), {"us": ["17.2"]}, {"us": ["0.04"]})
    sentence = spaced(chart_summary(shares, Question(of="open")))
    assert "0.1 % in January 2025 (at most 17.2 %)" in sentence


def test_the_month_that_is_not_settled_is_told_with_what_it_is_at_most() -> None:
    shares = bounded(
        answer({"chinese": ["58.09", "52.31"]}, statuses={1: "provisional"}),
        {"chinese": ["69.53", "72.01"]},
    )
    assert spaced(open_month_sentence(shares, ORIGINS)) == (
        "So far in February 2025, provisional: Chinese open models 52.3 %, at most 72.0 %"
    )


def test_of_open_usage_the_least_is_told_too() -> None:
    shares = bounded(answer({"us": ["60"]}), {"us": ["66"]}, {"us": ["50"]})
    sentence = spaced(chart_summary(shares, Question(of="open")))
    assert "60.0 % in January 2025 (at least 50.0 %, at most 66.0 %)" in sentence


def test_highlights_give_the_largest_fall_and_rise_of_the_leader_in_order_of_time() -> None:
    fall, rise = chart_highlights(answer({"chinese": ["20", "28", "16", "39", "60"]}), ORIGINS)
    assert "from 28.0 % in February 2025 to 16.0 % in March 2025 (−12.0 pp)" in spaced(fall)
    assert "from 16.0 % in March 2025 to 39.0 % in April 2025 (+23.0 pp)" in spaced(rise)


def test_a_share_that_only_rose_has_no_largest_fall() -> None:
    (only,) = chart_highlights(answer({"chinese": ["20", "28"]}), ORIGINS)
    assert "rise" in only


def test_only_neighbouring_months_make_a_largest_rise_or_fall() -> None:
    gap = answer({"chinese": ["20", "22", None, None, None, "60", "55"]})
    rise, fall = map(spaced, chart_highlights(gap, ORIGINS))
    assert "from 20.0 % in January 2025 to 22.0 % in February 2025" in rise
    assert "from 60.0 % in June 2025 to 55.0 % in July 2025" in fall
    assert chart_highlights(answer({"chinese": ["20", None, "60"]}), ORIGINS) == []


def test_a_composition_divides_the_latest_month() -> None:
    shares = answer({"chinese": ["60"], "us": ["6.7"]}, rest={"closed": ["26"], "unknown": ["7.3"]})
    assert spaced(composition_sentence(shares, ORIGINS)) == (
        "In January 2025 open models together: 66.7 %, closed 26.0 %, unknown 7.3 %"
    )


def test_a_citation_carries_the_publishers_date_and_survives_braces() -> None:
    odd = replace(source(), citation="{0} {x} as of {as_of}")
    sentence = source_citation(odd)
    assert spaced(sentence) == "{0} {x} as of 2 October 2026"


def test_a_group_named_unknown_inside_is_not_mixed_with_the_unknown_rest() -> None:
    shares = answer({"chinese": ["17"], "unknown": ["23"]}, rest={"unknown": ["60"]})
    inside = {
        item.group.key: item.last.share_pct
        for item in group_series(shares.shares_of("gateway"), shares.groups)
    }
    assert inside["unknown"] == Decimal(23)
    assert covered_months(shares, "gateway") == [date(2025, 1, 1)]


def test_a_headline_says_what_its_filters_leave() -> None:
    shares = answer({"open": ["6", "60.3"]})
    headline = headline_finding(shares, Question(by="openness", origin=("chinese",)))
    assert spaced(headline).startswith("Open models (only Chinese) rose from 6.0 %")
    shares = answer({"chinese": ["4.3", "18.6"]})
    headline = headline_finding(shares, Question(developer=("deepseek",)))
    assert spaced(headline).startswith("Chinese open models (only deepseek) rose")


def test_a_composition_never_takes_a_missing_month_for_zero() -> None:
    shares = answer({"other": ["0.3", None]})
    sentence = spaced(composition_sentence(shares, Question(origin=("other",))))
    assert sentence.startswith("In January 2025 open models (only Other) together: 0.3 %")


def test_small_shares_that_round_alike_are_told_apart_where_they_differ_by_much() -> None:
    sentence = headline_finding(answer({"european": ["0.1146", "0.0685"]}), Question())
    assert spaced(sentence).startswith("European open models fell from 0.11 % of all tokens")
    assert "to 0.07 % in February 2025" in spaced(sentence)


def test_a_peak_far_above_both_ends_is_part_of_the_headline() -> None:
    sentence = spaced(headline_finding(answer({"us": ["0.6", "10.5", "3.9"]}), Question()))
    assert sentence.endswith("to 3.9 % in March 2025, after 10.5 % in February 2025")
    level = spaced(headline_finding(answer({"us": ["6", "60.8", "60.3"]}), Question()))
    assert level.endswith("to 60.3 % in March 2025")


@pytest.mark.parametrize("status", ["reported", "estimated"])
def test_a_figure_not_recomputed_keeps_the_digits_it_was_given(status: str) -> None:
    shares = answer({"chinese": ["1.2", "30"]}, statuses={0: status, 1: status})
    sentence = spaced(headline_finding(shares, Question()))
    assert sentence.endswith(
        "from 1.2 % of all tokens counted by Acme in January 2025 to 30 % in February 2025"
    )
    small_print = spaced(small_print_text(shares, Question()))
    assert f"January 2025 {status} and February 2025 {status}" in small_print


def test_the_rest_is_of_the_month_that_is_told() -> None:
    shares = answer({"us": ["6", None]}, rest={"closed": ["60", "55"]})
    assert "The rest in January 2025: closed 60.0 %." in spaced(chart_summary(shares, Question()))


def test_a_source_that_names_nothing_asked_says_so_beside_the_rest_of_its_whole() -> None:
    shares = answer({"chinese": [None]}, rest={"unknown": ["100"]})
    assert spaced(composition_sentence(shares, ORIGINS)) == (
        "In January 2025 open models together: no figure, unknown 100.0 %"
    )
    sentence = spaced(chart_summary(shares, ORIGINS))
    assert "No figure for open models. The rest in January 2025: unknown 100.0 %." in sentence


def test_a_source_without_any_share_has_no_composition() -> None:
    shares = answer({"chinese": [None]})
    assert composition_sentence(shares, ORIGINS).endswith("has no figures for this question")
