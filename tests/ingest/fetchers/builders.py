"""Answers as publishers give them, and the bundled catalogue, for tests that read."""

import csv
from datetime import UTC, datetime
from functools import cache

from app.catalogue.index import CatalogueIndex, KnownDeveloper
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.vocabulary import Origin
from app.paths import DATA


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def bundled_developers() -> CatalogueIndex:
    """The bundled developers with their aliases, as the database would give them."""
    aliases: dict[str, tuple[str, ...]] = {}
    for row in rows_of("aliases.csv"):
        if row["entry_type"] == "developer":
            aliases[row["entry"]] = (*aliases.get(row["entry"], ()), row["alias"])
    return CatalogueIndex(
        {},
        {
            row["developer"]: KnownDeveloper(
                row["developer"],
                row["name"],
                Origin(row["origin"]),
                aliases.get(row["developer"], ()),
                row["huggingface_org"],
            )
            for row in rows_of("developers.csv")
        },
        {},
    )


def answer(url: str, content: bytes, received_at: datetime | None = None) -> PublisherAnswer:
    return PublisherAnswer(url, received_at or datetime(2026, 8, 4, 6, tzinfo=UTC), content)
