"""An OpenAPI document as plain values: operations, parameters, bodies, and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.schemas import Field, Json, allowed, fields, first, kind, resolved, written


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    place: str
    required: bool
    kind: str
    meaning: str
    allowed: tuple[str, ...]
    default: str
    example: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One form a body may have. `name` is empty where it has no other."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Body:
    media_type: str
    shapes: tuple[Shape, ...]
    schema: Json
    example: Any


@dataclass(frozen=True, slots=True)
class Reply:
    status: str
    meaning: str
    bodies: tuple[Body, ...]
    headers: tuple[tuple[str, str], ...]

    @property
    def refusal(self) -> bool:
        return self.status[0] in "45"


@dataclass(frozen=True, slots=True)
class Operation:
    """`secured`: `needed`, `optional` or empty, as a token is."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    tag: str
    secured: str
    deprecated: bool
    parameters: tuple[Parameter, ...]
    bodies: tuple[Body, ...]
    replies: tuple[Reply, ...]

    @property
    def answers(self) -> list[Reply]:
        return [reply for reply in self.replies if not reply.refusal]

    @property
    def refusals(self) -> list[Reply]:
        return [reply for reply in self.replies if reply.refusal]


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    meaning: str
    operations: tuple[Operation, ...]


def sections(document: Json) -> list[Section]:
    """Every operation, under its first tag, in the document's order."""
    told = [
        _operation(document, path, method, said)
        for path, item in document["paths"].items()
        for method, said in item.items()
    ]
    meanings = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())}
    names = dict.fromkeys([*meanings, *(operation.tag for operation in told)])
    found = [
        Section(name, meanings.get(name, ""), tuple(item for item in told if item.tag == name))
        for name in names
    ]
    return [section for section in found if section.operations]


def _operation(document: Json, path: str, method: str, said: Json) -> Operation:
    return Operation(
        anchor=said.get("operationId", f"{method}{path}").replace("_", "-"),
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        description=said.get("description", ""),
        tag=next(iter(said.get("tags", ())), "other"),
        secured=_secured(said.get("security", ())),
        deprecated=said.get("deprecated", False),
        parameters=tuple(
            _parameter(document, resolved(document, item)) for item in said.get("parameters", ())
        ),
        bodies=_bodies(document, said.get("requestBody", {})),
        replies=tuple(_reply(document, *item) for item in said["responses"].items()),
    )


def _secured(security: Sequence[Json]) -> str:
    if not security:
        return ""
    return "needed" if all(security) else "optional"


def _parameter(document: Json, said: Json) -> Parameter:
    schema = resolved(document, said.get("schema", {}))
    default, example = schema.get("default"), said.get("example", first(schema))
    return Parameter(
        name=said["name"],
        place=said["in"],
        required=said.get("required", False),
        kind=kind(document, schema),
        meaning=said.get("description", ""),
        allowed=allowed(document, schema),
        default="" if default is None else written(default),
        example="" if example is None else written(example),
    )


def _reply(document: Json, status: str, said: Json) -> Reply:
    said = resolved(document, said)
    headers = tuple(
        (name, resolved(document, header).get("description", ""))
        for name, header in said.get("headers", {}).items()
    )
    return Reply(status, said.get("description", ""), _bodies(document, said), headers)


def _bodies(document: Json, said: Json) -> tuple[Body, ...]:
    return tuple(
        Body(media_type, _shapes(document, content.get("schema", {})), content.get("schema", {}),
             content.get("example"))
        for media_type, content in said.get("content", {}).items()
    )  # fmt: skip


def _shapes(document: Json, schema: Json) -> tuple[Shape, ...]:
    schema = resolved(document, schema)
    forms = [resolved(document, item) for item in schema.get("anyOf", [schema])]
    several = len(forms) > 1
    shapes = [
        Shape(form.get("title", "") if several else "", tuple(fields(document, form)))
        for form in forms
    ]
    return tuple(shape for shape in shapes if shape.fields)


# --- tables


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are given as CSV. `path` is the file's, `fields` are its columns."""

    path: str
    summary: str
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1].removesuffix(".csv")


def tables(document: Json) -> list[Table]:
    """Every address that ends in `.csv`; its columns are the fields of the rows it has as JSON."""
    paths = document["paths"]
    return [
        Table(path, said["summary"], _columns(document, said))
        for path in paths
        if path.endswith(".csv") and (said := paths.get(path.removesuffix(".csv"), {}).get("get"))
    ]


def _columns(document: Json, said: Json) -> tuple[Field, ...]:
    content = resolved(document, said["responses"]["200"])["content"]
    answer = resolved(document, content["application/json"]["schema"])
    rows = resolved(document, answer["properties"]["data"]["items"])
    return tuple(field for field in fields(document, rows) if "." not in field.name)
