"""The Hugging Face Hub: downloads of the last thirty days, by the developers of the catalogue.

The Hub tells no downloads of the past, and no list of everybody's models can be read: what is
counted are the models of the organisations that the catalogue names, all of them open.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from app.catalogue.index import CatalogueIndex, KnownDeveloper
from app.domain.calendar import format_month
from app.domain.errors import NotFoundError, PublisherError
from app.domain.naming.matching import name_key
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.sources.source_terms import Statistic, Window
from app.ingest.fetchers.fetcher import AnswerRows, Period, Publisher, Reading
from app.ingest.fetchers.hub import HUB, MODELS, organisation_of, read_models
from app.ingest.fetchers.rows import PublisherRow, RowCells, bad_answer
from app.ingest.fetchers.trailing import trailing_month

SOURCE: Final = "huggingface-downloads"
ORGANISATIONS_SHOWN: Final = 12


class HuggingFace:
    """Downloads of the Hub, read for the thirty days before today."""

    name = "huggingface"
    title = "Hugging Face"
    sources: tuple[str, ...] = (SOURCE,)
    window = Window.TRAILING_30_DAYS
    statistic = Statistic.SUM
    never_published: Collection[date] = ()

    def first_month(
        self,
        publisher: Publisher,  # noqa: ARG002 - the Hub tells everybody the same
        today: date,
    ) -> date:
        return trailing_month(today)[0]

    def collect(
        self, publisher: Publisher, period: Period, catalogue: CatalogueIndex
    ) -> list[PublisherAnswer]:
        # The library takes longer to import than the rest of a fetch, and the web process, which
        # offers to fetch, never needs it.
        from app.ingest.fetchers.hub_pages import list_models  # noqa: PLC0415

        month, _ = trailing_month(period.today)
        # What is read on the first days of a month is of the one before, which need not be named.
        if period.first not in {None, month} or period.last not in {month, _month(period.today)}:
            title = "Downloads can only be read for now: the Hub tells none of the past"
            hint = f"Today they stand under {format_month(month)}. Leave out --from and --to."
            raise PublisherError(title, hint)
        organisations = developers_by_organisation(catalogue)
        if not organisations:
            title = "No developer of the catalogue has an organisation on Hugging Face"
            raise NotFoundError(title, "Fill in huggingface_org of those that have one.")
        return [page for name in organisations for page in list_models(publisher, name)]

    def read(self, answers: Iterable[PublisherAnswer], catalogue: CatalogueIndex) -> Reading:
        developers = developers_by_organisation(catalogue)
        seen: set[str] = set()
        read = [_read_page(answer, developers, seen) for answer in answers]
        if not seen:
            title = "The Hub lists no model of any organisation that the catalogue names"
            raise PublisherError(title, "Look at HUGGINGFACE_URL. Nothing was stored.")
        present = {name.partition("/")[0].casefold() for name in seen}
        absent = [name for name in developers if name.casefold() not in present]
        return Reading(read, f"{HUB}{MODELS}", remarks=_absent_text(absent))


def developers_by_organisation(catalogue: CatalogueIndex) -> dict[str, str]:
    """Return the slug of the developer that each organisation of the catalogue counts for.

    Where several name one, it is that whose slug, name or alias the organisation begins with, the
    longest of them, such as Z.ai (zai) and not THUDM for zai-org; else the first by slug.
    """
    sharing: dict[str, list[KnownDeveloper]] = {}
    # The Hub takes names in any case for one organisation.
    for _, developer in sorted(catalogue.developers.items()):
        if developer.huggingface_org:
            sharing.setdefault(developer.huggingface_org.casefold(), []).append(developer)
    chosen = (max(developers, key=_likeness) for developers in sharing.values())
    return {developer.huggingface_org: developer.slug for developer in chosen}


def _likeness(developer: KnownDeveloper) -> int:
    """Return how many letters of its organisation's beginning are a developer's name."""
    organisation = name_key(developer.huggingface_org)
    keys = map(name_key, (developer.slug, developer.name, *developer.aliases))
    return max((len(key) for key in keys if organisation.startswith(key)), default=0)


def _read_page(
    answer: PublisherAnswer, developers: Mapping[str, str], seen: set[str]
) -> AnswerRows:
    """Return the rows of a page; `seen` are the models of the pages before, to which it adds."""
    organisation = organisation_of(answer)
    day = answer.received_at.date()
    # Of an organisation that the catalogue has lost since, the file that was made stays as it is.
    cells = RowCells(SOURCE, developers.get(organisation, ""), openness="open")
    rows = []
    for model in read_models(answer, organisation):
        if model.name in seen:
            raise bad_answer(answer, f"row {model.number} has {model.name} again")
        seen.add(model.name)
        rows.append(PublisherRow(model.number, day, model.name, cells, model.downloads))
    return AnswerRows(answer, day, rows)


def _absent_text(organisations: list[str]) -> tuple[str, ...]:
    if not organisations:
        return ()
    shown = ", ".join(organisations[:ORGANISATIONS_SHOWN])
    rest = len(organisations) - ORGANISATIONS_SHOWN
    more = f" and {rest} more" if rest > 0 else ""
    return (f"Not on the Hub, or without a model there, and counted as nothing: {shown}{more}.",)


def _month(day: date) -> date:
    return day.replace(day=1)
