"""Names that the catalogue does not know: announced, made slugs of, or refused."""

import pytest

from app.catalogue.index import CatalogueIndex, KnownModel
from app.domain.vocabulary import Openness
from app.ingest.rules.resolver import NEW_NAMES_MAX
from tests.ingest.rules.builders import KNOWN, checked, notices, only_problem

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
    model = KnownModel("model-1-1", "Model 1-1", "qwen", Openness.OPEN)
    catalogue = CatalogueIndex(KNOWN.sources, KNOWN.developers, {"model-1-1": model})
    assert (catalogue.model(name) == model) is is_known


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
