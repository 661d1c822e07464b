"""What publishers say of a model that the catalogue does not: proposed, and decided by a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.vocabulary import Openness

PROPOSED_COLUMNS: Final = (
    *("name", "openness", "release_month", "base_developer", "base_model", "note"),
    "hugging_face_id",
)
"""The columns of a model that may be proposed, in the order of its file."""


class Decision(StrEnum):
    """What a maintainer decided of a proposal; `confirmed` may be of some of its cells."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class ModelProposal:
    """What is proposed for a model; all but `model`, its slug, and `source_url` are by column.

    `before` are the cells as they stood, none for a model that is new to the catalogue. `evidence`
    says what each proposed cell rests on; `source_url` is the address of the publisher's answer.
    """

    model: str
    cells: Mapping[str, str]
    before: Mapping[str, str]
    evidence: Mapping[str, str]
    source_url: str


def maker_of(slug: str) -> str:
    """Return the part of a model's slug that names who made it, "" where there is none."""
    maker, slash, _ = slug.partition("/")
    return maker if slash else ""


def needs_filling(column: str, value: str, slug: str) -> bool:
    """Return whether a cell of a model says nothing: it is blank, unknown, or its slug for a name.

    Files bring new models by their slug, which is no name that anybody chose.
    """
    if column == "openness":
        return value in {"", Openness.UNKNOWN}
    if column == "name":
        return value in {"", slug, slug.rpartition("/")[2]}
    return not value


def is_incomplete(slug: str, cells: Mapping[str, str]) -> bool:
    """Return whether a publisher could say something about a model that its entry does not."""
    return any(needs_filling(column, cells[column], slug) for column in PROPOSED_COLUMNS)


def reason_of(evidence: Iterable[str]) -> str:
    """Return what cells rest on as the reason of their correction; each sentence stands once."""
    return f"proposed and confirmed: {'; '.join(dict.fromkeys(evidence))}"
