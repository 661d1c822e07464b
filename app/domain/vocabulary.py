"""The closed lists of origins, openness and statuses, their labels, and synonyms files may use."""

from collections.abc import Iterable
from enum import StrEnum

from app.domain.naming.matching import fold_name

# The words of origins, openness and statuses are stored in the database, whose constraints name
# them, and stand in addresses and answers of API version 1: renaming one breaks saved links. The
# order of the members is the order of the groups in an answer. The docstrings of these classes are
# descriptions in the API's OpenAPI document.


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
    # Given by a publisher in rounded words, and kept with the digits that they had.
    REPORTED = "reported"


class View(StrEnum):
    """How a page shows the answer to a question."""

    LINES = "lines"
    STACK = "stack"
    TABLE = "table"


SETTLED_FIRST = (Status.FINAL, Status.REPORTED, Status.PROVISIONAL, Status.ESTIMATED)
"""The statuses from the most to the least settled."""

SETTLED = frozenset({Status.FINAL, Status.REPORTED})
"""The statuses of figures that will stay: what is provisional or estimated may yet change."""

NOT_RECOMPUTED = frozenset({Status.REPORTED, Status.ESTIMATED})
"""The statuses of figures that are shown with the digits they were given, and no others."""

NAMED_GROUPINGS = {"company": "companies", "developer": "developers", "model": "models"}
"""What a question may group by whose groups have slugs and names, and its plural."""


def least_settled(statuses: Iterable[Status]) -> Status:
    """Return the status of a sum of lines of these statuses; that of no lines is final."""
    return max(statuses, key=SETTLED_FIRST.index, default=Status.FINAL)


# Not a Status, since no file may say it.
MISSING = "missing"
"""The status of a month, or of a group in it, that no line speaks of."""

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

# A group of a chart or table says of what it is unknown: both may stand on one page.
ORIGIN_GROUP_LABELS = ORIGIN_LABELS | {Origin.UNKNOWN: "Unknown origin"}
OPENNESS_GROUP_LABELS = OPENNESS_LABELS | {Openness.UNKNOWN: "Unknown openness"}

VIEW_LABELS: dict[str, str] = {View.LINES: "Lines", View.STACK: "Stack", View.TABLE: "Table"}

# What people write for each word. They are compared by `fold_name`, so that case, spaces, `_` and
# `-` need no entry of their own; dots do.
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
"""The origin of each synonym, by the synonym as `fold_name` writes it."""
OPENNESS_BY_NAME = {
    fold_name(name): key for key, names in OPENNESS_SYNONYMS.items() for name in names
}
"""The openness of each synonym, by the synonym as `fold_name` writes it."""


# A country is only suggested as an origin, never read as one: whoever uploads the file should see
# the origin before it counts. The names stand here as `fold_name` writes them, without spaces. What
# counts as which is said to readers by MEANINGS in app/api/catalogue.py.
_CHINESE_PLACES = frozenset({"hongkong", "hk"})
_EUROPEAN_COUNTRIES = frozenset(
    "austria belgium bulgaria croatia cyprus czechia czechrepublic denmark estonia finland "
    "france germany greece hungary iceland ireland italy latvia liechtenstein lithuania "
    "luxembourg malta netherlands norway poland portugal romania slovakia slovenia spain "
    "sweden switzerland uk gb unitedkingdom greatbritain england de fr ch nl es it se".split()
)
_OTHER_COUNTRIES = frozenset(
    "australia brazil canada india indonesia iran israel japan korea southkorea "
    "malaysia russia saudiarabia singapore taiwan thailand turkey uae unitedarabemirates "
    "ukraine vietnam jp kr in sg ae il ca".split()
)


def origin_of_country(text: str) -> Origin | None:
    """Return the origin to suggest for a country's name or code, or None for one not listed.

    China and the United States are no such suggestion: their names are synonyms.
    """
    name = fold_name(text)
    if name in _CHINESE_PLACES:
        return Origin.CHINESE
    if name in _EUROPEAN_COUNTRIES:
        return Origin.EUROPEAN
    return Origin.OTHER if name in _OTHER_COUNTRIES else None
