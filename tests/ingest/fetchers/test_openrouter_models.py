"""OpenRouter's list of models: what is read of an object, and what of it is left out."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import PublisherError
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.text import clean_text
from app.ingest.fetchers.openrouter_models import ListedModel, parse_hub_id, read_model_list
from tests.publisher_server import RECORDINGS

TODAY = date(2026, 11, 30)
GLM = {
    "id": "z-ai/glm-9",
    "canonical_slug": "z-ai/glm-9-20260901",
    "hugging_face_id": "zai-org/GLM-9",
    "name": "Z.ai: GLM 9",
    "created": 1788220800,
}


def answer(models: Any) -> PublisherAnswer:
    content = json.dumps({"data": models}).encode()
    return PublisherAnswer("https://openrouter.ai/api/v1/models", datetime.now(UTC), content)


def read(*models: Any) -> dict[str, ListedModel]:
    return read_model_list(answer(list(models)), TODAY)


def only(*models: Any) -> ListedModel:
    (model,) = read(*models).values()
    return model


def test_an_object_is_read() -> None:
    assert only(GLM) == ListedModel(
        slug="z-ai/glm-9-20260901",
        title="Z.ai: GLM 9",
        name="GLM 9",
        listed_on=date(2026, 9, 1),
        hugging_face_id="zai-org/GLM-9",
        address="https://openrouter.ai/z-ai/glm-9",
    )


def test_variants_fold_into_their_model_which_speaks_first() -> None:
    free = GLM | {"id": "z-ai/glm-9:free", "name": "Z.ai: GLM 9 (free)", "created": 1788307200}
    assert only(free, GLM) == only(GLM)
    assert only(free | {"canonical_slug": "z-ai/glm-9-20260901:free"}, GLM) == only(GLM)
    assert only(free).name == "GLM 9"


def test_variants_that_name_different_weights_name_none() -> None:
    other = GLM | {"id": "z-ai/glm-9:free", "hugging_face_id": "zai-org/GLM-9-Air"}
    assert only(GLM, other).hugging_face_id == ""


@pytest.mark.parametrize(
    ("name", "title", "read_name"),
    [
        ("Claude Opus 5", "Claude Opus 5", "Claude Opus 5"),
        ("Google: Gemma 4 26B A4B ", "Google: Gemma 4 26B A4B", "Gemma 4 26B A4B"),
        ("A: B: C", "A: B: C", "B: C"),
        ("A: ", "A:", "A:"),
        ("<b>bold</b>", "<b>bold</b>", "<b>bold</b>"),
        (None, "", ""),
        (7, "", ""),
        ("", "", ""),
        ("a\u202eb", "", ""),
        ("a\nb", "", ""),
        ("\u200b", "", ""),
        ("x" * 500, "", ""),
    ],
)
def test_a_name_is_one_that_can_be_shown(name: object, title: str, read_name: str) -> None:
    model = only(GLM | {"name": name})
    assert (model.title, model.name) == (title, read_name)


@pytest.mark.parametrize(
    "created",
    [
        0,
        -1,
        None,
        "1788220800",
        True,
        1.5,
        32_503_680_000,
        1_788_220_800_000,
        10**30,
        1_577_836_799,
    ],
)
def test_a_moment_that_cannot_be_is_no_month(created: object) -> None:
    assert only(GLM | {"created": created}).listed_on is None


@pytest.mark.parametrize(
    "text",
    [
        None, "", " ", "GLM-9", "a/b/c", "../etc/passwd", "a/..", "a/b?x=1", "a/b#c", "a b/c",
        "a/b\n", "https://huggingface.co/a/b", "a/" + "b" * 200, "ä/b", "<b>/c", 7, ["a/b"],
    ],
)  # fmt: skip
def test_what_is_no_name_on_the_hub_is_none(text: object) -> None:
    assert parse_hub_id(text) == ""
    assert only(GLM | {"hugging_face_id": text}).hugging_face_id == ""


@pytest.mark.parametrize("field", sorted(GLM))
def test_a_field_that_is_missing_leaves_the_others(field: str) -> None:
    models = read(
        {name: value for name, value in GLM.items() if name != field},
        {**GLM, "canonical_slug": "a/b"},
    )
    assert models["a/b"].name == "GLM 9"
    assert (GLM["canonical_slug"] in models) is (field != "canonical_slug")


@pytest.mark.parametrize("slug", [None, 7, "", "glm", "a/b c", "<b>/c", "A/B", "a/b/c", "a/"])
def test_an_object_without_a_slug_is_passed_over(slug: object) -> None:
    assert list(read(GLM, GLM | {"canonical_slug": slug})) == [GLM["canonical_slug"]]


@pytest.mark.parametrize("models", [None, {}, [], [None, 7, "x", {}], "x"])
def test_what_is_no_list_of_models_is_refused(models: object) -> None:
    with pytest.raises(PublisherError, match=r"it has no list|it names no model"):
        read_model_list(answer(models), TODAY)


def test_three_hundred_models_are_read() -> None:
    models = read(*(GLM | {"id": f"a/m{n}", "canonical_slug": f"a/m{n}"} for n in range(300)))
    assert len(models) == 300
    assert models["a/m299"].address == "https://openrouter.ai/a/m299"


def test_the_recorded_list_is_read() -> None:
    content = (RECORDINGS / "openrouter/api-v1-models_2026-08-21.json").read_bytes()
    models = read_model_list(PublisherAnswer("https://x/models", datetime.now(UTC), content), TODAY)
    assert len(models) == 60
    assert all(model.name and model.listed_on for model in models.values())
    assert models["openai/gpt-oss-20b"].hugging_face_id == "openai/gpt-oss-20b"
    assert models["openai/gpt-5.5-20260423"].hugging_face_id == ""


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
OBJECTS = st.fixed_dictionaries(
    {}, optional={field: ANYTHING | st.just(GLM[field]) for field in GLM}
)


@given(st.lists(OBJECTS | ANYTHING, max_size=6))
def test_whatever_is_listed_comes_out_as_what_can_be_shown(objects: list[Any]) -> None:
    for slug, model in read(GLM, *objects).items():
        assert model.slug == slug
        assert clean_text(model.title, 200) == model.title
        assert model.name or not model.title
        assert model.hugging_face_id in {"", GLM["hugging_face_id"]} or "/" in model.hugging_face_id
        assert model.listed_on is None or model.listed_on <= TODAY
