"""The data set as it is described to machines: sources, months, licences and tables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from app.domain.answer import SourceDefinition
from app.domain.calendar import format_instant
from app.domain.site import Site
from app.metadata.openapi_operations import ColumnsDoc

Json = dict[str, Any]

SUBJECT: Final = "shares of AI model use by openness and by the developers’ home"
DESCRIPTION: Final = (
    "How much of the use of AI models goes to open models, whose weights can be downloaded, by the"
    " home of their developers: Chinese, US, European, other. Percent of what each source counted,"
    " month by month. Sources stand side by side and are never joined; what a source does not"
    " break down is unknown, and missing is missing, never zero."
)
SHARES: Final = "shares"
"""The name of the table whose rows are about one source; other tables are about all."""
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
    """A source and the months it has figures for: the first, the last, and how many."""

    source: SourceDefinition
    first: date
    last: date
    months: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """The data at one vintage. `site` is who describes it, and where.

    `main` is the slug of the source that the table of shares is about; empty where there is none.
    `vintage` is None where nothing was published.
    """

    site: Site
    main: str
    sources: Sequence[TableDescription]
    tables: Sequence[ColumnsDoc]
    vintage: datetime | None

    @property
    def title(self) -> str:
        """The name of the site, and what the data is about."""
        return f"{self.site.title}: {SUBJECT}"

    @property
    def own_licence(self) -> Json:
        """The licence of the site's own charts and compiled figures, or {} where none is given.

        Free words have no text of their own; the page that says them stands for it.
        """
        site = self.site
        path = site.licence_url or f"{site.address}/about#licences"
        return {"title": site.licence, "path": path} if site.licence else {}

    @property
    def changed(self) -> str:
        """The vintage in ISO 8601, or empty where nothing was published."""
        return format_instant(self.vintage) if self.vintage else ""

    def address(self, table: ColumnsDoc, *, csv: bool = True) -> str:
        """Return the address of a table at the vintage described, as CSV or as JSON.

        It is pinned, so that what the description says of the table stays true of it.
        """
        path = table.path if csv else table.path.removesuffix(".csv")
        # Which source is the main one can change with an upload, so the address names it.
        of = [("source", self.main)] if table.name == SHARES and self.main else []
        at = [("as_of", self.changed)] if self.changed else []
        query = urlencode([*of, *at], safe=",:/")
        return f"{self.site.address}{path}" + (f"?{query}" if query else "")

    @property
    def licence(self) -> Json:
        """The licence shared by all sources, or {} if they differ."""
        licences = [licence_values(item.source) for item in self.sources]
        return licences[0] if licences and all(item == licences[0] for item in licences) else {}

    def licence_of(self, table: ColumnsDoc) -> Json:
        """Return the licence of a table's rows, or {} where they are of sources that differ."""
        if table.name != SHARES:
            return self.licence
        of = [licence_values(item.source) for item in self.sources if item.source.slug == self.main]
        return of[0] if of else {}

    @property
    def first(self) -> date | None:
        """The first month that any source has figures for."""
        return min((item.first for item in self.sources), default=None)

    @property
    def last(self) -> date | None:
        """The last month that any source has figures for."""
        return max((item.last for item in self.sources), default=None)


def without_empty(values: Mapping[str, Any]) -> Json:
    """Return the values without None, empty texts and empty lists, which say less than no key."""
    # Zero and False are values and stay; an empty object stays too.
    return {name: value for name, value in values.items() if value not in (None, "", [], ())}


# --- licences


def licence_address(licence: str) -> str:
    """Return the address of the text of a Creative Commons licence; empty for any other.

    `licence` is its name with the version, such as `CC BY 4.0` or `CC BY-SA 4.0`.
    """
    if match := _CREATIVE_COMMONS.search(licence):
        return f"https://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/"
    if re.search(r"\bCC0\b", licence):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    return ""


_CREATIVE_COMMONS: Final = re.compile(r"\bCC[ -](BY(?:-(?:NC|ND|SA))*)[ -](\d\.\d)\b")


def licence_values(source: SourceDefinition) -> Json:
    """Return `title` and `path` of a source's licence, as far as they are known."""
    return without_empty({"title": source.licence, "path": licence_address(source.licence)})
