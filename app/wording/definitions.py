"""Definitions of shares in words: subject, denominator, filters, source and vintage."""

import re
from collections.abc import Sequence

from app.domain.answer import (
    OPEN_REST_GROUP,
    REST_GROUP,
    UNNAMED_GROUP,
    Answer,
    Group,
    SourceDefinition,
)
from app.domain.questions.question import Question
from app.domain.vocabulary import NAMED_GROUPINGS, ORIGIN_LABELS, Openness, Origin
from app.wording.formats import (
    capitalize_first,
    format_day,
    format_instant_name,
    isolate_direction,
    join_names,
    lowercase_first,
)
from app.wording.periods import figure_terms, period_span

GROUPS_NOT_LEADING = {REST_GROUP, UNNAMED_GROUP, Origin.UNKNOWN.value}
"""The keys of groups that name no developer or home: however large, no headline is about them."""


# --- what is counted


def subject_of_group(group: Group, question: Question) -> str:
    """Return `models_of_group` for the beginning of a sentence."""
    # A capital would misspell the name of a developer or model, such as “xAI”.
    named = question.by in NAMED_GROUPINGS
    return (
        models_of_group(group, question)
        if named
        else capitalize_first(models_of_group(group, question))
    )


def subject_left_out(group: Group, question: Question) -> str:
    """Return the models of a group that a question leaves out, for the beginning of a sentence."""
    filters = _exception(group, question)
    names = _LEFT_OUT_OTHERS if filters else _LEFT_OUT
    return names.get(group.key, group.label) + filters


def left_out_definition(group: Group, question: Question) -> str:
    """Return what is counted in a group that a question leaves out, in a sentence."""
    openness = Openness.OPEN if group.key == OPEN_REST_GROUP else group.key
    beside = ", and what is not broken down" if openness == Openness.UNKNOWN else ""
    counted = _COUNTED.get(openness, group.label)
    return f"Counted: {counted}{beside}{_exception(group, question)}."


def _exception(group: Group, question: Question) -> str:
    """Return which models of the group are not in it, since the question counts them."""
    # What a question counts of closed models is missing among the closed ones that it leaves out;
    # one about open models leaves out all the closed.
    openness = Openness.OPEN if group.key == OPEN_REST_GROUP else group.key
    kept = _kept(question)
    if not kept or question.openness not in ("all", openness):
        return ""
    return f" (all but {'; '.join(kept.values())})"


_LEFT_OUT = {
    OPEN_REST_GROUP: "Other open models",
    Openness.CLOSED: "Closed models",
    Openness.UNKNOWN: "Models of unknown openness and what is not broken down",
}
_LEFT_OUT_OTHERS = _LEFT_OUT | {
    Openness.CLOSED: "Other closed models",
    Openness.UNKNOWN: "Other models of unknown openness and what is not broken down",
}


def models_of_group(group: Group, question: Question) -> str:
    """Return the models of a group as a noun, such as `open models (only Chinese)`."""
    return _group_models(group, question) + _scope(question)


def _group_models(group: Group, question: Question) -> str:
    models = _models(question.openness)
    match question.by:
        case "openness":
            return _models(group.key)
        case "company" | "developer" if group.key not in GROUPS_NOT_LEADING:
            return f"{isolate_direction(group.label)}’s {models}"
        case "origin" if group.key in (Origin.CHINESE, Origin.US, Origin.EUROPEAN):
            return f"{ORIGIN_LABELS[Origin(group.key)]} {models}"
        case "origin" if group.key == Origin.OTHER:
            return f"{models} from elsewhere"
        case "origin" if group.key == Origin.UNKNOWN:
            return f"{models} of unknown origin"
    # Models and the groups of what is left have labels that are nouns already.
    return isolate_direction(group.label)


def _models(openness: str) -> str:
    match openness:
        case Openness.OPEN | Openness.CLOSED:
            return f"{openness} models"
        case Openness.UNKNOWN:
            return "models of unknown openness"
    return "models"


def band_text(groups: Sequence[Group], question: Question) -> str:
    """Return what the shaded band of a chart means; `groups` are those that have one, each once."""
    who = models_of_group(groups[0], question) if len(groups) == 1 else "the leading groups"
    if question.of == "open":
        return (
            f"Shaded: the least and the most that {who} might come to, as of some models origin or"
            " openness is not known."
        )
    return (
        f"Shaded: what {who} would come to at most if all that might belong did: models whose"
        " origin or openness is not known, and what is not broken down."
    )


def denominator_text(source: SourceDefinition, question: Question) -> str:
    """Return what 100 percent is, such as `all tokens counted by OpenRouter`."""
    # Who reports on another's traffic has not counted it.
    verb = "reported" if source.reports_on else "counted"
    return f"{whole_text(source, question)} {verb} by {source.publisher}"


def whole_text(source: SourceDefinition, question: Question) -> str:
    """Return what 100 percent is without who counted it, such as `tokens of open models`."""
    return f"all {source.metric}" if question.of == "all" else f"{source.metric} of open models"


_COUNTED = {
    "open": "open models, those whose weights can be downloaded",
    "closed": "closed models, those whose weights cannot be downloaded",
    "unknown": "models of which it is not known whether they are open",
    "all": "all models, open or closed",
}
_GROUPED = {
    "origin": "by the home of each model’s developer",
    "openness": "by whether their weights can be downloaded",
    "company": "by the company of each model’s developer",
    "developer": "by developer",
    "model": "by model",
}


def definition_text(answer: Answer, question: Question, *, dated: bool = True) -> str:
    """Return one sentence: what is counted, by whom, of what whole, in which months and vintage.

    Without `dated` it leaves out the vintage and, of a single source, the months: a headline
    beside it tells them.
    """
    counted = f"Share of {_COUNTED[question.openness]}"
    grouped = _grouped(question) + _filters(question)
    if len(answer.sources) == 1:
        (source,) = answer.sources
        population = lowercase_first(source.population)
        where = f"in {denominator_text(source, question)} ({source.name}: {population})"
        when = f"; {_when(answer, source)}, {vintage_text(answer)}" if dated else ""
        return f"{counted}, {where}, {grouped}{when}."
    # Sources are never joined, so each is named with a whole of its own.
    wholes = [
        f"{source.name} ({whole_text(source, question)}; {_when(answer, source)})"
        for source in answer.sources
    ]
    when = f"; {vintage_text(answer)}" if dated else ""
    return f"{counted}, {grouped}, each source of its own whole: {join_names(wholes)}{when}."


def _grouped(question: Question) -> str:
    if question.home == "base" and question.by == "origin":
        return "by the home of each model’s base where that is known, else of its developer"
    return _GROUPED[question.by] + (
        ", counted where each model’s base comes from" if question.home == "base" else ""
    )


def question_definition(question: Question) -> str:
    """Return what is counted and how it is grouped, without source, months or vintage."""
    return f"Counted: {_COUNTED[question.openness]}, {_grouped(question)}{_filters(question)}."


def _when(answer: Answer, source: SourceDefinition) -> str:
    months = sorted({row.month for row in answer.shares_of(source.slug) if not row.missing})
    if not months:
        return "no figure for this question"
    terms = figure_terms(source)
    return period_span(source, months) + (f", each figure of {terms}" if terms else "")


def _filters(question: Question) -> str:
    kept = list(_kept(question).values())
    return f", only {'; '.join(kept)}" if kept else ""


def _scope(question: Question) -> str:
    """Return the filters that a group's own name does not tell: all but that on the grouping."""
    kept = [names for by, names in _kept(question).items() if by != question.by]
    return f" (only {'; '.join(kept)})" if kept else ""


def _kept(question: Question) -> dict[str, str]:
    filters = {
        "origin": [ORIGIN_LABELS[Origin(key)] for key in question.origin],
        "company": question.company,
        "developer": question.developer,
        "model": question.model,
    }
    return {by: join_names(names) for by, names in filters.items() if names}


def vintage_text(answer: Answer) -> str:
    """Return the vintage, such as `as known on 23 November 2026, 10:00 UTC`."""
    if answer.vintage is None:
        return "nothing published yet"
    return f"as known on {format_instant_name(answer.vintage)}"


def population_text(source: SourceDefinition) -> str:
    """Return among whom a source counts, in a few words: what stands before the first `;`."""
    return lowercase_first(source.population.partition(";")[0].strip())


def source_citation(source: SourceDefinition) -> str:
    """Return the line the source asks for, `{as_of}` filled with the publisher's own date.

    Where that is not known it is the day on which the figures were read there; where neither is
    known the line has no date. It is empty where the source asks for none.
    """
    # `str.format` would fail on other braces, which the line may hold: people type it.
    day = source.provenance.as_of
    if day:
        return source.citation.replace(_AS_OF, format_day(day))
    return _UNDATED.sub("", source.citation)


_AS_OF = "{as_of}"
# The date goes with the words that introduce it: “, as of {as_of}”, “ (as of {as_of})”.
_UNDATED = re.compile(
    r"[,;]?\s*\(?\s*(?:\b(?:as of|as at|as on|of|from|on|accessed|retrieved)\s*)?\{as_of\}\)?",
    re.IGNORECASE,
)


def filters_of_question(question: Question) -> str:
    """Return all that a question counts as a noun, such as `open models (only Chinese)`."""
    kept = "; ".join(_kept(question).values())
    return _models(question.openness) + (f" (only {kept})" if kept else "")
