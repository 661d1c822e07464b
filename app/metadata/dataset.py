"""What there is to describe to machines: sources, their months and licences, and the tables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from app.domain.answer import SourceDefinition
from app.domain.calendar import format_instant
from app.metadata.openapi_operations import ColumnsDoc

Json = dict[str, Any]

NAME: Final = "Open Model Share"
TITLE: Final = "Open Model Share: shares of AI model use by openness and by the developers’ home"
DESCRIPTION: Final = (
    "How much of the use of AI models goes to open models, whose weights can be downloaded, by the"
    " home of their developers: Chinese, US, European, other. Percent of what each source counted,"
    " month by month. Sources stand side by side and are never joined; what a source does not"
    " break down is unknown, and missing is missing, never zero."
)
SHARES: Final = "shares"
KEYWORDS: Final = (
    "artificial intelligence",
    "open models",
    "open weights",
    "large language models",
    "market share",
    "token usage",
)


@dataclass(frozen=True, slots=True)
class TableDescription:
    """A source and the months it has figures for."""

    source: SourceDefinition
    first: date
    last: date
    months: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """What there is to describe. `site` is the address of the site, without its last slash.

    `main` is the slug of the source that shares are told of; empty where there is none.
    """

    site: str
    main: str
    sources: Sequence[TableDescription]
    tables: Sequence[ColumnsDoc]
    vintage: datetime | None

    @property
    def changed(self) -> str:
        return format_instant(self.vintage) if self.vintage else ""

    def address(self, table: ColumnsDoc, *, csv: bool = True) -> str:
        """Where a table reads, at the vintage that is described: what is said of it stays true."""
        path = table.path if csv else table.path.removesuffix(".csv")
        of = [("source", self.main)] if table.name == SHARES and self.main else []
        at = [("as_of", self.changed)] if self.changed else []
        query = urlencode([*of, *at], safe=",:/")
        return f"{self.site}{path}?{query}" if query else f"{self.site}{path}"

    @property
    def licence(self) -> Json:
        """That of all sources, where they agree; else empty."""
        licences = [licence_values(item.source) for item in self.sources]
        return licences[0] if licences and all(item == licences[0] for item in licences) else {}

    def licence_of(self, table: ColumnsDoc) -> Json:
        """That of a table's rows; empty where they are of sources that do not agree."""
        if table.name != SHARES:
            return self.licence
        of = [licence_values(item.source) for item in self.sources if item.source.slug == self.main]
        return of[0] if of else {}

    @property
    def first(self) -> date | None:
        return min((item.first for item in self.sources), default=None)

    @property
    def last(self) -> date | None:
        return max((item.last for item in self.sources), default=None)


def without_empty(values: Mapping[str, Any]) -> Json:
    """Without what is not known: an empty text says less than none."""
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}


# --- licences


def licence_address(licence: str) -> str:
    """Where a Creative Commons licence reads; empty for any other."""
    if match := _CREATIVE_COMMONS.search(licence):
        return f"https://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/"
    if re.search(r"\bCC0\b", licence):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return ""


_CREATIVE_COMMONS: Final = re.compile(r"\bCC[ -](BY(?:-(?:NC|ND|SA))*)[ -](\d\.\d)\b")


def licence_values(source: SourceDefinition) -> Json:
    return without_empty({"title": source.licence, "path": licence_address(source.licence)})
