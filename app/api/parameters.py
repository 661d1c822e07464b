"""The parameters of the JSON door as OpenAPI tells them, and the refusals every read may give."""

from typing import Any, Final

from app.question import PARAMETERS, Parameter

LIMIT_MAX: Final = 1_000
LIMIT: Final = 100

NAMES: Final = tuple(item.name for item in PARAMETERS)
PAGED: Final = ("limit", "cursor")


def described(parameter: Parameter, *, all_by_default: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.allowed and not parameter.many:
        schema["enum"] = list(parameter.allowed)
    if parameter.name == "openness":
        schema["default"] = "all" if all_by_default else "open"
    told = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.meaning,
        "schema": schema,
    }
    return told | ({"example": parameter.example} if parameter.example else {})


def paging(*, csv: bool) -> list[dict[str, Any]]:
    whole = "Left out: all rows." if csv else f"Left out: {LIMIT}."
    number: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX}
    return [
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "description": f"Rows of a page, 1 to {LIMIT_MAX}. {whole}",
            "schema": number if csv else number | {"default": LIMIT},
        },
        {
            "name": "cursor",
            "in": "query",
            "required": False,
            "description": (
                "Where the page begins, as `links.next` and the Link header say it. All pages of a"
                " list show one vintage, whatever is published meanwhile."
            ),
            "schema": {"type": "string", "maxLength": 1_000},
        },
    ]


BOM: Final[dict[str, Any]] = {
    "name": "bom",
    "in": "query",
    "required": False,
    "description": "1 puts a byte order mark before the CSV, for Excel.",
    "schema": {"type": "string", "enum": ["1"]},
}


def parameters(
    accepted: tuple[str, ...], *, paged: bool, all_by_default: bool, csv: bool
) -> list[dict[str, Any]]:
    told = [
        described(item, all_by_default=all_by_default)
        for item in PARAMETERS
        if item.name in accepted
    ]
    return [*told, *(paging(csv=csv) if paged else ()), *([BOM] if csv else ())]


# --- refusals


def _texts(**meanings: str) -> dict[str, Any]:
    return {name: {"type": "string", "description": text} for name, text in meanings.items()}


PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "RFC 9457: what was wrong, and what to send instead.",
    "required": ["type", "title", "status", "detail", "errors", "error_count"],
    "properties": _texts(
        type="Names the kind of problem; stable.",
        title="The problem in a sentence.",
        detail="What to do about it.",
    )
    | {
        "status": {"type": "integer", "description": "The HTTP status."},
        "error_count": {"type": "integer", "description": "All errors, of which `errors` shows."},
        "errors": {
            "type": "array",
            "description": "One entry a parameter or place in a file.",
            "items": {
                "type": "object",
                "properties": _texts(
                    code="What is wrong, as a word that stays the same.",
                    found="What was sent, at most 80 characters.",
                    expected="What may be sent.",
                )
                | {
                    "field": {"type": ["string", "null"], "description": "The parameter."},
                    "suggestion": {"type": ["string", "null"], "description": "The nearest."},
                    "line": {"type": ["integer", "null"], "description": "Of a file, from 1."},
                    "column": {"type": ["integer", "null"], "description": "Of a file, from 1."},
                },
            },
        },
    },
}


def _refusal(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/problem+json": {"schema": PROBLEM}}}


REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "You hold this answer: If-None-Match names it."},
    400: _refusal("A parameter is unknown, repeated or malformed; `errors` says which and why."),
    404: _refusal("No published figure answers the question."),
    429: _refusal("Too many requests from your address; Retry-After says in how many seconds."),
    503: _refusal("The database gives no answer at the moment; Retry-After says when to ask."),
}
