"""The OpenAPI document of the API: FastAPI's own, completed in one place."""

import re
from collections.abc import Iterator
from typing import Any, Final

from app.domain.calendar import MONTH_PATTERN
from app.domain.questions.parameters import PARAMETERS, TOP_MAX, VALUES_MAX, Parameter
from app.domain.questions.question import Question
from app.domain.site import Site
from app.metadata.openapi_texts import ABOUT_TEXT, REFUSAL_TEXTS, TAG_TEXTS
from app.metadata.problem_details import problem_schemas

Json = dict[str, Any]

PROBLEM: Final = "application/problem+json"


def complete_document(document: Json, site: Site) -> Json:
    """Complete FastAPI's document in place, and return it; `site` is who offers the API."""
    document["info"] |= _info(site)
    document["externalDocs"] = {"description": "The API for people", "url": "/api"}
    for path, method, operation in operations(document):
        complete_operation(path, method, operation)
    document["tags"] = _tags(document)
    schemas = document["components"]["schemas"]
    # FastAPI's own refusals, which no address answers with: all are problem documents.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= problem_schemas()
    for schema in schemas.values():
        _measure(schema)
    return document


def _info(site: Site) -> Json:
    contact = {"email": site.email} if site.email else {"url": site.contact or "/about"}
    # OpenAPI reads descriptions as Markdown.
    words = re.sub(r"([\\`*_\[\]<>&#~|])", r"\\\1", site.licence)
    own = f"\nThe site's own charts and compiled figures: {words}.\n" if words else ""
    return {
        "description": ABOUT_TEXT + own,
        "termsOfService": "/about#licences",
        "contact": {"name": site.publisher or site.name or "Whoever runs this server"} | contact,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield path, method in lower case, and description of each operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def complete_operation(path: str, method: str, operation: Json) -> None:
    """Complete one operation in place: summary, parameters, answers and refusals."""
    _say(operation)
    if method == "get":
        _ask(path, operation)
    _answer(path, operation)
    _refuse(path, method, operation)


def _tags(document: Json) -> list[Json]:
    """Return the tags in use, in the order of TAG_TEXTS, then any that it lacks."""
    used = {tag for *_, operation in operations(document) for tag in operation.get("tags", ())}
    ordered = [tag for tag in TAG_TEXTS if tag in used] + sorted(used - TAG_TEXTS.keys())
    return [
        {"name": tag} | ({"description": TAG_TEXTS[tag]} if tag in TAG_TEXTS else {})
        for tag in ordered
    ]


def _say(operation: Json) -> None:
    """Make the first paragraph of a handler's docstring its summary, in place of its name."""
    head, _, rest = operation.get("description", "").partition("\n\n")
    if head:
        operation["summary"] = " ".join(head.split())
        operation["description"] = rest


# --- what may be asked


def _ask(path: str, operation: Json) -> None:
    """Describe the parameters of the question alike at every address that takes them."""
    given = operation.get("parameters", [])
    parameters_by_name = {item.name: item for item in PARAMETERS}
    # An address that groups takes the whole question; lists only take a part of it as filters.
    whole = any(parameter["name"] == "by" for parameter in given)
    for parameter in given:
        if parameter["in"] == "query" and parameter["name"] in parameters_by_name:
            described = parameter_schema(parameters_by_name[parameter["name"]], whole=whole)
            # A list of the API may have a default of its own.
            default = parameter["schema"].get("default", described["schema"].get("default"))
            parameter.update(described)
            if default is not None:
                parameter["schema"]["default"] = default
    if path.endswith(".csv") and not any(item["name"] == "bom" for item in given):
        operation["parameters"] = [*given, BOM]


BOM: Final[Json] = {
    "name": "bom",
    "in": "query",
    "required": False,
    "description": "1: begin the file with a byte order mark, for Excel.",
    "schema": {"type": "string", "enum": ["1"]},
}


def parameter_schema(parameter: Parameter, *, whole: bool = True) -> Json:
    """Return a parameter of the question as OpenAPI has it.

    Where it only filters a list (not `whole`), leaving it out narrows nothing: it has no default.
    """
    schema = _schema(parameter)
    # The field of `from` is `from_`, but it has no default anyway.
    default = getattr(Question(), parameter.name, None)
    if default and whole:
        schema["default"] = default
    # “Left out: …” in the meanings of PARAMETERS is true of the whole question only.
    meaning = parameter.meaning if whole else parameter.meaning.partition(" Left out:")[0]
    described: Json = {"description": meaning, "schema": schema}
    # OpenAPI's word for a comma list: without it, clients repeat the parameter, which is refused.
    if parameter.many:
        described |= {"style": "form", "explode": False}
    if parameter.example:
        example = int(parameter.example) if schema["type"] == "integer" else parameter.example
        described["example"] = [example] if parameter.many else example
    return described


def _schema(parameter: Parameter) -> Json:
    words: Json = {"type": "string"}
    if parameter.allowed:
        words["enum"] = list(parameter.allowed)
    if parameter.many:
        return {"type": "array", "items": words, "maxItems": VALUES_MAX, "uniqueItems": True}
    match parameter.name:
        case "from" | "to":
            return words | {"pattern": MONTH_PATTERN}
        case "top":
            return {"type": "integer", "minimum": 1, "maximum": TOP_MAX}
    return words


# --- what is answered


def _answer(path: str, operation: Json) -> None:
    for status, answer in operation["responses"].items():
        # What FastAPI writes where a handler says nothing of its answer.
        if answer["description"] == "Successful Response":
            answer["description"] = "The answer."
        content = answer.get("content", {})
        # A handler that returns the response itself tells FastAPI nothing of its media type.
        if path.endswith(".csv") and status == "200" and "text/csv" not in content:
            answer["content"] = {"text/csv": {"schema": {"type": "string"}}}


def _refuse(path: str, method: str, operation: Json) -> None:
    """Describe every refusal as a problem document, of handlers and of the middleware alike."""
    answers = operation["responses"]
    for status in (*answers, *map(str, _statuses(path, method, operation))):
        if status[0] in "45":
            answers[status] = _refusal(int(status), answers.get(status, {}))
    operation["responses"] = dict(sorted(answers.items()))


def _statuses(path: str, method: str, operation: Json) -> Iterator[int]:
    # FastAPI only knows what a handler declares. These come from error handlers and middleware.
    if path.startswith("/api/"):
        yield from (400, 429)
        names = {item["name"] for item in operation.get("parameters", ())}
        if "{" in path or names & {"source", "by"}:
            yield 404
    if "security" in operation:
        yield 401
    if method == "post":
        yield from (403, 413, 415, 422)
    yield from (500, 503)


def _refusal(status: int, given: Json) -> Json:
    # “Validation Error” is FastAPI's own text, which says nothing: a handler's own goes first.
    description = given.get("description", "Validation Error")
    words = REFUSAL_TEXTS[status] if description == "Validation Error" else description
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    headers = given.get("headers", {}) | HEADERS.get(status, {})
    refusal = {"description": words, "content": {PROBLEM: {"schema": schema}}}
    return refusal | ({"headers": headers} if headers else {})


AGAIN: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
HEADERS: Final[dict[int, Json]] = {
    401: {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}},
    429: AGAIN,
    503: AGAIN,
}


UNITS: Final = {"_pct": "percent", "_pp": "percentage points"}
"""The unit of each field by the ending of its name, in every answer; it becomes `x-unit`."""


def _measure(schema: Json) -> None:
    for name, field in schema.get("properties", {}).items():
        for ending, unit in UNITS.items():
            if name.endswith(ending):
                field["x-unit"] = unit
