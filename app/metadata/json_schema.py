"""JSON schemas in words: the fields of an object, and of all objects in it, in their order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.calendar import MONTH_PATTERN

Json = Mapping[str, Any]
"""A part of a JSON document, to be read only."""


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field of a body; `name` is its whole path, such as `data[].month`.

    `kind` is its type in words, `allowed` a closed list of its values or empty. `filled` means that
    it is never null nor an empty text. `least` and `most` are its limits, None where it has none.
    """

    name: str
    kind: str
    unit: str
    meaning: str
    allowed: tuple[str, ...]
    example: str
    pattern: str = ""
    filled: bool = False
    least: float | None = None
    most: float | None = None


def schema_fields(document: Json, schema: Json) -> Iterator[SchemaField]:
    """Yield the fields of an object and of all objects in it, each before its own parts.

    `document` is the OpenAPI document, to which references lead. The fields of a schema that occurs
    twice are listed at the first place only; the second names that place.
    """
    return _fields(document, schema, "", {})


def _fields(
    document: Json, schema: Json, before: str, path: dict[str, str]
) -> Iterator[SchemaField]:
    """Yield the fields below `before`; `path` tells of each schema listed already where it is."""
    for name, given in schema.get("properties", {}).items():
        resolved = _without_null(document, given)
        many = resolved.get("type") == "array"
        inner = _without_null(document, resolved.get("items", {})) if many else resolved
        whole = f"{before}{name}"
        inside = f"{whole}[]" if many else whole
        reference = (given.get("items", {}) if many else given).get("$ref", "")
        alike = f" Its fields are those of {path[reference]}." if reference in path else ""
        yield SchemaField(
            name=whole,
            kind=schema_kind(document, given),
            unit=given.get("x-unit", resolved.get("x-unit", "")),
            meaning=_meaning(resolved, given) + alike,
            allowed=allowed_values(document, resolved),
            example=_example_text(given, resolved),
            pattern=resolved.get("pattern", ""),
            filled=_filled(document, given),
            least=_plain(resolved.get("minimum")),
            most=_plain(resolved.get("maximum")),
        )
        # Also keeps a schema that holds itself from going on for ever.
        if alike:
            continue
        if reference and inner.get("properties"):
            path[reference] = inside
        yield from _fields(document, inner, f"{inside}.", path)


def _plain(limit: float | None) -> float | None:
    """Return a limit as a whole number if it is one: FastAPI writes all as 1.0."""
    return int(limit) if limit is not None and limit == int(limit) else limit


def _meaning(resolved: Json, given: Json) -> str:
    """Return the description of the field or, where it has none, that of its type."""
    return str(given.get("description") or resolved.get("description", ""))


def _filled(document: Json, given: Json) -> bool:
    schema = resolve_schema(document, given)
    # What can be null has `anyOf` in place of a type. A text can be empty unless something that an
    # empty text does not fit is asked of it.
    if schema.get("type") != "string":
        return "type" in schema
    return any(schema.get(name) for name in ("minLength", "pattern", "enum", "format"))


def _example_text(given: Json, resolved: Json) -> str:
    example = first_alternative(given, first_alternative(resolved))
    return "" if example in (None, "") else format_json_value(example)


def first_alternative(schema: Json, other: Any = None) -> Any:
    """Return the first example that a schema gives, or `other` where it gives none."""
    return next(iter(schema.get("examples", ())), other)


def _without_null(document: Json, schema: Json) -> Json:
    """Return the schema itself, or the only other one that stands beside null."""
    # Pydantic writes `X | None` as `anyOf` of X and null.
    schema = resolve_schema(document, schema)
    forms = [item for item in schema.get("anyOf", ()) if item.get("type") != "null"]
    return resolve_schema(document, forms[0]) if len(forms) == 1 else schema


def resolve_schema(document: Json, schema: Json) -> Json:
    """Return what a reference leads to in the document; a schema without one is returned as is."""
    resolved: Json = schema
    while "$ref" in resolved:
        target: Any = document
        for part in resolved["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        resolved = target
    return resolved


def schema_kind(document: Json, schema: Json) -> str:
    """Return a type in words, such as `number or null`, `list of objects` or `instant`."""
    schema = resolve_schema(document, schema)
    if forms := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(schema_kind(document, form) for form in forms))
    if schema.get("type") == "array":
        return f"list of {_plural(schema_kind(document, schema.get('items', {})))}"
    if schema.get("pattern") == MONTH_PATTERN:
        return "month"
    kind_text = KINDS.get((schema.get("type", ""), schema.get("format", "")))
    return kind_text or KINDS.get((schema.get("type", ""), ""), "anything")


KINDS: Final = {
    ("string", ""): "text",
    ("string", "date-time"): "instant",
    ("string", "date"): "day",
    ("string", "binary"): "file",
    ("integer", ""): "whole number",
    ("number", ""): "number",
    ("boolean", ""): "true or false",
    ("object", ""): "object",
    ("null", ""): "null",
}


def _plural(name: str) -> str:
    return name if name in {"anything", "true or false"} else f"{name}s"


def allowed_values(document: Json, schema: Json) -> tuple[str, ...]:
    """Return the closed list of a schema's values, or of the items of a list; empty if open."""
    schema = resolve_schema(document, schema)
    if schema.get("type") == "array":
        schema = resolve_schema(document, schema.get("items", {}))
    return tuple(map(format_json_value, schema.get("enum", ())))


def format_json_value(value: Any) -> str:
    """Return a value as a query string or a line of text has it: `true`, `a,b`."""
    # A bool is an int in Python too, and would become `True`.
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ",".join(map(format_json_value, value))
    return str(value)
