"""Sources side by side: what each counts and covers, and why they differ, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.answer import SourceDefinition
from app.domain.calendar import months_between
from app.domain.question import Question
from app.queries.coverage import CoveredMonth
from app.wording.definitions import denominator_text
from app.wording.formats import capitalize_first, format_month_span, join_names, lowercase_first

# What it means for a share that the metric is this one.
METRICS: Final[Mapping[str, str]] = {
    "tokens": "Tokens are counted whenever a model reads or writes, so heavy use counts more.",
    "downloads": "A download is counted once, however much the model is used afterwards, and models"
    " that run on their developers’ servers only have none.",
    "requests": "A request is counted once, however long the answer.",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the definitions, a text for each source."""

    label: str
    texts: tuple[str, ...]


def source_facts(
    sources: Sequence[SourceDefinition], covered: Sequence[CoveredMonth]
) -> list[Fact]:
    months = months_by_source(covered)
    lines = [source_definition(source, months.get(source.slug, [])) for source in sources]
    return [
        Fact(label, tuple(line[label] for line in lines)) for label in (lines[0] if lines else ())
    ]


def months_by_source(covered: Sequence[CoveredMonth]) -> dict[str, list[CoveredMonth]]:
    months: dict[str, list[CoveredMonth]] = {}
    for item in covered:
        months.setdefault(item.source, []).append(item)
    return months


def source_definition(source: SourceDefinition, covered: Sequence[CoveredMonth]) -> dict[str, str]:
    """Label to text, in the order in which they are read."""
    months = [item.month for item in covered]
    return {
        "Counts": capitalize_first(source.metric),
        "Of what": source.population,
        "100 % is": capitalize_first(denominator_text(source, Question())),
        "Months covered": format_month_span(months) if months else "None",
        "Cadence": source_cadence(months),
        "How it is counted": source.method or "Not stated",
        "Published by": source.publisher,
        "Licence": source.licence or "Not stated",
    }


def source_cadence(months: Sequence[date]) -> str:
    """`Monthly, 21 months`: told from the months that have figures, not from a promise."""
    if not months:
        return "No figures"
    if len(months) == 1:
        return "A single month"
    gaps = len(list(months_between(months[0], months[-1]))) - len(months)
    if not gaps:
        return f"Monthly, {len(months)} months without a gap"
    if gaps > len(months):
        return f"{len(months)} single months, not a series"
    missing = "one is" if gaps == 1 else f"{gaps} are"
    return f"Monthly, {len(months)} months; {missing} missing"


def source_differences(sources: Sequence[SourceDefinition]) -> list[str]:
    """Why no figure of one is a figure of another."""
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
    return join_names(source.name for source in group)


def _verb(group: Sequence[SourceDefinition]) -> str:
    return "counts" if len(group) == 1 else "count"
