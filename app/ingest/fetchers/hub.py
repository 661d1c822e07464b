"""What the Hugging Face Hub answers as a list of models, read strictly."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from app.domain.errors import excerpt
from app.domain.sources.publisher_answer import PublisherAnswer
from app.ingest.fetchers.rows import VALUE_MAX, bad_answer, read_json_list

HUB: Final = "https://huggingface.co"
MODELS: Final = "/api/models"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9._-]{1,96}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubModel:
    """One model of a list: `number` counts the rows of its page, `downloads` are of thirty days."""

    number: int
    name: str
    downloads: Decimal


def read_models(answer: PublisherAnswer, organisation: str) -> list[HubModel]:
    """Return the models of a page. Raises PublisherError for what is no list of the organisation's.

    Other fields than the two are not looked at: the Hub adds some whatever is asked for.
    """
    models = []
    for number, row in read_json_list(answer):
        name, downloads = row.get("id"), row.get("downloads")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise bad_answer(answer, f"row {number} has “{excerpt(str(name), 60)}” for a model")
        if name.partition("/")[0].casefold() != organisation.casefold():
            raise bad_answer(answer, f"row {number} is {name}, not of {excerpt(organisation, 60)}")
        models.append(HubModel(number, name, _read_downloads(answer, downloads, number)))
    return models


def organisation_of(answer: PublisherAnswer) -> str:
    """Return the organisation whose models a page was asked for."""
    return parse_qs(urlsplit(answer.url).query)["author"][0]


def _read_downloads(answer: PublisherAnswer, downloads: Any, number: int) -> Decimal:
    # In Python true is an int.
    counts = isinstance(downloads, int) and not isinstance(downloads, bool)
    if counts and 0 <= downloads <= VALUE_MAX:
        return Decimal(downloads)
    shown = "nothing" if downloads is None else f"“{excerpt(str(downloads), 40)}”"
    raise bad_answer(answer, f"row {number} has {shown} for its downloads")
