"""What a maintainer should know of a file that may be published all the same."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from app.catalogue.index import DeveloperToAdd, KnownDeveloper, KnownModel, ModelToAdd
from app.csv_io.problems import PROBLEMS_KEPT_MAX
from app.domain.errors import excerpt
from app.domain.naming.matching import nearest_match
from app.ingest.rules.checked import Notice
from app.ingest.rules.resolver import Resolver


class NoticeList:
    """Counts equal notices as one, and keeps at most a hundred of a kind."""

    def __init__(self) -> None:
        self._notices: dict[tuple[str, str], Notice] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._kept_of_kind: Counter[str] = Counter()

    def all(self) -> tuple[Notice, ...]:
        """Return the notices in the order in which they were first made."""
        counts = self._counts
        return tuple(replace(notice, count=counts[key]) for key, notice in self._notices.items())

    def add(self, code: str, line: int | None, text: str) -> None:
        """Add a notice, or count it where one of this code and text is there already."""
        key = (code, text)
        if key in self._notices:
            self._counts[key] += 1
        elif self._kept_of_kind[code] < PROBLEMS_KEPT_MAX:
            self._kept_of_kind[code] += 1
            self._notices[key] = Notice(code, line, text)
            self._counts[key] = 1

    def add_near_names(self, resolver: Resolver) -> None:
        """Add a notice for each new name that is close to a known one."""
        # The comparison with every known name is slow: the first hundred show a misspelt column.
        catalogue = resolver.catalogue
        for developer in islice(resolver.developers.values(), PROBLEMS_KEPT_MAX):
            self._add_near_name("developer", developer, catalogue.developers.values())
        for model in islice(resolver.models.values(), PROBLEMS_KEPT_MAX):
            self._add_near_name("model", model, catalogue.models.values())

    def _add_near_name(
        self,
        kind: str,
        new: DeveloperToAdd | ModelToAdd,
        items: Iterable[KnownDeveloper | KnownModel],
    ) -> None:
        # Versions differ in their numbers only, and are not misspelt.
        numbers = re.findall(r"\d+", new.name)
        # Of two spellings that read alike the last is suggested: the name.
        names = [name for item in items for name in (item.slug, *item.aliases, item.name)]
        alike = [name for name in names if re.findall(r"\d+", name) == numbers]
        nearest = nearest_match(new.name, alike, cutoff=0.85)
        if nearest is not None:
            text = f"“{excerpt(new.name, 60)}” would be a new {kind}: did you mean “{nearest}”?"
            self.add("near_name", new.line, text)
