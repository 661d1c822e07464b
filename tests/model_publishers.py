"""OpenRouter's list of models and the Hugging Face Hub, on loopback, saying what a test wants."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from tests.publisher_server import (
    RECORDINGS,
    Answer,
    PublisherServer,
    recorded,
    running_publisher,
)

MODELS = "/api/v1/models"
LIST = "api-v1-models_2026-08-21.json"
GLM_9 = {
    "id": "z-ai/glm-9",
    "canonical_slug": "z-ai/glm-9",
    "hugging_face_id": "zai-org/GLM-9",
    "name": "Z.ai: GLM 9",
    "created": 1788220800,
    "expiration_date": "2098-12-31",
}
"""A model that the bundled catalogue does not know, of a developer that it does."""
GLM_9_ON_THE_HUB = {
    "id": "zai-org/GLM-9",
    "private": False,
    "gated": False,
    "tags": ["base_model:Qwen/Qwen3-0.6B-Base", "base_model:finetune:Qwen/Qwen3-0.6B-Base"],
    "cardData": {"license": "mit"},
    "siblings": [{"rfilename": "README.md"}, {"rfilename": "model-00001.safetensors"}],
}


def serve_list(openrouter: PublisherServer, *models: Any, recording: bool = False) -> None:
    """Have OpenRouter list these models, below those of the recording where they are wanted."""
    known = json.loads((RECORDINGS / "openrouter" / LIST).read_text())["data"] if recording else []
    openrouter.answers[MODELS] = Answer(json.dumps({"data": [*known, *models]}).encode())


def serve_export(openrouter: PublisherServer, old: bytes, new: bytes) -> None:
    """Have the September export say something else, with a manifest that is right of it."""
    exports = "/api/v1/datasets/exports/rankings-daily"
    recording = RECORDINGS / "openrouter/exports/rankings-daily/2026-10-01"
    export = recording.with_suffix(".csv").read_bytes().replace(old, new)
    manifest = json.loads(recording.with_suffix(".manifest.json").read_text())
    manifest["files"]["csv"]["sha256"] = hashlib.sha256(export).hexdigest()
    openrouter.answers[f"{exports}/2026-10-01.csv"] = Answer(export)
    openrouter.answers[f"{exports}/2026-10-01.manifest.json"] = Answer(
        json.dumps(manifest).encode()
    )


def serve_model(hub: PublisherServer, model: dict[str, Any]) -> None:
    hub.answers[f"/api/models/{model['id']}"] = Answer(json.dumps(model).encode())


def recorded_hub(path: str, _: dict[str, str]) -> Answer:
    """Answer about a model as the recordings of the Hub's lists have it, else as the Hub does."""
    name = urlsplit(path).path.removeprefix("/api/models/")
    for file in sorted((RECORDINGS / "huggingface").glob("api-models_*.json")):
        for model in json.loads(file.read_text()):
            if model["id"] == name:
                return Answer(json.dumps(model).encode())
    return Answer(b'{"error":"Invalid username or password."}', 401)


@contextmanager
def model_publishers() -> Iterator[tuple[PublisherServer, PublisherServer]]:
    """Yield OpenRouter, which lists GLM 9 and the recorded models, and the Hub that has it."""
    with (
        running_publisher(recorded("openrouter", "/api/v1/datasets/")) as openrouter,
        running_publisher(recorded_hub) as hub,
    ):
        serve_list(openrouter, GLM_9, recording=True)
        serve_model(hub, GLM_9_ON_THE_HUB)
        yield openrouter, hub


def asked_models(hub: PublisherServer) -> list[str]:
    return [str(PurePosixPath(path).relative_to("/api/models")) for path in hub.asked]
