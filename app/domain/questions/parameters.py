"""The query parameters of a question: what each may say and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.vocabulary import Openness, Origin, View

TOP_MAX: Final = 50
"""The most developers or models that a question may have named."""
VALUES_MAX: Final = 50
"""The most values that one parameter with a comma list may have."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: what it may say and what it means, for people and for OpenAPI.

    `allowed` is the closed list of its values; empty where they are slugs, months, an instant or a
    number. `many` ones take a comma list.
    """

    name: str
    meaning: str
    allowed: tuple[str, ...] = ()
    many: bool = False
    example: str = ""


# The meanings are texts of the API reference. The defaults stand in Question, which has a field
# for each parameter, in this order.
PARAMETERS: Final = (
    Parameter(
        "source",
        "One or several source slugs, comma separated. Left out: openrouter-rankings, where it has"
        " figures; else the one that covers most months.",
        many=True,
        example="openrouter-rankings",
    ),
    Parameter(
        "by",
        "What the shares are grouped by. A developer that belongs to no company stands for itself.",
        ("origin", "openness", "company", "developer", "model"),
    ),
    Parameter(
        "openness",
        "Which models are counted: open ones, whose weights can be downloaded, others, or all.",
        (*Openness, "all"),
    ),
    Parameter(
        "of",
        "What 100 percent is: all usage a source counted that month, or that of open models.",
        ("all", "open"),
    ),
    Parameter(
        "origin", "Only developers at home there; comma separated.", tuple(Origin), many=True
    ),
    Parameter(
        "company",
        "Only the developers of these companies, and of those below them; comma separated. By slug"
        " or any other name, as in Chinese.",
        many=True,
        example="alibaba",
    ),
    Parameter(
        "developer",
        "Only these developers, comma separated: by slug or any other name, as in Chinese or on"
        " Hugging Face. A slug means the developer; another name of a company all of its own.",
        many=True,
        example="deepseek",
    ),
    Parameter(
        "model",
        "Only these models, comma separated: by slug or any other name, as on Hugging Face.",
        many=True,
    ),
    Parameter("from", "First month, YYYY-MM. Left out: the first with data.", example="2025-01"),
    Parameter("to", "Last month, YYYY-MM. Left out: the last with data.", example="2026-09"),
    Parameter(
        "as_of",
        "The figures as they stood then: an instant in UTC; a date or a minute means its end.",
        example="2026-11-23T10:00:00Z",
    ),
    Parameter(
        "top",
        f"How many developers or models are named, 1 to {TOP_MAX}: those with the highest share in"
        " any one month asked for. The rest is one group.",
        example="10",
    ),
    Parameter(
        "home",
        "Whose home an origin is: the developer's or, where the catalogue knows one, that of the"
        " developer of the base model it was built on.",
        ("developer", "base"),
    ),
    Parameter("events", "Which events stand on a chart of lines.", ("headline", "all", "none")),
    Parameter(
        "bounds",
        "Whether a chart of lines shades what the leading group might be at most. Figures do not"
        " depend on it.",
        ("on", "off"),
    ),
    Parameter("view", "How a page shows the answer.", tuple(View)),
)


def parameter_names(parameters: Sequence[Parameter] = PARAMETERS) -> list[str]:
    """Return the names of the parameters, in their order."""
    return [parameter.name for parameter in parameters]
