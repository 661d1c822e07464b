"""The query string that pages, files and the API share."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import is_settled
from app.domain.errors import BadQuestionError
from app.domain.questions.parameters import PARAMETERS
from app.domain.questions.question import Question
from app.domain.questions.question_parser import (
    PROBLEMS_LISTED_MAX,
    SUGGESTIONS_MAX,
    KnownSlugs,
    parse_question,
    parse_valid_part,
)

NAMES = KnownSlugs(
    sources=("openrouter-rankings", "vercel-ai-gateway"),
    developers=("deepseek", "qwen"),
    models=("deepseek/deepseek-r1",),
)


def refused(*items: tuple[str, str]) -> BadQuestionError:
    with pytest.raises(BadQuestionError) as caught:
        parse_question(items, NAMES)
    return caught.value


def test_no_parameters_ask_for_open_models_by_origin_of_all_usage() -> None:
    question = parse_question([], NAMES)
    assert question == Question()
    assert question.query_string() == ""


def test_every_part_of_a_question_survives_its_own_query_string() -> None:
    items = [
        ("source", "vercel-ai-gateway,openrouter-rankings"),
        ("by", "model"),
        ("of", "open"),
        ("origin", "chinese,us"),
        ("developer", "qwen"),
        ("model", "deepseek/deepseek-r1"),
        ("from", "2025-01"),
        ("to", "2025-12"),
        ("as_of", "2026-01-02T03:04:05.000006Z"),
        ("top", "3"),
        ("home", "base"),
        ("events", "all"),
        ("bounds", "off"),
        ("view", "table"),
    ]
    question = parse_question(items, NAMES)
    assert question.source == ("vercel-ai-gateway", "openrouter-rankings")
    assert question.from_ == date(2025, 1, 1)
    assert question.as_of == datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
    assert question.pairs() == items
    assert parse_question(question.pairs(), NAMES) == question


def test_addresses_from_before_there_were_bounds_stay_as_they_are() -> None:
    assert parse_question([("bounds", "on")], NAMES).pairs() == []


def test_blanks_around_a_comma_are_nothing() -> None:
    assert parse_question([("developer", "deepseek, qwen ")], NAMES).developer == (
        "deepseek",
        "qwen",
    )


def test_empty_values_are_what_a_native_form_sends_and_mean_the_default() -> None:
    assert parse_question([("from", ""), ("developer", ""), ("top", "")], NAMES) == Question()


@pytest.mark.parametrize(
    ("item", "code", "suggestion"),
    [
        (("openess", "open"), "unknown_parameter", "openness"),
        (("openness", "opne"), "unknown_value", "open"),
        (("by", "origins"), "unknown_value", "origin"),
        (("source", "openrouter-ranking"), "unknown_value", "openrouter-rankings"),
        (("developer", "deepsek"), "unknown_value", "deepseek"),
        (("origin", "chinese,chinese"), "repeated_value", None),
        (("from", "2025-13"), "not_a_month", None),
        (("from", "2025-1"), "not_a_month", None),
        (("from", "２０２５-01"), "not_a_month", None),
        (("from", "9999-01"), "future", None),
        (("top", "0"), "not_a_number", None),
        (("top", "51"), "not_a_number", None),
        (("top", "1e400"), "not_a_number", None),
        (("top", "-1"), "not_a_number", None),
        (("as_of", "yesterday"), "not_an_instant", None),
        (("as_of", "9999-12-31"), "future", None),
        (("as_of", "20261101"), "not_an_instant", None),
        (("as_of", "2026-W40"), "not_an_instant", None),
        (("developer", ",".join(f"d{number}" for number in range(3_000))), "too_many_values", None),
        (("of", "open' OR 1=1 --"), "unknown_value", None),
        (("view", "\x00"), "unknown_value", None),
    ],
)
def test_a_bad_parameter_is_named_with_what_was_found_and_the_nearest_valid_one(
    item: tuple[str, str], code: str, suggestion: str | None
) -> None:
    (problem,) = refused(item).problems
    assert (problem.code, problem.field) == (code, item[0])
    assert problem.suggestion == suggestion or suggestion is None
    assert problem.expected


@pytest.mark.parametrize(
    ("item", "title"),
    [
        (("from", "9999-01"), "“9999-01” is still to come and cannot be asked for"),
        (("to", "2025-13"), "“2025-13” is not a month"),
        (("source", "vercel"), "“vercel” is not a known source"),
        (("by", "country"), "“country” is not a known way to group"),
        (("top", "0"), "“0” is not a number that can be asked for"),
        (("bye", "origin"), "“bye” cannot be asked here"),
    ],
)
def test_a_refusal_names_the_problem_in_words_of_people(item: tuple[str, str], title: str) -> None:
    assert refused(item).title == title


def test_all_bad_parameters_are_told_at_once() -> None:
    codes = [problem.code for problem in refused(("a", "b"), ("by", "x"), ("to", "y")).problems]
    assert codes == ["unknown_parameter", "unknown_value", "not_a_month"]


def test_a_repeated_parameter_is_refused_rather_than_one_of_them_ignored() -> None:
    (problem,) = refused(("by", "origin"), ("by", "model")).problems
    assert problem.code == "repeated_parameter"


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    (problem,) = refused(("from", "2025-02"), ("to", "2025-01")).problems
    assert problem.code == "empty_range"


def test_closed_models_have_no_share_of_the_open_ones() -> None:
    (problem,) = refused(("of", "open"), ("openness", "closed")).problems
    assert (problem.code, problem.suggestion) == ("contradiction", "open")


def test_a_date_means_the_end_of_that_day_and_today_is_not_the_future() -> None:
    today = datetime.now(UTC).date()
    question = parse_question([("as_of", today.isoformat())], NAMES)
    assert question.as_of is not None
    assert question.as_of.date() == today
    assert not is_settled(question.as_of)
    assert is_settled(question.as_of - timedelta(days=1))
    assert refused(("as_of", (today + timedelta(days=1)).isoformat())).problems[0].code == "future"


def test_a_minute_means_its_end_and_the_present_one_is_not_the_future() -> None:
    now = datetime.now(UTC)
    for text in (f"{now:%Y-%m-%dT%H:%MZ}", f"{now:%Y-%m-%dT%H:%M}", f"{now:%Y-%m-%dT%H:%M+00:00}"):
        question = parse_question([("as_of", text)], NAMES)
        assert question.as_of is not None
        assert question.as_of >= now
    exact = parse_question([("as_of", "2026-01-02T03:04:00Z")], NAMES).as_of
    assert exact == datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def test_a_long_value_is_not_echoed_whole() -> None:
    (problem,) = refused(("by", "x" * 10_000)).problems
    assert len(problem.found) <= 80


@given(
    st.lists(
        st.tuples(
            st.sampled_from([item.name for item in PARAMETERS]) | st.text(max_size=20),
            st.text(max_size=60),
        ),
        max_size=4,
    )
)
def test_no_query_string_makes_the_reader_raise_anything_else(
    items: list[tuple[str, str]],
) -> None:
    try:
        parse_question(items, NAMES)
    except BadQuestionError as refusal:
        assert refusal.problems  # noqa: PT017 - either outcome is right


def test_of_many_problems_the_first_twenty_are_told_and_all_counted() -> None:
    items = [(f"bye{number}", "x") for number in range(7_500)] + [("by", "origins")]
    with pytest.raises(BadQuestionError) as raised:
        parse_question(items, NAMES)
    assert (len(raised.value.problems), raised.value.problem_count) == (PROBLEMS_LISTED_MAX, 7_501)
    assert [problem.suggestion for problem in raised.value.problems].count(
        None
    ) == PROBLEMS_LISTED_MAX - SUGGESTIONS_MAX
    assert parse_valid_part([*items, ("top", "5")], NAMES, raised.value) == Question(top=5)
