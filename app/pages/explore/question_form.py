"""The explorer's form: what each control may say, what it says, and what is of no use now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy.orm import Session

from app.catalogue.history import read_sources
from app.database.vintages import vintage_at
from app.domain.calendar import format_instant, format_month
from app.domain.parameters import TOP_MAX
from app.domain.question import Question
from app.domain.question_parser import KnownSlugs
from app.domain.vocabulary import ORIGIN_LABELS, VIEW_LABELS, Openness, Origin
from app.queries.availability import months_with_figures, silent_sources, why_no_open_whole
from app.queries.shares import known_slugs
from app.queries.spans import main_source, main_source_first
from app.wording.formats import format_month_short

OPTION_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "view": VIEW_LABELS,
    "by": {
        "origin": "Home of the developer",
        "openness": "Open or closed",
        "developer": "Developer",
        "model": "Model",
    },
    "openness": {
        "open": "Open models",
        "closed": "Closed models",
        "unknown": "Models of unknown openness",
        "all": "All models",
    },
    "of": {"all": "All usage", "open": "Open models"},
    "home": {"developer": "The developer’s", "base": "The base’s, where known"},
    "events": {"headline": "The headlines", "all": "All", "none": "None"},
}


@dataclass(frozen=True, slots=True)
class FormOption:
    """`why`: why it is of no use for the question, where it is not."""

    value: str
    label: str
    chosen: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """The controls for one question. `typed` holds the text of fields that could not be read."""

    question: Question
    names: KnownSlugs
    sources: Sequence[FormOption]
    months: Sequence[date]
    undivided: str
    typed: Mapping[str, str] = field(default_factory=dict)

    def choices(self, name: str) -> list[FormOption]:
        """The values of a parameter that takes one of a few."""
        return _choices(OPTION_LABELS[name], [getattr(self.question, name)])

    @property
    def origins(self) -> list[FormOption]:
        return _choices(
            {origin.value: ORIGIN_LABELS[origin] for origin in Origin}, self.question.origin
        )

    def ends(self, chosen: date | None) -> list[FormOption]:
        """The months a range may begin or end with; one that is asked for is always among them."""
        months = sorted({*self.months, chosen} - {None}, key=lambda month: month or date.min)
        labels = {format_month(month): format_month_short(month) for month in months if month}
        return _choices(labels, [format_month(chosen)] if chosen else [])

    def text(self, name: str) -> str:
        """What a text field shows: what was typed where that could not be read."""
        if name in self.typed:
            return self.typed[name]
        value = getattr(self.question, name)
        return ",".join(value) if isinstance(value, tuple) else str(value)

    @property
    def as_of(self) -> str:
        """A date where the question gave one, else the instant."""
        instant = self.question.as_of
        if "as_of" in self.typed or instant is None:
            return self.typed.get("as_of", "")
        return f"{instant:%Y-%m-%d}" if instant.time() == time.max else format_instant(instant)

    @property
    def today(self) -> date:
        return datetime.now(UTC).date()

    @property
    def no_open_whole(self) -> str:
        """Why “100 % is open models” cannot be chosen; empty where it can."""
        if self.question.openness != Openness.OPEN:
            return "Only open models can be a share of open models."
        return self.undivided

    @property
    def opened(self) -> bool:
        """Whether one of the less common controls is in use."""
        names = "home events origin developer model from_ to as_of top".split()
        changed = (getattr(self.question, name) != getattr(Question(), name) for name in names)
        return any(changed) or bool(self.typed)

    @property
    def top_max(self) -> int:
        return TOP_MAX


def question_form(
    session: Session,
    question: Question,
    typed: Mapping[str, str] | None = None,
) -> QuestionForm:
    return QuestionForm(
        question=question,
        names=known_slugs(session),
        sources=_sources(session, question),
        months=months_with_figures(vintage_at(session, question.as_of))
        or months_with_figures(vintage_at(session)),
        undivided=why_no_open_whole(session, question),
        typed=typed or {},
    )


def _sources(session: Session, question: Question) -> list[FormOption]:
    """Those that ever had figures, the main one first. It is ticked where the question names none.

    Which they are does not depend on the question: the page's script counts on that.
    """
    main = main_source(vintage_at(session, question.as_of))
    ticked = question.source or [main]
    why = silent_sources(session, question)
    vintage = vintage_at(session)
    sources = [source for source in read_sources(vintage) if source.learned]
    return [
        FormOption(
            source.slug,
            f"{source.name} ({source.metric})",
            source.slug in ticked,
            why.get(source.slug, ""),
        )
        for source in main_source_first(vintage, sources)
    ]


def _choices(labels: Mapping[str, str], chosen: Collection[str]) -> list[FormOption]:
    return [FormOption(value, label, value in chosen) for value, label in labels.items()]
