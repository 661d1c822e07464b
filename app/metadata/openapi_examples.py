"""Examples of each operation: what to send, and what comes back, made from its schemas."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from app.metadata.json_schema import Json, resolve_schema
from app.metadata.openapi_operations import BodyDoc, OperationDoc, ParameterDoc

NAMED: Final = 2
"""How many optional parameters an example names: more would narrow it to nothing."""

UNNAMED: Final = frozenset({"as_of", "bom", "cursor"})
"""Parameters left out of examples: theirs hold for another vintage, program or page only."""


def example_request(operation: OperationDoc, base: str, document: Json) -> str:
    """Return a curl command. `base` is the address of the site, without its last slash."""
    parts = ["curl"]
    if operation.method != "GET":
        parts += ["-X", operation.method]
    # In double quotes, so that the shell fills in the reader's token.
    if operation.secured == "needed":
        parts += ["-H", '"Authorization: Bearer $TOKEN"']
    for body in operation.bodies[:1]:
        parts += _sending(body, document)
    return " ".join([*parts, shlex.quote(base + example_address(operation))])


def path_placeholders(operation: OperationDoc, document: Json) -> str:
    """Return a sentence on what readers replace by their own in the command they copy."""
    hints = ["`$TOKEN` by your token"]
    hints += [
        f"`{item.example}` by the {item.meaning.rstrip('.').lower()}"
        for item in operation.parameters
        if item.place == "path"
    ]
    for body in operation.bodies[:1]:
        given = resolve_schema(document, body.schema).get("properties", {})
        if body.media_type != "application/json":
            hints.append("`figures.csv` by your file, such as the example of the body")
        # A body with a version acts on a review: the one of the example is of another upload.
        elif version := given.get("version"):
            hints.append(f"`{version['examples'][0]}` by its version")
    *others, last = hints
    return f"Replace {', '.join(others)}{' and ' if others else ''}{last}."


def example_address(operation: OperationDoc) -> str:
    """Return the path with its placeholders filled in, and a short query."""
    path = operation.path
    for item in operation.parameters:
        if item.place == "path":
            path = path.replace(f"{{{item.name}}}", quote(item.example or "1", safe="/"))
    query = urlencode([(item.name, item.example) for item in _named(operation)], safe=",:/")
    return f"{path}?{query}" if query else path


def _named(operation: OperationDoc) -> list[ParameterDoc]:
    in_query = [item for item in operation.parameters if item.place == "query"]
    with_example = [item for item in in_query if item.example and item.name not in UNNAMED]
    optional = [item.name for item in with_example if not item.required][:NAMED]
    return [item for item in in_query if item.required or item.name in optional]


def _sending(body: BodyDoc, document: Json) -> list[str]:
    kind = ["-H", shlex.quote(f"Content-Type: {body.media_type}")]
    if body.media_type == "application/json":
        return [*kind, "-d", shlex.quote(json.dumps(example_value(document, body.schema)))]
    # curl sets the content type of a form itself, since it must name the boundary of the parts.
    if body.media_type == "multipart/form-data":
        return ["-F", "file=@figures.csv"]
    return [*kind, "--data-binary", "@figures.csv"]


def example_body_text(body: BodyDoc, document: Json) -> str:
    """Return an example of a body for people; empty where the schema says nothing of it."""
    if body.example is not None:
        return body.example if isinstance(body.example, str) else _indented(body.example)
    if not body.shapes or not body.media_type.endswith("json"):
        return ""
    return _indented(example_value(document, body.schema))


def _indented(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def example_value(document: Json, schema: Json) -> Any:
    """Return a value that the schema takes, made of its examples."""
    # What stands beside a reference is about this field, and goes before what the type says.
    schema = {
        **resolve_schema(document, schema),
        **schema,
    }
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if "default" in schema:
        return schema["default"]
    if forms := schema.get("anyOf"):
        return example_value(document, forms[0])
    match schema.get("type"):
        case "object" | None:
            return _object(document, schema.get("properties", {}))
        case "array":
            return [example_value(document, schema.get("items", {}))]
    return PLAIN.get(schema.get("format", ""), PLAIN.get(schema["type"]))


def _object(document: Json, properties: Mapping[str, Json]) -> dict[str, Any]:
    return {name: example_value(document, field) for name, field in properties.items()}


# By format, else by type, for fields that give no example.
PLAIN: Final = {
    "date-time": "2026-11-23T10:00:00Z",
    "date": "2026-11-23",
    "string": "…",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
}
