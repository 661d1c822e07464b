"""Operations of the API's contract, and fields where they are declared."""

from collections.abc import Iterator
from typing import TypeAlias

from pydantic import BaseModel

from app.metadata.dataset import Json

Operation: TypeAlias = tuple[str, str, Json]  # its path, its method and what is said of it


def own_fields(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Each field where it is declared; what a model inherits is told by the one it is from."""
    by_name = document["components"]["schemas"]
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        for name in model.__annotations__ if model.__module__.startswith("app.") else ():
            alias = model.model_fields[name].serialization_alias or name
            if schema_json := by_name.get(model.__name__, {}).get("properties", {}).get(alias):
                yield model.__name__, alias, schema_json
