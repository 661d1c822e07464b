"""Files against the catalogue and against themselves: what they mean, or what is wrong in them."""

import csv
import io
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.index import CatalogueIndex, KnownDeveloper, KnownModel
from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.csv_io.schema import FileLimits
from app.domain.calendar import format_month
from app.domain.errors import BadFileError, Problem
from app.domain.snapshot import Basis, Line
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.checked import CheckedFile, Notice
from app.ingest.rules.file_rules import check_lines
from app.ingest.rules.resolver import NEW_NAMES_MAX, LineSlice
from app.ingest.rules.totals import MonthTotals, ResolvedLine
from app.ingest.rules.upload_format import write_snapshot_file
from app.paths import PACKAGE

DATA = PACKAGE / "data"
AUGUST = date(2025, 8, 1)

KNOWN = CatalogueIndex(
    sources={"openrouter-rankings": "OpenRouter rankings", "hub": "The Hub"},
    developers={
        "deepseek": KnownDeveloper("deepseek", "DeepSeek", Origin.CHINESE),
        "qwen": KnownDeveloper("qwen", "Qwen (Alibaba)", Origin.CHINESE),
        "meta-llama": KnownDeveloper("meta-llama", "Meta (Llama)", Origin.US),
        "mistralai": KnownDeveloper("mistralai", "Mistral AI", Origin.EUROPEAN),
    },
    models={
        "deepseek/r1": KnownModel("deepseek/r1", "DeepSeek R1", "deepseek", Openness.OPEN),
        "deepseek/v3": KnownModel("deepseek/v3", "DeepSeek V3", "deepseek", Openness.OPEN),
        "qwen/qwen3-max": KnownModel("qwen/qwen3-max", "Qwen3 Max", "qwen", Openness.CLOSED),
        "mistralai/one": KnownModel("mistralai/one", "Small", "mistralai", Openness.OPEN),
        "mistralai/two": KnownModel("mistralai/two", "Small", "mistralai", Openness.OPEN),
    },
)


class Choices(TypedDict, total=False):
    """What is chosen beside a file."""

    source: str | None
    openness: Openness
    limits: FileLimits


def checked(text: str, **choices: Unpack[Choices]) -> CheckedFile:
    choices.setdefault("source", "hub")
    return check_lines(io.BytesIO(text.encode()), KNOWN, CheckOptions(**choices))


def lines(text: str, **choices: Unpack[Choices]) -> list[Line]:
    result = checked(text, **choices)
    assert not result.problem_count, result.problems
    return list(result.lines())


def only_problem(text: str, **choices: Unpack[Choices]) -> Problem:
    result = checked(text, **choices)
    assert result.problem_count == 1, result.problems
    return result.problems[0]


def notices(text: str, **choices: Unpack[Choices]) -> dict[str, Notice]:
    result = checked(text, **choices)
    assert not result.problem_count, result.problems
    return {notice.code: notice for notice in result.notices}


# --- what a line is about ------------------------------------------------------------------------


def test_a_line_is_completed_from_the_models_catalogue_entry() -> None:
    (line,) = lines("month,model,share_pct,note\n2025-08,Qwen3 Max,4.5,as reported\n")
    assert line == Line(
        "hub",
        AUGUST,
        2,
        Origin.CHINESE,
        Openness.CLOSED,
        "qwen",
        "qwen/qwen3-max",
        Decimal("4.5"),
        None,
        Status.FINAL,
        "as reported",
    )


def test_a_blank_origin_comes_from_the_developer() -> None:
    (line,) = lines("month,developer,share_pct\n2025-08,mistral ai,4.5\n")
    assert (line.origin, line.developer, line.openness) == ("european", "mistralai", "open")


def test_a_blank_openness_is_the_one_chosen_with_the_file() -> None:
    (line,) = lines("month,origin,share_pct\n2025-08,us,4.5\n", openness=Openness.UNKNOWN)
    assert line.openness is Openness.UNKNOWN


def test_a_line_without_origin_and_developer_is_refused() -> None:
    problem = only_problem("month,origin,developer,share_pct\n2025-08,,,4.5\n")
    assert (problem.code, problem.line, problem.column) == ("no_origin", 2, 2)


def test_the_source_may_be_named_by_slug_or_name_in_each_line() -> None:
    text = "month,source,origin,share_pct\n2025-08,The Hub,us,9\n2025-08,OpenRouter-Rankings,us,9\n"
    assert [line.source for line in lines(text, source=None)] == ["hub", "openrouter-rankings"]


def test_an_unknown_source_is_refused_with_the_nearest() -> None:
    text = "month,source,origin,share_pct\n2025-08,openrouter-ranking,us,9\n"
    problem = only_problem(text, source=None)
    assert (problem.code, problem.column) == ("unknown_source", 2)
    assert problem.suggestion == "openrouter-rankings"


def test_a_name_that_reads_like_another_sources_slug_is_refused() -> None:
    both = replace(KNOWN, sources={"acme": "Acme gateway", "acme-gateway": "Another"})
    assert both.source("Acme gateway") is None
    assert (both.source("acme-gateway"), both.source("Another")) == ("acme-gateway",) * 2
    assert both.source("ACME") == "acme"


def test_a_line_of_another_source_than_the_chosen_one_is_refused() -> None:
    problem = only_problem("month,source,origin,share_pct\n2025-08,openrouter-rankings,us,9\n")
    assert (problem.code, problem.suggestion) == ("other_source", "hub")


def test_a_source_must_be_said_somewhere() -> None:
    problem = only_problem("month,origin,share_pct\n2025-08,us,9\n", source=None)
    assert (problem.code, problem.line, problem.field) == ("missing_column", 1, "source")
    text = "month,source,origin,share_pct\n2025-08,,us,9\n"
    assert only_problem(text, source=None).code == "blank"


def test_a_chosen_source_that_is_unknown_is_refused() -> None:
    problem = only_problem("month,origin,share_pct\n2025-08,us,9\n", source="hubb")
    assert (problem.code, problem.line, problem.suggestion) == ("unknown_source", None, "hub")


@pytest.mark.parametrize(
    ("header", "field"), [("month,origin,note", "share_pct"), ("month,share_pct", "origin")]
)
def test_a_header_without_figures_or_without_a_subject_is_one_error(
    header: str, field: str
) -> None:
    row = ",".join(
        {"month": "2025-08", "origin": "us"}.get(name, "9") for name in header.split(",")
    )
    problem = only_problem(f"{header}\n{row}\n{row}\n")
    assert (problem.code, problem.line, problem.field) == ("missing_column", 1, field)


def test_an_origin_that_differs_from_the_catalogue_counts_and_is_noticed_once() -> None:
    text = "month,origin,developer,share_pct\n" + "".join(
        f"2025-{month:02},us,deepseek,90\n" for month in range(1, 13)
    )
    assert {line.origin for line in lines(text)} == {Origin.US}
    notice = notices(text)["origin_differs"]
    assert (notice.line, notice.count) == (2, 12)
    assert "deepseek is us here and chinese in the catalogue" in notice.text


def test_an_openness_that_differs_from_the_catalogue_counts_and_is_noticed() -> None:
    text = "month,openness,model,share_pct\n2025-08,closed,deepseek/r1,90\n"
    assert lines(text)[0].openness is Openness.CLOSED
    assert "closed here and open in the catalogue" in notices(text)["openness_differs"].text


@pytest.mark.parametrize("developer", ["qwen", "Nobody Yet"])
def test_a_model_of_another_developer_than_the_catalogues_is_refused(developer: str) -> None:
    text = f"month,origin,developer,model,share_pct\n2025-08,chinese,{developer},deepseek/r1,9\n"
    problem = only_problem(text)
    assert (problem.code, problem.column, problem.suggestion) == ("other_developer", 3, "deepseek")


def test_a_line_without_a_figure_is_refused() -> None:
    problem = only_problem("month,origin,share_pct\n2025-08,us,\n")
    assert (problem.code, problem.column) == ("no_figure", 3)
    assert only_problem("month,origin,value\n2025-08,us,\n").field == "value"


# --- names that are new --------------------------------------------------------------------------

NEW = "month,origin,openness,developer,model,share_pct\n"


def test_new_developers_and_models_are_announced() -> None:
    result = checked(NEW + "2025-08,other,open,Upstage AI,Solar Pro 2,40\n")
    assert not result.problem_count
    (developer,), (model,) = result.new_developers, result.new_models
    assert (developer.slug, developer.name, developer.origin) == (
        "upstage-ai",
        "Upstage AI",
        "other",
    )
    assert (model.slug, model.name, model.developer) == ("solar-pro-2", "Solar Pro 2", "upstage-ai")
    assert (model.openness, model.line) == ("open", 2)
    (line,) = result.lines()
    assert (line.developer, line.model) == ("upstage-ai", "solar-pro-2")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2025-08,,open,Upstage,,40", "no_origin"),
        ("2025-08,other,,Upstage,Solar,40", "no_openness"),
        ("2025-08,other,open,,Solar,40", "no_developer"),
    ],
)
def test_a_new_name_needs_its_origin_openness_and_developer(row: str, code: str) -> None:
    assert only_problem(NEW + row + "\n").code == code


def test_the_developer_of_a_new_model_is_suggested_from_its_name() -> None:
    assert only_problem(NEW + "2025-08,chinese,open,,qwen/qwen4,4\n").suggestion == "qwen"


@pytest.mark.parametrize(
    ("rows", "field", "suggestion"),
    [
        ("2025-08,us,open,Acme,,4\n2025-09,other,open,Acme,,4\n", "origin", "us"),
        ("2025-08,us,open,qwen,X,4\n2025-09,us,open,deepseek,X,4\n", "developer", "qwen"),
        ("2025-08,us,open,qwen,X,4\n2025-09,us,closed,qwen,x,4\n", "openness", "open"),
    ],
)
def test_lines_that_contradict_each_other_about_a_new_name_are_refused(
    rows: str, field: str, suggestion: str
) -> None:
    problem = only_problem(NEW + rows)
    assert (problem.code, problem.line, problem.field) == ("contradiction", 3, field)
    assert (problem.suggestion, "line 2" in problem.expected) == (suggestion, True)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Müller & Söhne", "muller-sohne"),
        ("_unnamed", "unnamed"),
        ("</script>", "script"),
        ("acme/Model:v1.0", "acme/model:v1.0"),
        ("=cmd()", "cmd"),
        ("Deep.Seek", "deep.seek"),
    ],
)
def test_a_new_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert checked(NEW + f"2025-08,other,open,{name},,40\n").new_developers[0].slug == slug


def test_a_name_without_latin_letters_gets_a_slug_from_its_digest() -> None:
    (developer,) = checked(NEW + "2025-08,chinese,open,月之暗面,,40\n").new_developers
    assert developer.slug.startswith("x-")
    assert len(developer.slug) == 10


def test_names_that_make_the_same_slug_get_different_ones() -> None:
    first, second = checked(NEW + "2025-08,us,open,C+,,4\n2025-08,us,open,C#,,4\n").new_developers
    assert first.slug == "c"
    assert second.slug.startswith("c-")


def test_versions_that_differ_by_where_a_separator_stands_are_two_models() -> None:
    head = "month,developer,model,openness,origin,share_pct\n"
    rows = [f"2025-08,qwen,{name},open,,1.5\n" for name in ("Qwen2-5 7B", "Qwen2 57B")]
    result = checked(head + "".join(rows))
    assert not result.problem_count, result.problems
    assert [new.slug for new in result.new_models] == ["qwen2-5-7b", "qwen2-57b"]


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("Model 1-1", True), ("MODEL_1_1", True), ("model1 1", True),
        ("Model 11", False), ("Model-11", False), ("Model 1.1", False),
    ],
)  # fmt: skip
def test_a_separator_between_digits_is_part_of_a_models_name(name: str, is_known: bool) -> None:
    known = KnownModel("model-1-1", "Model 1-1", "qwen", Openness.OPEN)
    catalogue = CatalogueIndex(KNOWN.sources, KNOWN.developers, {"model-1-1": known})
    assert (catalogue.model(name) == known) is is_known


def test_a_new_slug_never_takes_over_a_known_name() -> None:
    (developer,) = checked(NEW + "2025-08,us,open,Mistral!AI,,4\n").new_developers
    assert developer.slug.startswith("mistral-ai-")


def test_a_name_that_two_models_share_is_refused_with_their_slugs() -> None:
    problem = only_problem(NEW + "2025-08,european,open,mistralai,small,4\n")
    assert problem.code == "ambiguous_name"
    assert "mistralai/one, mistralai/two" in problem.expected


def test_a_new_name_very_near_a_known_one_is_noticed() -> None:
    assert (
        "did you mean “DeepSeek”?"
        in notices(NEW + "2025-08,chinese,open,depseek,,4\n")["near_name"].text
    )


def test_a_new_version_is_not_taken_for_a_slip() -> None:
    assert "near_name" not in notices(NEW + "2025-08,chinese,open,deepseek,deepseek/v4,4\n")


def test_too_many_new_names_are_refused() -> None:
    text = NEW + "".join(f"2025-08,us,open,developer {i},,0\n" for i in range(NEW_NAMES_MAX + 5))
    result = checked(text)
    assert (result.problem_count, result.problems[0].code) == (5, "too_many_new_names")


# --- the whole file ------------------------------------------------------------------------------

SHARES = "month,origin,openness,developer,model,share_pct\n"


@pytest.mark.parametrize(
    "rows",
    [
        "2025-08,us,open,,,4\n2025-08,USA,open,,,5\n",
        "2025-08,us,open,meta-llama,,4\n2025-08,,open,Meta (Llama),,5\n",
        "2025-08,chinese,open,deepseek,deepseek/r1,4\n2025-08,,,,DeepSeek R1,5\n",
        "2025-08,chinese,open,,deepseek/r1,4\n2025-08,chinese,closed,,deepseek/r1,5\n",
    ],
)
def test_no_slice_may_be_there_twice_in_a_month(rows: str) -> None:
    problem = only_problem(SHARES + rows)
    assert (problem.code, problem.line) == ("line_twice", 3)
    assert "line 2 has it for 2025-08 of hub" in problem.expected


def test_the_same_slice_in_another_month_or_source_is_another_line() -> None:
    text = "month,source,origin,share_pct\n2025-08,hub,us,4\n2025-09,hub,us,4\n"
    assert len(lines(text + "2025-08,openrouter-rankings,us,4\n", source=None)) == 3


def test_very_many_lines_that_are_there_twice_are_counted() -> None:
    text = SHARES + "2025-08,us,open,,,0.001\n" * 3_000
    result = checked(text)
    assert (len(result.problems), result.problem_count) == (PROBLEMS_KEPT_MAX, 2_999)


def test_a_developer_is_under_one_origin_in_a_month() -> None:
    problem = only_problem(SHARES + "2025-08,us,open,qwen,,4\n2025-08,chinese,closed,qwen,,5\n")
    assert (problem.code, problem.line, problem.suggestion) == ("two_origins", 3, "us")


def test_shares_may_add_up_to_100_and_a_half() -> None:
    rows = "2025-08,us,open,,,50.5\n2025-08,chinese,open,,,50\n"
    assert len(lines(SHARES + rows)) == 2


def test_shares_that_add_up_to_more_are_refused_where_they_pass_it() -> None:
    rows = "2025-08,us,open,,,50.5\n2025-08,chinese,open,,,50.01\n2025-08,other,open,,,1\n"
    problem = only_problem(SHARES + rows)
    assert (problem.code, problem.line, problem.column) == ("sum_above_100", 3, 6)
    assert "101.51" in problem.found


def test_shares_below_100_leave_a_remainder_that_is_named() -> None:
    text = SHARES + "2025-08,us,open,,,36.5\n2025-08,chinese,open,,,41\n"
    notice = notices(text)["below_100"]
    assert "add up to 77.5; the remaining 22.5 %" in notice.text
    assert [line.share_pct for line in lines(text)] == [Decimal("36.5"), Decimal(41)]


def test_fractions_are_refused() -> None:
    problem = only_problem(SHARES + "2025-08,us,open,,,0.6\n2025-08,chinese,open,,,0.4\n")
    assert (problem.code, problem.line) == ("fractions", 2)
    assert "multiply by 100" in problem.expected


def test_fractions_that_leave_a_remainder_are_suspected() -> None:
    text = SHARES + "2025-08,us,open,,,0.365\n2025-08,chinese,open,,,0.41\n"
    assert "multiply them by 100" in notices(text)["below_100"].text


def test_remainders_of_several_months_are_one_notice_that_names_the_widest() -> None:
    rows = "2025-07,us,open,,,90\n2025-08,us,open,,,30\n2025-08,other,open,,,40.5\n"
    (notice,) = checked(SHARES + rows + "2025-09,us,open,,,99\n").notices
    assert (notice.code, notice.line) == ("below_100", 3)
    assert notice.text == (
        "The lines of 3 months add up to less than 100, furthest from it those of 2025-08 of hub: "
        "to 70.5; the remaining 29.5 %, and what remains of the others, will be shown as unknown"
    )


def test_fractions_are_suspected_among_several_months() -> None:
    rows = "2025-07,us,open,,,0.2\n2025-07,other,open,,,0.3\n2025-08,us,open,,,0.1\n"
    text = notices(SHARES + rows)["below_100"].text
    assert text.endswith(". If any of these are fractions, multiply them by 100")


@pytest.mark.parametrize(
    ("shares", "noticed"),
    [
        (("33.333333",) * 3, False),  # 0.000001 is missing, and each may be 0.0000005 more
        (("33.3",) * 3, False),
        (("33", "33.33", "33.34"), True),  # one has decimals: the whole number has 33.00
        (("60.4", "39.5"), True),  # 60.45 would have been written as 60.5
        (("33.33", "33.33", "33.30"), True),
        (("4",) * 24, True),  # rounding would explain 12 points: too many to pass over
    ],
)
def test_what_rounding_leaves_is_no_remainder(shares: tuple[str, ...], noticed: bool) -> None:
    names = [f"lab {'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(len(shares))]
    rows = [f"2025-08,us,open,{name},,{share}\n" for name, share in zip(names, shares, strict=True)]
    assert ("below_100" in notices(SHARES + "".join(rows))) is noticed


VALUES = "month,origin,share_pct,value\n"


def test_shares_are_computed_from_values_exactly() -> None:
    text = VALUES + "2025-08,us,,1\n2025-08,chinese,,1.5\n2025-08,other,,0.5\n2025-09,us,,7\n"
    result = checked(text)
    assert [line.share_pct for line in result.lines()] == [
        Decimal("33.3333333333"), Decimal(50), Decimal("16.6666666667"), Decimal(100),
    ]  # fmt: skip
    assert result.months["hub", AUGUST].basis is Basis.VALUE
    assert result.months["hub", AUGUST].lines == 3


def test_the_largest_values_are_added_without_rounding() -> None:
    about = LineSlice("hub", Origin.US, Openness.OPEN, None, None, ())
    tally = MonthTotals(first_line=2)
    for value in (Decimal(10**18 - 1), Decimal("0.000001")) * 20_000:
        tally.add(ResolvedLine(2, AUGUST, about, None, value, Status.FINAL, ""))
    assert tally.value_sum == Decimal("19999999999999999980000.020000")
    assert tally.share_of(Decimal(10**18 - 1)) == Decimal("0.0050000000")


def test_values_that_are_all_zero_are_refused() -> None:
    assert only_problem(VALUES + "2025-08,us,,0\n2025-08,other,,0\n").code == "sum_is_zero"


def test_a_month_has_shares_throughout_or_values_throughout() -> None:
    problem = only_problem(VALUES + "2025-08,us,4,\n2025-08,other,,5\n")
    assert (problem.code, problem.line) == ("mixed_figures", 3)
    assert problem.found == "no share_pct in line 3, no value in line 2"


def test_one_month_may_have_shares_and_the_next_one_values() -> None:
    result = checked(VALUES + "2025-08,us,4,\n2025-09,us,,5\n")
    assert [month.basis for month in result.months.values()] == [Basis.SHARE, Basis.VALUE]


def test_a_share_that_disagrees_with_its_value_is_refused() -> None:
    problem = only_problem(VALUES + "2025-08,us,60.2,60\n2025-08,other,39.95,40\n")
    assert (problem.code, problem.line, problem.found) == ("figures_disagree", 2, "60.2")


def test_shares_and_values_of_part_of_the_whole_agree_in_proportion() -> None:
    rows = "2025-08,us,36.5,365\n2025-08,chinese,41,410\n"
    assert [line.share_pct for line in lines(VALUES + rows)] == [Decimal("36.5"), Decimal(41)]


def test_a_share_beside_computed_ones_must_agree_too() -> None:
    problem = only_problem(VALUES + "2025-08,us,70,60\n2025-08,other,,40\n")
    assert (problem.code, problem.line) == ("figures_disagree", 2)


def test_a_value_that_may_be_a_shares_decimals_is_refused_where_other_lines_have_none() -> None:
    head = "month,source,origin,openness,developer,model,share_pct,value,status,note\n"
    problem = only_problem(
        f"{head}2025-08,hub,chinese,open,,,41,5,,\n2025-08,hub,us,open,,,29,,,\n"
    )
    assert (problem.code, problem.line, problem.column) == ("split_number", 2, 7)
    assert (problem.field, problem.found, problem.suggestion) == ("share_pct", "41,5", "41.5")


@pytest.mark.parametrize(
    "rows", ["2025-08,us,41,5", "2025-08,us,30,5\n2025-08,chinese,30,5"], ids=["alone", "alike"]
)
def test_a_value_that_says_nothing_of_its_share_may_be_the_shares_decimals(rows: str) -> None:
    result = checked(f"month,origin,share_pct,value\n{rows}\n")
    assert {problem.code for problem in result.problems} == {"split_number"}
    assert result.problem_count == len(rows.splitlines())


@pytest.mark.parametrize(
    "rows",
    [
        "2025-08,us,40,400\n2025-08,chinese,60,600",
        '2025-08,us,"40",400\n2025-08,chinese,60,',
        '2025-08,us,40,"400"\n2025-08,chinese,60,',
        "2025-08,us,40.0,400\n2025-08,chinese,60,",
        "2025-08,us,41,500\n2025-09,us,41.5,500",
    ],
    ids=["in proportion", "a quoted share", "a quoted value", "a point", "a point elsewhere"],
)
def test_a_value_that_is_no_decimals_stands_beside_its_whole_share(rows: str) -> None:
    assert lines(f"month,origin,share_pct,value\n{rows}\n")[0].value


def test_a_share_beside_a_value_is_written_so_that_it_reads_one_way() -> None:
    text = 'month,source,origin,share_pct,value\n2025-08,hub,us,"41",5\n2025-08,hub,chinese,3,\n'
    before = lines(text)
    out = io.StringIO()
    write_snapshot_file(before, out, dict.fromkeys([("hub", AUGUST)], Basis.SHARE))
    assert lines(out.getvalue()) == before


def test_a_value_of_three_decimals_is_written_so_that_it_reads_one_way() -> None:
    before = lines("month,origin,value\n2025-08,us,1.2340\n")
    out = io.StringIO()
    written = [line._replace(value=Decimal("1.234")) for line in before]
    write_snapshot_file(written, out, dict.fromkeys([("hub", AUGUST)], Basis.VALUE))
    assert lines(out.getvalue()) == before


def test_a_rest_beside_named_developers_is_no_cause_for_a_notice() -> None:
    rows = "2025-08,chinese,open,deepseek,,30\n2025-08,chinese,open,,,20\n2025-08,us,open,,,50\n"
    assert notices(SHARES + rows) == {}


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("2025-08,chinese,open,deepseek,,20\n2025-08,chinese,open,,,20\n", 3),
        ("2025-08,us,open,,,50\n2025-08,us,open,meta-llama,,50.4\n", 2),
        ("2025-08,,open,deepseek,,20\n2025-08,,,,deepseek/r1,10\n2025-08,,,,deepseek/v3,10\n", 2),
    ],
)
def test_a_line_that_may_be_the_total_of_others_is_noticed(rows: str, line: int) -> None:
    assert notices(SHARES + rows)["maybe_total"].line == line


def test_a_large_remainder_of_unknown_origin_is_no_cause_for_a_notice() -> None:
    rows = "2025-08,unknown,open,Stealth,,5\n2025-08,unknown,open,,,95\n"
    assert "maybe_total" not in notices(SHARES + rows)


def test_problems_of_cells_lines_and_months_come_together() -> None:
    result = checked(
        SHARES
        + "2025/08,us,open,,,4\n2025-08,us,open,,,90\n2025-08,us,open,,,20\n2025-08,,,nobody,,1\n"
    )
    assert [(p.code, p.line) for p in result.problems] == [
        ("not_a_month", 2), ("no_origin", 5), ("sum_above_100", 4), ("line_twice", 4),
    ]  # fmt: skip


def test_a_file_with_problems_gives_no_lines_and_no_months() -> None:
    result = checked(SHARES + "2025-08,us,open,,,4\n2025-08,us,open,,,4\n")
    assert result.months == {}
    with pytest.raises(BadFileError) as caught:
        result.lines()
    assert caught.value.problems == result.problems


def test_a_file_that_changes_while_it_is_read_gives_no_whole() -> None:
    file = io.BytesIO((SHARES + "2025-08,us,open,,,4\n").encode())
    result = check_lines(file, KNOWN, CheckOptions("hub"))
    file.seek(0, io.SEEK_END)
    file.write(b"broken\n")
    with pytest.raises(BadFileError):
        list(result.lines())


def test_a_chunk_of_nonsense_is_refused_with_the_limits_of_the_form() -> None:
    assert checked("\0\x01\x02" * 100, limits=FileLimits()).problem_count == 1


# --- the bundled data ----------------------------------------------------------------------------


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def catalogue() -> CatalogueIndex:
    return CatalogueIndex(
        {row["source"]: row["name"] for row in rows_of("sources.csv")},
        {
            row["developer"]: KnownDeveloper(row["developer"], row["name"], Origin(row["origin"]))
            for row in rows_of("developers.csv")
        },
        {
            row["model"]: KnownModel(
                row["model"], row["name"], row["developer"], Openness(row["openness"])
            )
            for row in rows_of("models.csv")
        },
    )


@pytest.mark.parametrize("path", sorted((DATA / "snapshots").glob("*.csv")), ids=lambda p: p.stem)
def test_the_bundled_snapshots_are_clean_and_are_written_back_the_same(
    path: Path, catalogue: CatalogueIndex
) -> None:
    with path.open("rb") as file:
        result = check_lines(file, catalogue)
        assert not result.problem_count, result.problems
        assert {notice.code for notice in result.notices} <= {"below_100"}
        assert not result.new_developers + result.new_models
        written = io.StringIO()
        write_snapshot_file(
            result.lines(), written, {key: m.basis for key, m in result.months.items()}
        )
        again = check_lines(io.BytesIO(written.getvalue().encode()), catalogue)
        assert list(again.lines()) == list(result.lines())
        assert again.months == result.months


def test_the_bundled_data_gives_the_figures_of_the_founding_story(
    catalogue: CatalogueIndex,
) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with (DATA / "snapshots/openrouter-rankings.csv").open("rb") as file:
        for line in check_lines(file, catalogue).lines():
            group = line.origin if line.openness is Openness.OPEN else line.openness
            sums[format_month(line.month), group] += line.share_pct
    assert {key: round(sums[key], 2) for key in sums if key in STORY} == STORY


STORY = {
    ("2025-08", "chinese"): Decimal("28.65"),
    ("2025-08", "us"): Decimal("3.74"),
    ("2025-08", "european"): Decimal("3.35"),
    ("2025-08", "closed"): Decimal("56.63"),
    ("2025-09", "chinese"): Decimal("16.22"),
    ("2026-07", "chinese"): Decimal("60.76"),
}


# --- written and read back -----------------------------------------------------------------------

NOTES = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co"]), max_size=30)


def readable(note: str) -> bool:
    """As the reader itself would leave it."""
    result = checked(
        f'month,origin,share_pct,note\n2025-08,us,1,"{note.replace(chr(34), chr(34) * 2)}"\n'
    )
    return not result.problem_count and next(iter(result.lines())).note == note


@st.composite
def snapshots(draw: st.DrawFn) -> tuple[Basis, list[Line]]:
    """One month's lines in disjoint slices, by share or by value."""
    slices: list[tuple[Origin, Openness, str | None, str | None]] = [
        *((origin, openness, None, None) for origin in Origin for openness in Openness),
        (Origin.US, Openness.OPEN, "meta-llama", None),
        (Origin.CHINESE, Openness.OPEN, "deepseek", "deepseek/r1"),
        (Origin.CHINESE, Openness.OPEN, "deepseek", "deepseek/v3"),
        (Origin.CHINESE, Openness.CLOSED, "qwen", "qwen/qwen3-max"),
    ]
    chosen = draw(st.lists(st.sampled_from(slices), min_size=1, unique=True))
    basis = draw(st.sampled_from(Basis))
    month = draw(st.dates(date(2024, 1, 1), date(2025, 12, 31))).replace(day=1)
    values: list[Decimal | None]
    numbers = [draw(st.decimals(0, 10**18 - 2, places=6)) for _ in chosen]
    share = st.decimals(0, Decimal(100) / len(chosen), places=draw(st.integers(0, 12)))
    shares = [draw(share) for _ in chosen]
    if basis is Basis.VALUE:
        numbers[0] += 1
        shares = [(100 * number / sum(numbers)).quantize(Decimal("1e-10")) for number in numbers]
        values = [*numbers]
    else:
        values = [None, *numbers[1:]]  # so that they need not agree with the shares
        shares[0] += 2 * (len(chosen) > 1)  # so that they are no fractions
    statuses = [draw(st.sampled_from(Status)) for _ in chosen]
    notes = [draw(NOTES.filter(readable)) for _ in chosen]
    rows = zip(chosen, shares, values, statuses, notes, strict=True)
    return basis, [
        Line("hub", month, number, *about, share, value, status, note)
        for number, (about, share, value, status, note) in enumerate(rows, 2)
    ]


@settings(max_examples=60, deadline=None)
@given(snapshots())
def test_what_is_written_is_read_back_the_same(snapshot: tuple[Basis, list[Line]]) -> None:
    basis, written = snapshot
    out = io.StringIO(newline="")
    write_snapshot_file(written, out, {("hub", written[0].month): basis})
    result = check_lines(io.BytesIO(out.getvalue().encode()), KNOWN)
    assert not result.problem_count, result.problems
    assert [month.basis for month in result.months.values()] == [basis]
    # Notes have no line breaks here, so that even the line numbers are the same.
    assert list(result.lines()) == written


CELLS = st.sampled_from(
    ["", "2025-08", "2025-09", "us", "China", "open", "closed", "deepseek", "qwen", "deepseek/r1",
     "Qwen3 Max", "New One", "new-one", "月", "--", "0", "0.5", "50", "100", "1e9", "x" * 201]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=8))
def test_no_lines_make_the_check_raise(rows: list[list[str]]) -> None:
    out = io.StringIO()
    header = ["month", "source", "origin", "openness", "developer", "model", "share_pct", "value"]
    csv.writer(out).writerows([header, *rows])
    result = checked(out.getvalue())
    if not result.problem_count:
        assert all(0 <= line.share_pct <= 100 for line in result.lines())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_check_raise(content: bytes) -> None:
    assert check_lines(io.BytesIO(content), KNOWN, CheckOptions("hub")).problem_count


def test_a_model_is_found_by_its_own_slug_before_one_that_only_looks_like_it() -> None:
    models = {
        slug: KnownModel(slug, slug, "deepseek", openness)
        for slug, openness in [
            ("deepseek/m-1", Openness.OPEN),
            ("deepseek/m1", Openness.CLOSED),
        ]
    }
    catalogue = CatalogueIndex(KNOWN.sources, KNOWN.developers, models)
    assert [catalogue.model(slug) for slug in models] == list(models.values())
    assert catalogue.model("DeepSeek/M 1") is None


def test_lines_that_count_as_open_by_default_are_told() -> None:
    result = checked("month,origin,share_pct\n2025-08,us,60\n2025-08,chinese,40\n")
    (notice,) = [item for item in result.notices if item.code == "default_openness"]
    assert (notice.line, notice.count) == (2, 2)
    assert "counts as open" in notice.text
