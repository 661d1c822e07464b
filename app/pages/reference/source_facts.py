"""Sentences that compare sources: what each counts and covers, and why they differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.database.vintages import Vintage
from app.domain.answer import SourceDefinition
from app.domain.calendar import months_between, today_utc
from app.domain.questions.question import Question
from app.domain.sources.cadence import months_between_figures
from app.domain.sources.source_terms import CADENCE_LABELS, STATISTIC_LABELS, WINDOW_LABELS, Cadence
from app.queries.coverage import CoveredMonth
from app.queries.schedule import read_next_figures
from app.wording.definitions import denominator_text
from app.wording.formats import (
    capitalize_first,
    format_month_span,
    join_source_names,
    lowercase_first,
)
from app.wording.schedule import schedule_text

# Metric to what it means for a share. A metric that is not here has no such sentence.
METRICS: Final[Mapping[str, str]] = {
    "tokens": "Tokens are counted whenever a model reads or writes, so heavy use counts more.",
    "downloads": "A download on Hugging Face is a request for a query file of a model, such as its"
    " config.json: it is counted anew whenever a program loads the model, it is no copy in use, and"
    " models that run on their developers’ servers only have none.",
    "requests": "A request is counted once, however long the answer.",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the table of definitions: its label, and a text for each source in order."""

    label: str
    texts: tuple[str, ...]


def source_facts(
    sources: Sequence[SourceDefinition],
    covered: Sequence[CoveredMonth],
    coming: Sequence[str],
) -> list[Fact]:
    """Return the lines of the table that sets the definitions of sources side by side.

    `coming` tells the next figures of each source, in their order; all are empty at a past vintage.
    """
    months = months_by_source(covered)
    names = {source.slug: source.name for source in sources}
    lines = [
        source_definition(source, months.get(source.slug, []), names)
        | ({"Next figures": text} if any(coming) else {})
        for source, text in zip(sources, coming, strict=True)
    ]
    return [
        Fact(label, tuple(line[label] for line in lines)) for label in (lines[0] if lines else ())
    ]


def months_by_source(covered: Sequence[CoveredMonth]) -> dict[str, list[CoveredMonth]]:
    """Return the covered months by the slug of their source, in the order in which they come."""
    months: dict[str, list[CoveredMonth]] = {}
    for item in covered:
        months.setdefault(item.source, []).append(item)
    return months


def source_definition(
    source: SourceDefinition, covered: Sequence[CoveredMonth], names: Mapping[str, str]
) -> dict[str, str]:
    """Return the definition of a source as label to text, in the order in which it is read.

    `names` are those of all sources by slug.
    """
    # Every source has every label: `source_facts` takes the lines of the table from the first.
    months = [item.month for item in covered]
    return {
        "Counts": capitalize_first(source.metric),
        "Of what": source.population,
        "100 % is": capitalize_first(denominator_text(source, Question())),
        "A figure is of": f"{WINDOW_LABELS[source.window]}: {STATISTIC_LABELS[source.statistic]}",
        "Reports on": names.get(source.reports_on, source.reports_on)
        or "Nobody else: its own count",
        "Months covered": format_month_span(months) if months else "None",
        "Cadence": source_cadence(months, source.cadence),
        "Published": _publishing(source),
        "How it is counted": source.method or "Not stated",
        "Published by": source.publisher,
        "Licence": source.licence or "Not stated",
    }


def next_figures_text(vintage: Vintage, source: SourceDefinition) -> str:
    """Return when the next figures come or since when they are late; nothing at a past vintage."""
    if vintage.as_of:
        return ""
    return schedule_text(source, read_next_figures(vintage, source), today_utc())


def _publishing(source: SourceDefinition) -> str:
    if source.cadence is None:
        return "Not stated"
    days = source.publishes_after_days
    after = f", {days} days after a month has ended" if days is not None else ""
    return CADENCE_LABELS[source.cadence] + after


def source_cadence(months: Sequence[date], cadence: Cadence | None = None) -> str:
    """Return how often a source has figures, as `Monthly, 21 months without a gap`.

    It is told from the months that have figures, in order, and not from what a publisher promises:
    the cadence only says of a quarterly or yearly source that it has no months in between.
    """
    if not months:
        return "No figures"
    if len(months) == 1:
        return "A single month"
    spaced = months_between_figures(cadence) or 1
    gaps = len(list(months_between(months[0], months[-1]))[::spaced]) - len(months)
    if cadence and spaced > 1:
        missing = f"; {gaps} missing" if gaps > 0 else ", none missing"
        return f"{CADENCE_LABELS[cadence]}, {len(months)} figures{missing}"
    if not gaps:
        return f"Monthly, {len(months)} months without a gap"
    # More gaps than figures are no monthly series with holes, but reports of single months.
    if gaps > len(months):
        return f"{len(months)} single months, not a series"
    missing = "one is" if gaps == 1 else f"{gaps} are"
    return f"Monthly, {len(months)} months; {missing} missing"


def source_differences(sources: Sequence[SourceDefinition]) -> list[str]:
    """Return paragraphs on why no figure of one source is a figure of another."""
    if len(sources) < 2:
        return []
    metrics = list(dict.fromkeys(source.metric for source in sources))
    groups = {
        metric: [source for source in sources if source.metric == metric] for metric in metrics
    }
    sentences = [_units(groups)] + [_populations(metric, group) for metric, group in groups.items()]
    sentences.append(
        "So a share of one source is no estimate of a share of another. They stand side by side and"
        " are never averaged, and never joined into one line."
    )
    return [paragraph for paragraph in sentences if paragraph]


def _units(groups: Mapping[str, Sequence[SourceDefinition]]) -> str:
    counting = [f"{_names(group)} {_verb(group)} {metric}" for metric, group in groups.items()]
    meant = [METRICS[metric] for metric in groups if metric in METRICS]
    return " ".join([f"{'; '.join(counting)}.", *meant])


def _populations(metric: str, group: Sequence[SourceDefinition]) -> str:
    if len(group) < 2:
        return ""
    if len({source.population for source in group}) == 1:
        return (
            f"{_names(group)} count {metric} of the same: {lowercase_first(group[0].population)}."
        )
    each = [f"{source.name}: {lowercase_first(source.population)}" for source in group]
    return f"Those that count {metric} do not count those of the same. {'. '.join(each)}."


def _names(group: Sequence[SourceDefinition]) -> str:
    return join_source_names(source.name for source in group)


def _verb(group: Sequence[SourceDefinition]) -> str:
    return "counts" if len(group) == 1 else "count"
