"""What two publishers say of a model, held against its entry: the cells that are proposed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.domain.calendar import format_month
from app.domain.proposal import PROPOSED_COLUMNS, ModelProposal, needs_filling
from app.domain.vocabulary import Openness
from app.ingest.fetchers.hub_models import HUB, HubModel
from app.ingest.fetchers.openrouter_models import ListedModel, parse_hub_id

LICENCE_WORDS: Final = ("licence", "license")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """All that is known of a model: its slug, its entry's cells (none: it is new), what is said.

    `hub_read` tells whether the Hub answered, if only that it has no such model.
    """

    slug: str
    entry: Mapping[str, str]
    listed: ListedModel | None
    hub: HubModel | None = None
    hub_read: bool = False

    @property
    def hub_id(self) -> str:
        """The model's name on Hugging Face, as its entry and else as the list says; "" if none."""
        # What a person wrote into an entry may be no such name, and would lead to anywhere.
        own = parse_hub_id(self.entry.get("hugging_face_id"))
        return own or (self.listed.hugging_face_id if self.listed else "")


@dataclass(frozen=True, slots=True)
class CatalogueNames:
    """What of the catalogue a proposal depends on.

    `is_taken` says whether another model has a name already, given the name and the model's slug;
    `developer_of` returns the slug of the developer that an organisation of the Hub is, "" if none.
    """

    is_taken: Callable[[str, str], bool]
    developer_of: Callable[[str], str]


@dataclass
class _Cells:
    facts: ModelFacts
    proposed: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)

    def fill(self, column: str, value: str, evidence: str) -> None:
        """Propose a value where the entry has none."""
        now = self.facts.entry.get(column, "")
        if value and value != now and needs_filling(column, now, self.facts.slug):
            self.put(column, value, evidence)

    def put(self, column: str, value: str, evidence: str) -> None:
        self.proposed[column] = value
        self.evidence[column] = evidence


def propose_cells(
    facts: ModelFacts, names: CatalogueNames, source_url: str
) -> ModelProposal | None:
    """Return what is proposed for a model, None where nothing is.

    That OpenRouter names no weights proves nothing, so closed is never proposed.
    """
    cells = _Cells(facts)
    if facts.listed:
        _propose_listed(cells, facts.listed, names)
    if facts.hub_id and not _lacks_weights(facts):
        _propose_weights(cells, facts)
    if facts.hub:
        _propose_bases(cells, facts.hub, names)
        _propose_licence(cells, facts.hub)
    if not cells.proposed:
        return None
    columns = [column for column in PROPOSED_COLUMNS if column in cells.proposed]
    entry = facts.entry
    return ModelProposal(
        facts.slug,
        {column: cells.proposed[column] for column in columns},
        {column: entry[column] for column in columns} if entry else {},
        {column: cells.evidence[column] for column in columns},
        source_url,
    )


def _propose_listed(cells: _Cells, listed: ListedModel, names: CatalogueNames) -> None:
    if listed.name and not names.is_taken(listed.name, cells.facts.slug):
        cells.fill("name", listed.name, f"called “{listed.title}” at {listed.address}")
    if listed.listed_on:
        since = f"listed on OpenRouter since {listed.listed_on}"
        cells.fill("release_month", format_month(listed.listed_on), since)


def _lacks_weights(facts: ModelFacts) -> bool:
    """Return whether the Hub shows no weights where they should be."""
    if facts.hub:
        return facts.hub.has_weights is False
    return facts.hub_read


def _propose_weights(cells: _Cells, facts: ModelFacts) -> None:
    # The Hub finds names in any case; its own way of writing one is the right one.
    own = facts.hub.id if facts.hub else ""
    hub_id = own if own.casefold() == facts.hub_id.casefold() else facts.hub_id
    seen = "" if facts.hub else ", as OpenRouter says; the Hub was not read"
    evidence = f"weights at {HUB}/{hub_id}{seen}"
    cells.fill("hugging_face_id", hub_id, evidence)
    cells.fill("openness", Openness.OPEN, evidence)
    shown = facts.hub is not None and facts.hub.has_weights is True
    if shown and facts.entry.get("openness") == Openness.CLOSED:
        # Weights that were published later make an entry wrong that was right.
        cells.put("openness", Openness.OPEN, f"{evidence} (the catalogue says closed)")


def _propose_bases(cells: _Cells, hub: HubModel, names: CatalogueNames) -> None:
    if not hub.bases:
        return
    named = " and ".join(base.rpartition("/")[2] for base in hub.bases)
    listed = ", ".join(f"{HUB}/{base}" for base in hub.bases)
    evidence = f"built on {listed} by {hub.address}"
    cells.fill("base_model", named, evidence)
    makers = {names.developer_of(base.partition("/")[0]) for base in hub.bases}
    own = cells.facts.entry.get("developer") or names.developer_of(
        cells.facts.slug.partition("/")[0]
    )
    # That a model was built on an earlier one of its own developer is no other's base.
    if len(makers) == 1 and own not in makers:
        cells.fill("base_developer", makers.pop(), evidence)


def _propose_licence(cells: _Cells, hub: HubModel) -> None:
    note = cells.facts.entry.get("note", "")
    known = any(word in note.casefold() for word in LICENCE_WORDS)
    # A licence that is missing in a note with other evidence is no reason to ask a person.
    if not hub.licence or known or (note and not cells.proposed):
        return
    text = f"licence {hub.licence} ({hub.address})"
    cells.put(
        "note", f"{note}; {text}" if note else text, f"licence {hub.licence} by {hub.address}"
    )
