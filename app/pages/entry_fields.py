"""The fields in which a catalogue entry is written, kind by kind, in the order of its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS, Openness, Origin


@dataclass(frozen=True, slots=True)
class Field:
    """How a column is asked for. `choices` are value and label; `long` texts get more room."""

    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    long: bool = False


ORIGINS: Final = tuple((word.value, ORIGIN_LABELS[word]) for word in Origin)
OPENNESS: Final = tuple((word.value, OPENNESS_LABELS[word]) for word in Openness)

FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "sources": (
        Field("source", "Short name", "For addresses and files, like openrouter-rankings."),
        Field("name", "Name"),
        Field("publisher", "Publisher"),
        Field("metric", "What is counted", "A plural noun: tokens, downloads, requests."),
        Field("population", "Of what", "Whose use is counted, and what is left out.", long=True),
        Field("url", "Address", "Where the figures are published."),
        Field("licence", "Licence", "Blank where none is stated."),
        Field(
            "citation",
            "How to cite it",
            "{as_of} stands for the day the figures were learned.",
            long=True,
        ),
        Field("method", "Method", "How it is counted, and how far to trust it.", long=True),
    ),
    "developers": (
        Field("developer", "Short name", "For addresses and files, like deepseek."),
        Field("name", "Name"),
        Field("country", "Country", "Two letters, as FR. Blank where it is not known."),
        Field("origin", "Origin", "The home of the developer.", ORIGINS),
        Field("homepage", "Homepage"),
        Field("huggingface_org", "Organisation on Hugging Face"),
        Field("note", "Evidence", "What the origin rests on.", long=True),
    ),
    "models": (
        Field("model", "Short name", "For addresses and files, like deepseek/deepseek-r1."),
        Field("name", "Name"),
        Field("developer", "Developer", "Its short name."),
        Field("openness", "Openness", "Open: the weights can be downloaded.", OPENNESS),
        Field("release_month", "Released", "YYYY-MM"),
        Field("base_developer", "Developer of its base", "Where it was built on another’s model."),
        Field("note", "Evidence", "What its openness and base rest on.", long=True),
    ),
    "events": (
        Field("date", "Date", "YYYY-MM-DD"),
        Field("title", "Title"),
        Field("description", "What happened", long=True),
        Field("url", "Address", "Where it can be read up."),
        Field(
            "headline",
            "On the charts",
            "Most events stand in lists only.",
            (("", "No"), ("yes", "Yes")),
        ),
    ),
}
