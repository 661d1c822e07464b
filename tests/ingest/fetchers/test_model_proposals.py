"""What is proposed for a model: the gaps of its entry alone, each with what it rests on."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.errors import PublisherError
from app.domain.proposal import PROPOSED_COLUMNS, ModelProposal
from app.domain.sources.publisher_answer import PublisherAnswer
from app.ingest.fetchers.hub_models import HubModel, read_hub_model
from app.ingest.fetchers.model_proposals import CatalogueNames, ModelFacts, propose_cells
from app.ingest.fetchers.openrouter_models import ListedModel

SLUG = "z-ai/glm-9"
LISTED = ListedModel(
    SLUG, "Z.ai: GLM 9", "GLM 9", date(2026, 9, 1), "zai-org/GLM-9", f"https://openrouter.ai/{SLUG}"
)
HUB = HubModel("zai-org/GLM-9", "mit", ("Qwen/Qwen3-8B",), has_weights=True)
BLANK = dict.fromkeys(PROPOSED_COLUMNS, "") | {
    "name": SLUG,
    "openness": "unknown",
    "developer": "z-ai",
}
FULL = {
    "name": "GLM Nine",
    "openness": "open",
    "release_month": "2026-08",
    "base_developer": "meta-llama",
    "base_model": "Llama",
    "note": "seen",
    "hugging_face_id": "zai-org/glm9",
    "developer": "z-ai",
}
ORGANISATIONS = {"Qwen": "qwen", "zai-org": "z-ai", "z-ai": "z-ai"}


def propose(
    entry: dict[str, str] | None = None,
    listed: ListedModel | None = LISTED,
    hub: HubModel | None = HUB,
    *,
    hub_read: bool = True,
    taken: bool = False,
) -> ModelProposal | None:
    names = CatalogueNames(lambda _name, _slug: taken, lambda text: ORGANISATIONS.get(text, ""))
    facts = ModelFacts(SLUG, entry or {}, listed, hub, hub_read)
    return propose_cells(facts, names, "https://openrouter.ai/api/v1/models")


def cells(*arguments: Any, **more: Any) -> dict[str, str]:
    proposal = propose(*arguments, **more)
    return dict(proposal.cells) if proposal else {}


@pytest.mark.parametrize("entry", [{}, BLANK], ids=["new", "known by its slug alone"])
def test_a_model_of_which_nothing_is_known_is_proposed_whole(entry: dict[str, str]) -> None:
    proposal = propose(entry)
    assert proposal is not None
    assert proposal.cells == {
        "name": "GLM 9",
        "openness": "open",
        "release_month": "2026-09",
        "base_developer": "qwen",
        "base_model": "Qwen3-8B",
        "note": "licence mit (https://huggingface.co/zai-org/GLM-9)",
        "hugging_face_id": "zai-org/GLM-9",
    }
    assert proposal.evidence["name"] == "called “Z.ai: GLM 9” at https://openrouter.ai/z-ai/glm-9"
    assert proposal.evidence["openness"] == "weights at https://huggingface.co/zai-org/GLM-9"
    assert proposal.evidence["release_month"] == "listed on OpenRouter since 2026-09-01"
    assert "https://huggingface.co/Qwen/Qwen3-8B" in proposal.evidence["base_model"]
    assert proposal.before == {column: entry[column] for column in proposal.cells if entry}


def test_of_a_full_entry_nothing_is_proposed() -> None:
    assert propose(FULL) is None


@pytest.mark.parametrize("column", [name for name in PROPOSED_COLUMNS if name != "note"])
def test_a_gap_is_filled_and_the_note_says_the_licence(column: str) -> None:
    gap = "unknown" if column == "openness" else ""
    assert set(cells(FULL | {column: gap})) == {column, "note"}
    assert cells(FULL | {column: gap})["note"].startswith("seen; licence mit (https://")


def test_a_licence_that_stands_in_the_note_is_not_proposed_again() -> None:
    assert set(cells(FULL | {"note": "License: MIT", "name": SLUG})) == {"name"}


def test_no_weights_prove_nothing() -> None:
    unnamed = LISTED.__class__(SLUG, "Z.ai: GLM 9", "GLM 9", None, "", "https://openrouter.ai/x")
    assert cells(BLANK, unnamed, None, hub_read=False) == {"name": "GLM 9"}


def test_weights_that_the_hub_does_not_have_are_not_proposed() -> None:
    without = HubModel("zai-org/GLM-9", "mit", (), has_weights=False)
    for hub in (None, without):
        assert not {"openness", "hugging_face_id"} & set(cells(BLANK, hub=hub))


def test_files_that_are_not_listed_are_no_missing_weights() -> None:
    unlisted = HubModel("zai-org/GLM-9", "", (), has_weights=None)
    assert cells(BLANK, hub=unlisted)["openness"] == "open"


def test_weights_that_came_later_make_a_closed_model_open() -> None:
    closed = FULL | {"openness": "closed", "hugging_face_id": ""}
    proposal = propose(closed)
    assert proposal is not None
    assert proposal.cells["openness"] == "open"
    assert proposal.evidence["openness"].endswith("GLM-9 (the catalogue says closed)")
    assert "openness" not in cells(closed, hub=None, hub_read=False)


def test_the_hub_spells_its_own_names() -> None:
    spelt = HubModel("zai-org/glm-9", "", (), has_weights=True)
    assert cells(BLANK, hub=spelt)["hugging_face_id"] == "zai-org/glm-9"
    renamed = HubModel("other/GLM-Nine", "", (), has_weights=True)
    assert cells(BLANK, hub=renamed)["hugging_face_id"] == "zai-org/GLM-9"


@pytest.mark.parametrize("written", ["../../settings", "https://huggingface.co/a/b", "a b"])
def test_what_is_no_name_on_the_hub_is_not_looked_up_there(written: str) -> None:
    entry = FULL | {"hugging_face_id": written}
    assert ModelFacts(SLUG, entry, None).hub_id == ""
    assert ModelFacts(SLUG, entry, LISTED).hub_id == "zai-org/GLM-9"


def test_a_name_that_another_model_has_is_not_proposed() -> None:
    assert "name" not in cells(BLANK, taken=True)


@pytest.mark.parametrize(
    ("bases", "developer", "name"),
    [
        (("zai-org/GLM-8",), None, "GLM-8"),
        (("nobody/X",), "", "X"),
        (("Qwen/A", "Qwen/B"), "qwen", "A and B"),
        (("Qwen/A", "zai-org/B"), None, "A and B"),
    ],
    ids=["its own", "of nobody we know", "several of one", "several of several"],
)
def test_a_base_is_another_developers(
    bases: tuple[str, ...], developer: str | None, name: str
) -> None:
    proposed = cells(BLANK, hub=HubModel("zai-org/GLM-9", "", bases, has_weights=True))
    assert (proposed.get("base_developer") or None, proposed["base_model"]) == (
        developer or None,
        name,
    )


# --- what the Hub answers


def read(**model: Any) -> HubModel:
    content = json.dumps({"id": "a/b"} | model).encode()
    return read_hub_model(PublisherAnswer("https://hub/api/models/a/b", datetime.now(UTC), content))


@pytest.mark.parametrize(
    ("model", "licence"),
    [
        ({"tags": ["license:mit"]}, "mit"),
        ({"cardData": {"license": "apache-2.0"}, "tags": ["license:mit"]}, "apache-2.0"),
        ({"cardData": {"license": ["mit"]}}, "mit"),
        ({"cardData": {"license": "other", "license_name": "nvidia-open"}}, "nvidia-open"),
        ({"cardData": {"license": "other"}}, "other"),
        ({"cardData": {"license": 7}}, ""),
        ({"cardData": {"license": ["a", "b"]}}, ""),
        ({"cardData": "mit", "tags": "license:mit"}, ""),
        ({"tags": ["license:\u202e"]}, ""),
        ({"tags": ["license:" + "x" * 200]}, ""),
        ({}, ""),
    ],
)
def test_the_licence_is_the_cards_and_else_the_tags(model: dict[str, Any], licence: str) -> None:
    assert read(**model).licence == licence


@pytest.mark.parametrize(
    ("model", "bases"),
    [
        ({"tags": ["base_model:c/d", "base_model:finetune:c/d"]}, ("c/d",)),
        ({"tags": ["base_model:quantized:c/d"]}, ("c/d",)),
        ({"cardData": {"base_model": "c/d"}, "tags": ["base_model:e/f"]}, ("c/d",)),
        ({"cardData": {"base_model": ["c/d", "e/f", "c/d", 7]}}, ("c/d", "e/f")),
        ({"tags": ["base_model:../../x", "base_model:a/b", 7, None]}, ()),
        ({"cardData": {"base_model": {"x": 1}}}, ()),
    ],
)
def test_the_bases_are_the_cards_and_else_the_tags(
    model: dict[str, Any], bases: tuple[str, ...]
) -> None:
    assert read(**model).bases == bases


@pytest.mark.parametrize(
    ("model", "has_weights"),
    [
        ({"siblings": [{"rfilename": "x/model-1.SAFETENSORS"}]}, True),
        ({"siblings": [{"rfilename": "a.gguf"}], "gated": "manual"}, True),
        ({"siblings": [{"rfilename": "README.md"}, {"rfilename": 7}, None]}, False),
        ({"siblings": []}, False),
        ({"siblings": [{"rfilename": "a.gguf"}], "private": True}, False),
        ({"siblings": [{"rfilename": "a.gguf"}], "disabled": True}, False),
        ({}, None),
        ({"siblings": 7}, None),
    ],
)
def test_weights_are_files_that_can_be_had(model: dict[str, Any], has_weights: bool | None) -> None:
    assert read(**model).has_weights is has_weights


@pytest.mark.parametrize("model_id", [None, "", 7, "nothing", "a/b/c"])
def test_an_answer_without_a_name_is_refused(model_id: object) -> None:
    with pytest.raises(PublisherError, match="it has no “id”"):
        read(id=model_id)
