"""What is new or incomplete in the catalogue, looked up at OpenRouter and the Hub, and proposed.

Nothing of the catalogue changes here: a maintainer decides what becomes of a proposal.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.entry_types import MODEL_TYPE, read_entries
from app.catalogue.name_index import load_name_index
from app.catalogue.proposals import find_developer, store_proposals
from app.csv_io.schema import NO_FILE_LIMITS, TableChoices
from app.database.session import Database
from app.database.tables import Source, Upload
from app.domain.calendar import today_utc
from app.domain.errors import NotFoundError, PublisherDeniedError, PublisherError, UserError
from app.domain.naming.names import NamedType, NameIndex
from app.domain.proposal import ModelProposal, is_incomplete
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.vocabulary import Openness
from app.ingest.check import check_file
from app.ingest.fetchers.hub_models import hub_path, read_hub_model
from app.ingest.fetchers.model_proposals import CatalogueNames, ModelFacts, propose_cells
from app.ingest.fetchers.openrouter_models import MODELS, ListedModel, read_model_list
from app.ingest.fetching.publisher_client import ClientLimits, PublisherClient
from app.ingest.rules.check_options import CheckOptions
from app.ingest.stored_files import open_stored_file
from app.settings import Settings

HUB_LIMITS: Final = ClientLimits(bytes=8 * 2**20, attempts=2, pause_s=0.1)
"""The Hub is asked about each model by itself, so that none of them may cost much."""
HUB_FAILURES_MAX: Final = 2
"""After how many failures one after the other the Hub is not asked any more."""
NAMES_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh came to: `news` are the slugs of new or changed proposals, with messages."""

    messages: tuple[str, ...]
    news: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What is to be looked up: the cells of entries by slug, {} of models that are new."""

    entries: Mapping[str, Mapping[str, str]]
    names: NameIndex


def propose_for_models(
    db: Database, settings: Settings, slugs: Collection[str] | None = None
) -> RefreshResult:
    """Propose what publishers say of models that are new or incomplete; of `slugs` alone if given.

    New are those that files waiting for review name and the catalogue does not. Raises
    PublisherError where OpenRouter's list cannot be read, NotFoundError for a slug that is neither
    in the catalogue nor in such a file. What the Hub does not say is a message.
    """
    with db.reading() as session:
        gaps = _find_gaps(session, slugs)
    return _propose(db, settings, gaps)


def propose_for_new_models(db: Database, settings: Settings) -> tuple[str, ...]:
    """Propose what publishers say of the new models that waiting files name; return messages.

    Nothing is asked where there are none. A failure is a message: whoever fetched has the figures.
    """
    try:
        with db.reading() as session:
            new: dict[str, Mapping[str, str]] = {slug: {} for slug in _new_models(session)}
            gaps = _Gaps(new, load_name_index(session))
        return _propose(db, settings, gaps).messages if new else ()
    except UserError as refused:
        return (
            f"The new models could not be looked up: {refused.title}. {refused.detail}".strip(),
        )


# --- what is looked for


def _find_gaps(session: Session, slugs: Collection[str] | None) -> _Gaps:
    known = {cells["model"]: cells for _, cells in read_entries(session, MODEL_TYPE)}
    entries: dict[str, Mapping[str, str]] = {slug: {} for slug in _new_models(session)}
    entries |= known
    for slug in slugs or ():
        if slug not in entries:
            hint = "Name models by their slug, as the catalogue or a waiting file does."
            raise NotFoundError(f"No figure and no entry of the catalogue names {slug}", hint)
    gaps = {
        slug: cells
        for slug, cells in entries.items()
        if (slugs is None or slug in slugs) and (not cells or is_incomplete(slug, cells))
    }
    return _Gaps(gaps, load_name_index(session))


def _new_models(session: Session) -> Iterator[str]:
    """Yield the slugs of models that waiting files name and the catalogue does not know."""
    waiting = select(Upload, Source.slug).outerjoin(Source, Source.id == Upload.source_id)
    waiting = waiting.where(Upload.published_at.is_(None), Upload.discarded_at.is_(None))
    for upload, source in session.execute(waiting.order_by(Upload.id)).all():
        # A file that must say of a new model whether it is open waits for just that.
        options = CheckOptions(
            source,
            Openness.UNKNOWN,
            upload.reclassified,
            NO_FILE_LIMITS,
            TableChoices.of_stored(upload.table_choices),
        )
        with open_stored_file(upload) as file:
            checked = check_file(session, file, options, progress=lambda _: None)
        yield from (model.slug for model in checked.new_models)


# --- what is asked and proposed


def _propose(db: Database, settings: Settings, gaps: _Gaps) -> RefreshResult:
    with PublisherClient(settings.openrouter_url, settings.site) as openrouter:
        answer = openrouter.ask(MODELS)
    listed = _by_known_slug(read_model_list(answer, today_utc()), gaps)
    facts = [ModelFacts(slug, cells, listed.get(slug)) for slug, cells in gaps.entries.items()]
    with PublisherClient(settings.huggingface_url, settings.site, limits=HUB_LIMITS) as client:
        hub = _Hub(client)
        facts = [hub.look_up(model) for model in facts]
    proposals = _proposals(facts, gaps.names, answer)
    in_part = {model.slug for model in facts if model.hub_id and not model.hub_read}
    whole = {model.slug for model in facts} - in_part
    with db.writing() as session:
        news = store_proposals(
            session,
            proposals,
            looked_up_in_part=in_part,
            without_news=whole - {proposal.model for proposal in proposals},
        )
    return RefreshResult((*_messages(facts, proposals, news), *hub.messages()), tuple(news))


def _by_known_slug(listed: Mapping[str, ListedModel], gaps: _Gaps) -> dict[str, ListedModel]:
    """Return the list by the slugs of our models, which any of their names may lead to."""
    known = {}
    for slug, model in listed.items():
        own = (slug,) if slug in gaps.entries else gaps.names.means(NamedType.MODEL, slug)
        for name in own:
            # What is listed by the model's own slug goes before what is listed by an alias.
            if name == slug or name not in listed:
                known[name] = model
    return known


class _Hub:
    """Asks the Hub about models, one by one, as long as it answers."""

    def __init__(self, client: PublisherClient) -> None:
        self.client = client
        self.failures = 0
        self.failed: list[str] = []
        self.absent: list[str] = []

    def look_up(self, facts: ModelFacts) -> ModelFacts:
        """Return the facts with what the Hub says of the model's weights."""
        if not facts.hub_id or self.failures >= HUB_FAILURES_MAX:
            return facts
        try:
            answer = self.client.ask_if_there(hub_path(facts.hub_id))
            hub = read_hub_model(answer) if answer else None
        except PublisherDeniedError:
            # So it answers of what it does not have, and of what is private.
            hub = None
        except PublisherError as refused:
            self.failures += 1
            more = " It was not asked any more." if self.failures >= HUB_FAILURES_MAX else ""
            self.failed.append(f"The Hub: {refused.title}. {refused.detail}{more}".strip())
            return facts
        self.failures = 0
        if hub is None or hub.has_weights is False:
            self.absent.append(f"{facts.slug} ({facts.hub_id})")
        return replace(facts, hub=hub, hub_read=True)

    def messages(self) -> list[str]:
        """Return what the Hub did not tell."""
        absent = (
            [f"The Hub has no such model, or shows no weights of it: {_shown(self.absent)}."]
            if self.absent
            else []
        )
        return [*self.failed, *absent]


def _proposals(
    facts: Collection[ModelFacts], names: NameIndex, answer: PublisherAnswer
) -> list[ModelProposal]:
    called = _new_names(facts)

    def is_taken(name: str, slug: str) -> bool:
        owners = {*names.sharing(NamedType.MODEL, name), *called.get(name, ())}
        return bool(owners - {slug})

    known = CatalogueNames(is_taken, lambda organisation: find_developer(names, organisation))
    found = (propose_cells(model, known, answer.url) for model in facts)
    return [proposal for proposal in found if proposal]


def _new_names(facts: Collection[ModelFacts]) -> dict[str, set[str]]:
    """Return the slugs of the models that the list calls by each name."""
    called: dict[str, set[str]] = {}
    for model in facts:
        if model.listed:
            called.setdefault(model.listed.name, set()).add(model.slug)
    return called


def _messages(
    facts: Collection[ModelFacts], proposals: Collection[ModelProposal], news: Collection[str]
) -> Iterator[str]:
    unlisted = [model.slug for model in facts if not model.entry and not model.listed]
    if unlisted:
        yield f"OpenRouter’s list does not have: {_shown(unlisted)}."
    if news:
        yield f"Proposed at /catalogue/proposals, to be confirmed: {_shown(news)}."
    elif proposals:
        yield "Nothing new is to be proposed; what was proposed before waits or is decided."
    else:
        yield "Nothing is to be proposed."


def _shown(slugs: Collection[str]) -> str:
    more = f" and {len(slugs) - NAMES_SHOWN} more" if len(slugs) > NAMES_SHOWN else ""
    return f"{', '.join(list(slugs)[:NAMES_SHOWN])}{more}"
