"""The explorer's form: the options of each control, the chosen ones, and those of no use."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy.orm import Session

from app.catalogue.history import read_sources
from app.database.vintages import vintage_at
from app.domain.calendar import format_instant, format_month
from app.domain.questions.parameters import TOP_MAX
from app.domain.questions.question import Question
from app.domain.questions.question_parser import KnownSlugs
from app.domain.vocabulary import ORIGIN_LABELS, VIEW_LABELS, Openness, Origin
from app.queries.answers.availability import months_with_figures, silent_sources, why_no_open_whole
from app.queries.answers.shares import read_known_slugs
from app.queries.spans import main_source, main_source_first
from app.wording.formats import format_month_short

# Parameter to value to label. A value that a question takes and this leaves out cannot be chosen.
OPTION_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "view": VIEW_LABELS,
    "by": {
        "origin": "Home of the developer",
        "openness": "Open or closed",
        "company": "Company",
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
    "bounds": {"on": "Shaded", "off": "Not shown"},
}


@dataclass(frozen=True, slots=True)
class FormOption:
    """One option of a control; `why` says why it is of no use for the question, "" where it is."""

    value: str
    label: str
    chosen: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """The controls for one question.

    `sources` and `months` are what can be chosen, `undivided` says why no share of open models can
    be told. `typed` holds the text of fields that could not be read, by name.
    """

    question: Question
    names: KnownSlugs
    sources: Sequence[FormOption]
    months: Sequence[date]
    undivided: str
    typed: Mapping[str, str] = field(default_factory=dict)

    def choices(self, name: str) -> list[FormOption]:
        """Return the options of a parameter that takes one of a few values."""
        return _choices(OPTION_LABELS[name], [getattr(self.question, name)])

    @property
    def origins(self) -> list[FormOption]:
        return _choices(
            {origin.value: ORIGIN_LABELS[origin] for origin in Origin}, self.question.origin
        )

    def ends(self, chosen: date | None) -> list[FormOption]:
        """Return the months a range may begin or end with, the chosen one always among them."""
        # A select without its value would show another month than the answer is about.
        months = sorted({*self.months, chosen} - {None}, key=lambda month: month or date.min)
        labels = {format_month(month): format_month_short(month) for month in months if month}
        return _choices(labels, [format_month(chosen)] if chosen else [])

    def text(self, name: str) -> str:
        """Return what a text field shows: the question's value, or what could not be read."""
        if name in self.typed:
            return self.typed[name]
        value = getattr(self.question, name)
        return ",".join(value) if isinstance(value, tuple) else str(value)

    @property
    def as_of(self) -> str:
        """The vintage as it was given: a date, or an instant; empty for current figures."""
        # A date means the end of its day, which is how it is told from an instant.
        instant = self.question.as_of
        if "as_of" in self.typed or instant is None:
            return self.typed.get("as_of", "")
        return instant.date().isoformat() if instant.time() == time.max else format_instant(instant)

    @property
    def today(self) -> date:
        """The day in UTC, as the latest that a vintage can be of."""
        return datetime.now(UTC).date()

    @property
    def no_open_whole(self) -> str:
        """Why “100 % is open models” cannot be chosen, "" where it can."""
        if self.question.openness != Openness.OPEN:
            return "Only open models can be a share of open models."
        return self.undivided

    @property
    def opened(self) -> bool:
        """Whether a less common control is in use: the part of the form with them is open then."""
        names = "home events bounds origin company developer model from_ to as_of top".split()
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
    """Return the form that asks this question.

    `typed` holds the text of fields that could not be read, by name.
    """
    # A vintage before the first upload has no months; the form then offers those known today.
    return QuestionForm(
        question=question,
        # A template looks at them when the session may have ended.
        names=read_known_slugs(session),
        sources=_sources(session, question),
        months=months_with_figures(vintage_at(session, question.as_of))
        or months_with_figures(vintage_at(session)),
        undivided=why_no_open_whole(session, question),
        typed=typed or {},
    )


def _sources(session: Session, question: Question) -> list[FormOption]:
    """The sources that ever had figures; the main one is ticked where the question names none."""
    # The list and its order are the same for every question: form-sync.js matches the controls of
    # two pages by their places, and focus would pass to another source if one before it went.
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
