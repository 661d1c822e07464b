"""`/trends`: any question as a chart with its table, and the form that asks it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from app import queries, vintages, wording
from app.answer import Answer, Event
from app.errors import NoFigures
from app.http import Asked, Reading
from app.pages.citations import citation
from app.pages.revised import revised
from app.pages.shell import render
from app.pages.showing import drawing, tables
from app.question import TOP_MAX, Names, Question, instant_text, parse_question
from app.words import LABELS, Origin

router = APIRouter()


@router.get("/trends")
def trends(request: Request, question: Asked, session: Reading) -> HTMLResponse:
    try:
        answer = queries.answer(session, question)
    except NoFigures as nothing:
        form = _form(session, question, question.source)
        context = {"question": question, "form": form, "answer": None, "refused": nothing}
        return render(request, "trends.html", context | {"ways": list(_ways_out(question))}, 404)
    form = _form(session, question, [source.slug for source in answer.sources])
    context = {"question": question, "form": form} | _shown(session, question, answer)
    context["citation"] = citation(request, answer, question)
    context["revised"] = revised(session, question, answer)
    return render(request, "trends.html", context)


@router.get("/trends/ask")
def ask(request: Request, session: Reading) -> RedirectResponse:
    """The form's address: checkboxes of one name become a comma list, empty fields go."""
    values: dict[str, list[str]] = {}
    for name, text in request.query_params.multi_items():
        if text:
            values.setdefault(name, []).append(text)
    pairs = [(name, ",".join(texts)) for name, texts in values.items()]
    return RedirectResponse(_address(parse_question(pairs, queries.names(session))), 303)


def _address(question: Question) -> str:
    return question.address("/trends")


def _shown(session: Session, question: Question, answer: Answer) -> dict[str, object]:
    reported, events = beside(session, question) if question.view == "lines" else (None, [])
    charted = question.view != "table"
    return {
        "answer": answer,
        "headline": wording.headline(answer, question),
        "small_print": wording.small_print(answer),
        "definition": wording.definition(answer, question),
        "citations": [wording.citation(source, answer.vintage) for source in answer.sources],
        "reported": reported,
        "chart": drawing(answer, question, question.view, reported, events) if charted else None,
        "tables": tables(answer),
    }


def beside(session: Session, question: Question) -> tuple[Answer | None, list[Event]]:
    """What else stands on a chart of lines: reported figures, and all events."""
    return queries.reported(session, question), vintages.events(session, question.as_of)


def _ways_out(question: Question) -> Iterator[tuple[str, str]]:
    """Wider questions, each with its address, for one that nothing answers."""
    if question.openness != "all":
        yield "Count all models, open or not", _address(question.having(openness="all", of="all"))
    if question.from_ or question.to:
        yield "All months", _address(question.having(from_=None, to=None))
    if question.origin or question.developer or question.model:
        wider = question.having(origin=(), developer=(), model=())
        yield "Without the filters", _address(wider)
    if question.as_of:
        yield "The figures as they stand now", _address(question.having(as_of=None))


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The controls: what each may say, and what this question says."""

    question: Question
    names: Names
    sources: Sequence[Choice]

    def choices(self, name: str) -> list[Choice]:
        """The values of a parameter that takes one of a few."""
        return _choices(WORDS[name], [getattr(self.question, name)])

    @property
    def origins(self) -> list[Choice]:
        return _choices({origin.value: LABELS[origin] for origin in Origin}, self.question.origin)

    @property
    def as_of(self) -> str:
        """A date where the question gave one, else the instant."""
        instant = self.question.as_of
        if instant is None:
            return ""
        return f"{instant:%Y-%m-%d}" if instant.time() == time.max else instant_text(instant)

    @property
    def narrowed(self) -> bool:
        """Whether one of the less common controls is in use."""
        names = ("of", "origin", "developer", "model", "as_of", "top")
        return any(getattr(self.question, name) != getattr(Question(), name) for name in names)

    @property
    def top_max(self) -> int:
        return TOP_MAX


def _form(session: Session, question: Question, sources: Collection[str]) -> Form:
    labels = {item.slug: f"{item.name} ({item.metric})" for item in vintages.sources(session)}
    return Form(question, queries.names(session), _choices(labels, sources))


def _choices(labels: Mapping[str, str], chosen: Collection[str]) -> list[Choice]:
    return [Choice(value, label, value in chosen) for value, label in labels.items()]


WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "view": {"lines": "Lines", "stack": "Stack", "table": "Table"},
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
    "of": {"all": "All usage counted", "open": "Usage of open models"},
}
