"""The query parameters of the API as OpenAPI objects."""

from typing import Any, Final

from app.domain.questions.parameters import PARAMETERS

# Rows of a page. CSV without `limit` has all rows.
LIMIT_MAX: Final = 1_000
LIMIT_DEFAULT: Final = 100

PARAMETER_ORDER: Final = tuple(item.name for item in PARAMETERS)
PAGING_PARAMETERS: Final = ("limit", "cursor")


def query_parameters(
    accepted: tuple[str, ...], *, paged: bool, all_by_default: bool, csv: bool
) -> list[dict[str, Any]]:
    """Return the OpenAPI objects of a list's parameters: those of a question, then paging.

    `accepted` are names of question parameters; `all_by_default`: openness is `all` if left out.
    """
    # Description, words and example of a question's parameters are the same at every address:
    # metadata/openapi_document.py adds them by name.
    described = [_of_question(name, all_by_default) for name in PARAMETER_ORDER if name in accepted]
    return [*described, *(_paging(csv=csv) if paged else ())]


def _of_question(name: str, all_by_default: bool) -> dict[str, Any]:
    schema = {"type": "string"}
    if name == "openness" and all_by_default:
        schema["default"] = "all"
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _paging(*, csv: bool) -> list[dict[str, Any]]:
    whole = "Left out: all rows." if csv else f"Left out: {LIMIT_DEFAULT}."
    number: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX}
    return [
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "description": f"Rows of a page, 1 to {LIMIT_MAX}. {whole}",
            "schema": number if csv else number | {"default": LIMIT_DEFAULT},
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


# 400, 429 and the like are added to every address by metadata/openapi_document.py.
REFUSAL_STATUSES: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "You hold this answer: If-None-Match names it."},
}
