"""The closed lists everything else speaks in, their labels, and the synonyms files may use."""

from enum import StrEnum

from app.domain.matching import fold_name


class Origin(StrEnum):
    """The home of a model's developer, not of the base model it was built on."""

    CHINESE = "chinese"
    US = "us"
    EUROPEAN = "european"
    OTHER = "other"
    UNKNOWN = "unknown"


class Openness(StrEnum):
    """Open: the weights can be downloaded, whatever the licence."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Status(StrEnum):
    FINAL = "final"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"


class View(StrEnum):
    """How a page shows the answer to a question."""

    LINES = "lines"
    STACK = "stack"
    TABLE = "table"


def least_settled(estimated: bool, provisional: bool) -> Status:
    """The status of a sum, some lines of which are estimated or provisional."""
    if estimated:
        return Status.ESTIMATED
    return Status.PROVISIONAL if provisional else Status.FINAL


# Not a Status: no file may say it. It marks a month, or a group in it, without any line.
MISSING = "missing"

ORIGIN_LABELS = {
    Origin.CHINESE: "Chinese",
    Origin.US: "US",
    Origin.EUROPEAN: "European",
    Origin.OTHER: "Other",
    Origin.UNKNOWN: "Unknown",
}

OPENNESS_LABELS = {
    Openness.OPEN: "Open",
    Openness.CLOSED: "Closed",
    Openness.UNKNOWN: "Unknown",
}

VIEW_LABELS: dict[str, str] = {View.LINES: "Lines", View.STACK: "Stack", View.TABLE: "Table"}

ORIGIN_SYNONYMS = {
    Origin.CHINESE: ("chinese", "china", "cn", "chn", "prc", "people's republic of china"),
    Origin.US: (
        "us",
        "usa",
        "u.s.",
        "u.s.a.",
        "united states",
        "united states of america",
        "american",
    ),
    Origin.EUROPEAN: ("european", "europe", "eu", "european union"),
    Origin.OTHER: ("other", "others", "rest of world", "row"),
    Origin.UNKNOWN: ("unknown", "n/a", "unattributed"),
}

OPENNESS_SYNONYMS = {
    Openness.OPEN: ("open", "open weight", "open weights", "open source"),
    Openness.CLOSED: ("closed", "closed weight", "closed source", "proprietary"),
    Openness.UNKNOWN: ("unknown", "n/a"),
}


ORIGINS_BY_NAME = {fold_name(name): key for key, names in ORIGIN_SYNONYMS.items() for name in names}
OPENNESS_BY_NAME = {
    fold_name(name): key for key, names in OPENNESS_SYNONYMS.items() for name in names
}


# Not synonyms: a file that says a country may mean it, but its maintainer should see the origin.
_EUROPEAN_COUNTRIES = frozenset(
    "austria belgium bulgaria croatia cyprus czechia czechrepublic denmark estonia finland "
    "france germany greece hungary iceland ireland italy latvia liechtenstein lithuania "
    "luxembourg malta netherlands norway poland portugal romania slovakia slovenia spain "
    "sweden switzerland uk gb unitedkingdom greatbritain england de fr ch nl es it se".split()
)
_OTHER_COUNTRIES = frozenset(
    "australia brazil canada hongkong india indonesia iran israel japan korea southkorea "
    "malaysia russia saudiarabia singapore taiwan thailand turkey uae unitedarabemirates "
    "ukraine vietnam jp kr in sg ae il ca".split()
)


def origin_of_country(text: str) -> Origin | None:
    """The origin of some countries' names and codes, to suggest it."""
    if fold_name(text) in _EUROPEAN_COUNTRIES:
        return Origin.EUROPEAN
    return Origin.OTHER if fold_name(text) in _OTHER_COUNTRIES else None
