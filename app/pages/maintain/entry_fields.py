"""The fields of the forms in which catalogue entries are written, by kind of entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.naming.names import NamedType
from app.domain.sources.source_terms import (
    CADENCE_LABELS,
    STATISTIC_LABELS,
    WINDOW_LABELS,
    Cadence,
    Statistic,
    Window,
)
from app.domain.vocabulary import OPENNESS_LABELS, ORIGIN_LABELS, Openness, Origin


@dataclass(frozen=True, slots=True)
class EntryField:
    """The field that asks for a column; `name` is the column's.

    `choices` are pairs of value and label, none for a text; `long` texts get more room.
    """

    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    long: bool = False


ORIGINS: Final = tuple((word.value, ORIGIN_LABELS[word]) for word in Origin)
OPENNESS: Final = tuple((word.value, OPENNESS_LABELS[word]) for word in Openness)

WINDOWS: Final = tuple((word.value, WINDOW_LABELS[word]) for word in Window)
STATISTICS: Final = tuple((word.value, STATISTIC_LABELS[word]) for word in Statistic)
CADENCES: Final = (
    ("", "Not known"),
    *((word.value, CADENCE_LABELS[word]) for word in Cadence),
)

# Kind to its fields, in the order of the columns of its file in the bundled data. The first names
# the entry; an event is named by its second, see `CatalogueForm.done`.
ENTRY_FIELDS: Final[Mapping[str, tuple[EntryField, ...]]] = {
    "sources": (
        EntryField("source", "Short name", "For addresses and files, like openrouter-rankings."),
        EntryField("name", "Name"),
        EntryField("publisher", "Publisher"),
        EntryField("metric", "What is counted", "A plural noun: tokens, downloads, requests."),
        EntryField(
            "population", "Of what", "Whose use is counted, and what is left out.", long=True
        ),
        EntryField("url", "Address", "Where the figures are published."),
        EntryField("licence", "Licence", "Blank where none is stated."),
        EntryField(
            "citation",
            "How to cite it",
            "{as_of} stands for the publisher’s date of the figures.",
            long=True,
        ),
        EntryField("method", "Method", "How it is counted, and how far to trust it.", long=True),
        EntryField("window", "Window", "What a figure is about; it ends with its month.", WINDOWS),
        EntryField("statistic", "Statistic", "What a figure is of its window.", STATISTICS),
        EntryField(
            "reports_on",
            "Reports on",
            "Short name of the source its figures are about. Blank where it counts for itself.",
        ),
        EntryField("cadence", "Cadence", "How often it publishes.", CADENCES),
        EntryField(
            "publishes_after_days", "Days until it publishes", "From the end of a month, as 3."
        ),
    ),
    "companies": (
        EntryField("company", "Short name", "For addresses and files, like alibaba."),
        EntryField("name", "Name"),
        EntryField("country", "Country", "Two letters, as FR. Blank where it is not known."),
        EntryField("parent", "Belongs to", "The short name of another company, or blank."),
        EntryField("note", "Evidence", "What its parent and country rest on.", long=True),
    ),
    "developers": (
        EntryField("developer", "Short name", "For addresses and files, like deepseek."),
        EntryField("name", "Name"),
        EntryField("country", "Country", "Two letters, as FR. Blank where it is not known."),
        EntryField("origin", "Origin", "The home of the developer.", ORIGINS),
        EntryField("homepage", "Homepage"),
        EntryField("huggingface_org", "Organisation on Hugging Face"),
        EntryField("note", "Evidence", "What the origin rests on.", long=True),
        EntryField("company", "Company", "The short name of the one it belongs to, or blank."),
    ),
    "models": (
        EntryField("model", "Short name", "For addresses and files, like deepseek/deepseek-r1."),
        EntryField("name", "Name"),
        EntryField("developer", "Developer", "Its short name."),
        EntryField("openness", "Openness", "Open: the weights can be downloaded.", OPENNESS),
        EntryField("release_month", "Released", "YYYY-MM"),
        EntryField(
            "base_developer", "Developer of its base", "Where it was built on another’s model."
        ),
        EntryField("note", "Evidence", "What its openness and base rest on.", long=True),
        EntryField("base_model", "Its base", "The name of the model it was built on."),
        EntryField("hugging_face_id", "On Hugging Face", "Where its weights are: org/name."),
    ),
    "aliases": (
        EntryField(
            "entry_type",
            "Name of a",
            choices=tuple((word.value, word.value.capitalize()) for word in NamedType),
        ),
        EntryField("entry", "Short name", "That of the company, developer or model."),
        EntryField("alias", "Other name", "No other of its type may have it."),
        EntryField(
            "kind",
            "What it is",
            "other-name, old-name, chinese-name, huggingface-org, vercel-lab or another word.",
        ),
        EntryField(
            "retired",
            "Retired",
            "A retired name finds nothing any more.",
            (("", "No"), ("yes", "Yes")),
        ),
    ),
    "events": (
        EntryField("date", "Date", "YYYY-MM-DD"),
        EntryField("title", "Title"),
        EntryField("description", "What happened", long=True),
        EntryField("url", "Address", "Where it can be read up."),
        EntryField(
            "headline",
            "On the charts",
            "Most events stand in lists only.",
            (("", "No"), ("yes", "Yes")),
        ),
    ),
}
