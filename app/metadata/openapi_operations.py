"""An OpenAPI document as plain values: operations, parameters, bodies and tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.metadata.json_schema import (
    Json,
    SchemaField,
    allowed_values,
    first_alternative,
    format_json_value,
    resolve_schema,
    schema_fields,
    schema_kind,
)


@dataclass(frozen=True, slots=True)
class ParameterDoc:
    """One parameter. `place` is `path`, `query` or `header`; texts without a value are empty."""

    name: str
    place: str
    required: bool
    kind: str
    meaning: str
    allowed: tuple[str, ...]
    default: str
    example: str


@dataclass(frozen=True, slots=True)
class ShapeDoc:
    """One form a body may have. `name` is empty where it is the only one."""

    name: str
    fields: tuple[SchemaField, ...]


@dataclass(frozen=True, slots=True)
class BodyDoc:
    """A body in one media type. `example` is the document's own, None where it has none."""

    media_type: str
    shapes: tuple[ShapeDoc, ...]
    schema: Json
    example: Any


@dataclass(frozen=True, slots=True)
class ReplyDoc:
    """One answer of an operation. `status` is as OpenAPI has it, `headers` are name and meaning."""

    status: str
    meaning: str
    bodies: tuple[BodyDoc, ...]
    headers: tuple[tuple[str, str], ...]

    @property
    def refusal(self) -> bool:
        return self.status[0] in "45"


@dataclass(frozen=True, slots=True)
class OperationDoc:
    """One operation; `secured` says whether a token is `needed` or `optional`, empty if neither.

    `anchor` is its place in the reference page, `tag` the section it stands in.
    """

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    tag: str
    secured: str
    deprecated: bool
    parameters: tuple[ParameterDoc, ...]
    bodies: tuple[BodyDoc, ...]
    replies: tuple[ReplyDoc, ...]

    @property
    def answers(self) -> list[ReplyDoc]:
        return [reply for reply in self.replies if not reply.refusal]

    @property
    def refusals(self) -> list[ReplyDoc]:
        return [reply for reply in self.replies if reply.refusal]


@dataclass(frozen=True, slots=True)
class SectionDoc:
    """The operations of one tag, and what the tag means."""

    name: str
    meaning: str
    operations: tuple[OperationDoc, ...]


def reference_sections(document: Json) -> list[SectionDoc]:
    """Return every operation under its first tag, in the document's order.

    The document's list of tags gives the order of the sections; one that it lacks comes last.
    """
    operations = [
        _operation(document, path, method, operation_json)
        for path, item in document["paths"].items()
        for method, operation_json in item.items()
    ]
    meanings = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())}
    names = dict.fromkeys([*meanings, *(operation.tag for operation in operations)])
    sections = [
        SectionDoc(
            name, meanings.get(name, ""), tuple(item for item in operations if item.tag == name)
        )
        for name in names
    ]
    return [section for section in sections if section.operations]


def _operation(document: Json, path: str, method: str, operation_json: Json) -> OperationDoc:
    return OperationDoc(
        anchor=operation_json.get("operationId", f"{method}{path}").replace("_", "-"),
        method=method.upper(),
        path=path,
        summary=operation_json.get("summary", ""),
        description=operation_json.get("description", ""),
        tag=next(iter(operation_json.get("tags", ())), "other"),
        secured=_secured(operation_json.get("security", ())),
        deprecated=operation_json.get("deprecated", False),
        parameters=tuple(
            _parameter(document, resolve_schema(document, item))
            for item in operation_json.get("parameters", ())
        ),
        bodies=_bodies(document, operation_json.get("requestBody", {})),
        replies=tuple(_reply(document, *item) for item in operation_json["responses"].items()),
    )


def _secured(security: Sequence[Json]) -> str:
    if not security:
        return ""
    # OpenAPI's list holds alternatives; an empty one among them means that none is needed.
    return "needed" if all(security) else "optional"


def _parameter(document: Json, parameter_json: Json) -> ParameterDoc:
    schema = resolve_schema(document, parameter_json.get("schema", {}))
    default, example = (
        schema.get("default"),
        parameter_json.get("example", first_alternative(schema)),
    )
    return ParameterDoc(
        name=parameter_json["name"],
        place=parameter_json["in"],
        required=parameter_json.get("required", False),
        kind=schema_kind(document, schema),
        meaning=parameter_json.get("description", ""),
        allowed=allowed_values(document, schema),
        default="" if default is None else format_json_value(default),
        example="" if example is None else format_json_value(example),
    )


def _reply(document: Json, status: str, reply_json: Json) -> ReplyDoc:
    reply_json = resolve_schema(document, reply_json)
    headers = tuple(
        (name, resolve_schema(document, header).get("description", ""))
        for name, header in reply_json.get("headers", {}).items()
    )
    return ReplyDoc(
        status, reply_json.get("description", ""), _bodies(document, reply_json), headers
    )


def _bodies(document: Json, body_json: Json) -> tuple[BodyDoc, ...]:
    return tuple(
        BodyDoc(media_type, _shapes(document, content.get("schema", {})), content.get("schema", {}),
             content.get("example"))
        for media_type, content in body_json.get("content", {}).items()
    )  # fmt: skip


def _shapes(document: Json, schema: Json) -> tuple[ShapeDoc, ...]:
    schema = resolve_schema(document, schema)
    # A body without alternatives is read as the only one of them.
    forms = [resolve_schema(document, item) for item in schema.get("anyOf", [schema])]
    several = len(forms) > 1
    shapes = [
        ShapeDoc(form.get("title", "") if several else "", tuple(schema_fields(document, form)))
        for form in forms
    ]
    return tuple(shape for shape in shapes if shape.fields)


# --- tables


@dataclass(frozen=True, slots=True)
class ColumnsDoc:
    """A table that is served as CSV: `path` is the file's, `fields` are its columns."""

    path: str
    summary: str
    fields: tuple[SchemaField, ...]

    @property
    def name(self) -> str:
        """The file's name without `.csv`, such as `shares`."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".csv")


def csv_tables(document: Json) -> list[ColumnsDoc]:
    """Return every address that ends in `.csv`, with the fields of its JSON rows as columns."""
    # OpenAPI cannot describe the columns of a CSV, but the same rows are served as JSON as well.
    paths = document["paths"]
    return [
        ColumnsDoc(path, operation_json["summary"], _columns(document, operation_json))
        for path in paths
        if path.endswith(".csv")
        and (operation_json := paths.get(path.removesuffix(".csv"), {}).get("get"))
    ]


def _columns(document: Json, operation_json: Json) -> tuple[SchemaField, ...]:
    content = resolve_schema(document, operation_json["responses"]["200"])["content"]
    answer = resolve_schema(document, content["application/json"]["schema"])
    rows = resolve_schema(document, answer["properties"]["data"]["items"])
    # A name with a point is of an object inside a row, which has no column of its own.
    return tuple(field for field in schema_fields(document, rows) if "." not in field.name)
