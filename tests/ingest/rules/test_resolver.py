"""Lines against the catalogue: what each is about, or why that cannot be told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.snapshot import Line
from app.domain.vocabulary import Openness, Origin, Status
from tests.ingest.rules.builders import AUGUST, KNOWN, checked, lines, notices, only_problem


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


def test_lines_that_count_as_open_by_default_are_told() -> None:
    result = checked("month,origin,share_pct\n2025-08,us,60\n2025-08,chinese,40\n")
    (notice,) = [item for item in result.notices if item.code == "default_openness"]
    assert (notice.line, notice.count) == (2, 2)
    assert "counts as open" in notice.text
