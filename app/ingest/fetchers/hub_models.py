"""A model on the Hugging Face Hub: its licence, what it was built on, whether weights are there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.text import UnreadableCellError, clean_text
from app.ingest.fetchers.openrouter_models import parse_hub_id
from app.ingest.fetchers.rows import bad_answer, read_json

HUB: Final = "https://huggingface.co"
WEIGHTS: Final = (
    *(".safetensors", ".bin", ".gguf", ".pt", ".pth", ".ckpt", ".onnx", ".h5", ".msgpack"),
    *(".npz", ".nemo", ".mlx", ".tflite", ".distcp"),
)
"""The ends of the names of files that hold weights."""
LICENCE_MAX: Final = 100
BASES_MAX: Final = 8
"""How many models one may be built on to be told of."""
_BASE: Final = re.compile(r"base_model:(?:(?:finetune|adapter|merge|quantized):)?([^:]+)")


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model as the Hub tells it. `bases` are names on the Hub, `licence` is "" if none is named.

    `has_weights` is None where the answer does not list its files. A model that is private or
    disabled cannot be downloaded, so that nothing is known of its weights either.
    """

    id: str
    licence: str
    bases: tuple[str, ...]
    has_weights: bool | None

    @property
    def address(self) -> str:
        return f"{HUB}/{self.id}"


def hub_path(hub_id: str) -> str:
    """Return the path at which the Hub is asked about a model."""
    return f"/api/models/{hub_id}"


def read_hub_model(answer: PublisherAnswer) -> HubModel:
    """Return what the Hub says of a model. Raises PublisherError where it is no such answer."""
    document = read_json(answer)
    hub_id = parse_hub_id(document.get("id"))
    if not hub_id:
        raise bad_answer(answer, "it has no “id” of a model")
    tags = [tag for tag in _listed(document.get("tags")) if isinstance(tag, str)]
    card = document.get("cardData")
    card = card if isinstance(card, dict) else {}
    hidden = document.get("private") is True or document.get("disabled") is True
    return HubModel(
        hub_id,
        licence=_licence(tags, card),
        bases=_bases(tags, card, hub_id),
        has_weights=False if hidden else _has_weights(document.get("siblings")),
    )


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _licence(tags: Iterable[str], card: Mapping[str, Any]) -> str:
    """Return the licence of the card, else of the tags; one of its own by its own name."""
    stated = card.get("license")
    stated = stated[0] if isinstance(stated, list) and len(stated) == 1 else stated
    tagged = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    licence = stated if isinstance(stated, str) and stated else "".join(tagged[:1])
    own_name = card.get("license_name")
    if licence == "other" and isinstance(own_name, str) and own_name.strip():
        licence = own_name
    try:
        return clean_text(licence, LICENCE_MAX)
    except UnreadableCellError:
        return ""


def _bases(tags: Iterable[str], card: Mapping[str, Any], hub_id: str) -> tuple[str, ...]:
    """Return what the model was built on, by the card and else by the tags; () of very many."""
    stated = card.get("base_model")
    texts = [stated] if isinstance(stated, str) else _listed(stated)
    tagged = [match[1] for tag in tags if (match := _BASE.fullmatch(tag))]
    names = [parse_hub_id(text) for text in (texts or tagged)]
    bases = dict.fromkeys(name for name in names if name and name != hub_id)
    # One of so many is merged of everything, which says nothing of what it was built on.
    return tuple(bases) if len(bases) <= BASES_MAX else ()


def _has_weights(siblings: object) -> bool | None:
    """Return whether one of the files holds weights, None where no files are listed."""
    if not isinstance(siblings, list):
        return None
    names = [item.get("rfilename") for item in siblings if isinstance(item, dict)]
    return any(isinstance(name, str) and name.lower().endswith(WEIGHTS) for name in names)
