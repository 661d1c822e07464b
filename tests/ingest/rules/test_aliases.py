"""A file may call a developer or model by any of its names; a company is no developer."""

import io
from dataclasses import replace

import pytest

from app.catalogue.index import CatalogueIndex
from app.domain.vocabulary import Openness, Origin
from app.ingest.rules.check_options import CheckOptions
from app.ingest.rules.checked import CheckedFile
from app.ingest.rules.file_rules import check_lines
from tests.ingest.rules.builders import KNOWN

NAMED = CatalogueIndex(
    KNOWN.sources,
    {
        **KNOWN.developers,
        "qwen": replace(KNOWN.developers["qwen"], aliases=("通义千问", "Shared")),
        "mistralai": replace(KNOWN.developers["mistralai"], aliases=("Mistral", "Shared")),
    },
    {
        **KNOWN.models,
        "deepseek/r1": replace(KNOWN.models["deepseek/r1"], aliases=("deepseek-ai/DeepSeek-R1",)),
    },
    {
        "Alibaba Group": ("alibaba", "qwen"),
        "深度求索": ("deepseek",),
        "Nobody's Holding": (),
    },
)
SHARES = "month,origin,openness,developer,model,share_pct\n"


def checked(row: str) -> CheckedFile:
    options = CheckOptions(source="hub", openness=Openness.OPEN)
    return check_lines(io.BytesIO((SHARES + row + "\n").encode()), NAMED, options)


@pytest.mark.parametrize(
    ("developer", "slug"),
    [("通义千问", "qwen"), ("mistral", "mistralai"), ("深度求索", "deepseek")],
)
def test_a_developer_is_found_by_an_alias_or_by_the_company_that_has_no_other(
    developer: str, slug: str
) -> None:
    result = checked(f"2025-08,,open,{developer},,4")
    assert not result.problem_count, result.problems
    assert [line.developer for line in result.lines()] == [slug]
    assert not result.new_developers


def test_a_model_is_found_by_an_alias() -> None:
    (line,) = checked("2025-08,,,,deepseek-ai/deepseek-r1,4").lines()
    assert (line.model, line.developer, line.origin) == ("deepseek/r1", "deepseek", Origin.CHINESE)


def test_a_company_with_several_developers_is_none_and_its_developers_are_named() -> None:
    result = checked("2025-08,chinese,open,Alibaba Group,,4")
    (problem,) = result.problems
    assert (problem.code, problem.line, problem.field) == ("company_name", 2, "developer")
    assert problem.expected == "one of this company's developers: alibaba, qwen"
    assert not result.new_developers


def test_the_company_of_a_known_model_tells_enough() -> None:
    (line,) = checked("2025-08,,,Alibaba Group,qwen/qwen3-max,4").lines()
    assert (line.developer, line.model) == ("qwen", "qwen/qwen3-max")


def test_an_alias_that_two_developers_share_finds_none_and_names_both() -> None:
    (problem,) = checked("2025-08,chinese,open,shared,,4").problems
    assert problem.code == "ambiguous_name"
    assert "qwen, mistralai" in problem.expected


def test_a_new_developer_never_gets_the_slug_of_a_company() -> None:
    (new,) = checked("2025-08,us,open,Alibaba!Group,,4").new_developers
    assert new.slug.startswith("alibaba-group-")
