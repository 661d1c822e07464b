"""Numbers, months, instants and sentences as readers see them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from unicodedata import bidirectional

from app.domain.answer import REST_GROUP, UNNAMED_GROUP, Answer, Group, Share, SourceDefinition
from app.domain.question import Question
from app.domain.rounding import round_half_up
from app.domain.series import GroupSeries, covered_months, group_series, known_share
from app.domain.vocabulary import ORIGIN_LABELS, Openness, Origin, Status

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
ISOLATE = "\N{FIRST STRONG ISOLATE}"
RELEASE = "\N{POP DIRECTIONAL ISOLATE}"

_UNLED = {REST_GROUP, UNNAMED_GROUP, Origin.UNKNOWN.value}


# --- numbers, months, instants


def percent(share: Decimal | None, places: int = 1) -> str:
    """`28.7 %`; `<0.1 %` for what is there but would round to nothing; a dash for None."""
    if share is None:
        return DASH
    rounded = round_half_up(share, places)
    if share and not rounded:
        return f"<{Decimal(1).scaleb(-places)}{NBSP}%"
    return f"{rounded}{NBSP}%"


def as_reported(share: Decimal) -> str:
    """`30 %`, `1.2 %`: no digit that the publisher did not print."""
    return f"{share.normalize():f}{NBSP}%"


def points(change: Decimal) -> str:
    """A difference of two shares, `+3.1 pp`: percentage points, never percent of percent."""
    rounded = round_half_up(change, 1)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded)}{NBSP}pp"


def month_name(month: date) -> str:
    """`August 2025`."""
    return f"{month:%B}{NBSP}{month.year}"


def month_short(month: date) -> str:
    """`Aug 2025`."""
    return f"{month:%b}{NBSP}{month.year}"


def span(months: Sequence[date]) -> str:
    """`January 2025 to September 2026`, or the one month."""
    first, last = months[0], months[-1]
    return month_name(first) if first == last else f"{month_name(first)} to {month_name(last)}"


def day_name(instant: date) -> str:
    """`23 November 2026`; an instant's day in UTC."""
    day = instant.astimezone(UTC).date() if isinstance(instant, datetime) else instant
    return f"{day.day}{NBSP}{day:%B}{NBSP}{day.year}"


def instant_name(instant: datetime) -> str:
    """`23 November 2026, 10:00 UTC`."""
    return f"{day_name(instant)}, {instant.astimezone(UTC):%H:%M}{NBSP}UTC"


def isolated(name: str) -> str:
    """A name written from right to left, kept from turning the words and numbers around it."""
    turned = any(bidirectional(char) in {"R", "AL", "RLE", "RLO", "RLI"} for char in name)
    return f"{ISOLATE}{name}{RELEASE}" if turned else name


def listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def uncapital(sentence: str) -> str:
    """Without the capital of a sentence's first word; “EU” and “OpenRouter” keep theirs."""
    word = sentence.partition(" ")[0]
    return sentence[:1].lower() + sentence[1:] if word[1:] == word[1:].lower() else sentence


# --- what is counted


def subject(group: Group, question: Question) -> str:
    """`models_of` at the start of a sentence; a name keeps its own spelling."""
    named = question.by in ("developer", "model")
    return models_of(group, question) if named else capital(models_of(group, question))


def models_of(group: Group, question: Question) -> str:
    """The models of a group as a noun: `Chinese open models`, `Open models (only Chinese)`."""
    return _group_models(group, question) + _scope(question)


def _group_models(group: Group, question: Question) -> str:
    models = _models(question.openness)
    match question.by:
        case "openness":
            return _models(group.key)
        case "developer" if group.key not in _UNLED:
            return f"{isolated(group.label)}’s {models}"
        case "origin" if group.key in (Origin.CHINESE, Origin.US, Origin.EUROPEAN):
            return f"{ORIGIN_LABELS[Origin(group.key)]} {models}"
        case "origin" if group.key == Origin.OTHER:
            return f"{models} from elsewhere"
        case "origin" if group.key == Origin.UNKNOWN:
            return f"{models} of unknown origin"
    return isolated(group.label)


def _models(openness: str) -> str:
    match openness:
        case Openness.OPEN | Openness.CLOSED:
            return f"{openness} models"
        case Openness.UNKNOWN:
            return "models of unknown openness"
    return "models"


def denominator(source: SourceDefinition, question: Question) -> str:
    """What 100 percent is: `all tokens counted by OpenRouter`."""
    return f"{whole(source, question)} counted by {source.publisher}"


def whole(source: SourceDefinition, question: Question) -> str:
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
    "developer": "by developer",
    "model": "by model",
}


def definition(answer: Answer, question: Question, *, dated: bool = True) -> str:
    """One sentence: what is counted, by whom, of what whole, in which months, at which vintage.

    Not `dated` beside a headline, which tells of one source months and vintage itself.
    """
    counted = f"Share of {_COUNTED[question.openness]}"
    grouped = _grouped(question) + _filters(question)
    if len(answer.sources) == 1:
        (source,) = answer.sources
        population = uncapital(source.population)
        where = f"in {denominator(source, question)} ({source.name}: {population})"
        when = f"; {_when(answer, source)}, {as_known(answer)}" if dated else ""
        return f"{counted}, {where}, {grouped}{when}."
    wholes = [
        f"{source.name} ({whole(source, question)}; {_when(answer, source)})"
        for source in answer.sources
    ]
    when = f"; {as_known(answer)}" if dated else ""
    return f"{counted}, {grouped}, each source of its own whole: {listed(wholes)}{when}."


def _grouped(question: Question) -> str:
    if question.home == "base" and question.by == "origin":
        return "by the home of each model’s base where that is known, else of its developer"
    return _GROUPED[question.by] + (
        ", counted where each model’s base comes from" if question.home == "base" else ""
    )


def definition_of(question: Question) -> str:
    """What is counted and by what, without source, months or vintage."""
    return f"Counted: {_COUNTED[question.openness]}, {_grouped(question)}{_filters(question)}."


def _when(answer: Answer, source: SourceDefinition) -> str:
    months = sorted({row.month for row in answer.shares_of(source.slug) if not row.missing})
    return span(months) if months else "no figure for this question"


def _filters(question: Question) -> str:
    kept = list(_kept(question).values())
    return f", only {'; '.join(kept)}" if kept else ""


def _scope(question: Question) -> str:
    """What a group's own name does not say: the filters on anything but the grouping."""
    kept = [names for by, names in _kept(question).items() if by != question.by]
    return f" (only {'; '.join(kept)})" if kept else ""


def _kept(question: Question) -> dict[str, str]:
    filters = {
        "origin": [ORIGIN_LABELS[Origin(key)] for key in question.origin],
        "developer": question.developer,
        "model": question.model,
    }
    return {by: listed(names) for by, names in filters.items() if names}


def as_known(answer: Answer) -> str:
    if answer.vintage is None:
        return "nothing published yet"
    return f"as known on {instant_name(answer.vintage)}"


def citation(source: SourceDefinition) -> str:
    """The line the source asks for, `{as_of}` filled with the day its figures were learned."""
    day = day_name(source.learned) if source.learned else "an unknown day"
    # Not str.format: the line comes from a file and may hold any braces.
    return source.citation.replace("{as_of}", day)


def leading(answer: Answer, source: str) -> GroupSeries | None:
    """The course with the largest share in the latest month that names anyone."""
    told = list(group_series(answer.shares_of(source), answer.groups))
    named = [item for item in told if item.group.key not in _UNLED] or told
    latest = max((item.last.month for item in named), default=None)
    at_end = (item for item in named if item.last.month == latest)
    return max(at_end, key=lambda item: known_share(item.last), default=None)


PEAK: Final = Decimal("1.25")
"""How many times the larger end of its course a peak must be to be told with it."""


def headline(answer: Answer, question: Question) -> str:
    """The finding, computed: who, how much of what, from which month to which."""
    for source in answer.sources:
        course = leading(answer, source.slug)
        if course is not None:
            return _finding(course, source, question)
    return "No figures for this question"


def _finding(course: GroupSeries, source: SourceDefinition, question: Question) -> str:
    who = subject(course.group, question)
    whole = denominator(source, question)
    # What reads alike may have lost half: 0.11 and 0.07 are both 0.1.
    places = 2 if abs(course.change) > known_share(course.first) / 10 else 1
    if percent(course.first.share_pct) != percent(course.last.share_pct):
        places = 1
    first, last = (figure(row, places) for row in (course.first, course.last))
    begin, end = (month_name(row.month) for row in (course.first, course.last))
    if begin == end:
        return f"{who}: {last} of {whole} in {end}"
    if first == last:
        return f"{who} stand at {last} of {whole} in {end}, as in {begin}"
    verb = "rose" if course.change > 0 else "fell"
    return f"{who} {verb} from {first} of {whole} in {begin} to {last} in {end}{_peak(course)}"


def _peak(course: GroupSeries) -> str:
    """What a headline of two ends would hide: a month far above both."""
    top = course.highest
    if known_share(top) < PEAK * max(known_share(course.first), known_share(course.last)):
        return ""
    return f", after {figure(top)} in {month_name(top.month)}"


def small_print(answer: Answer) -> str:
    """What belongs to every headline: the sources, what is provisional, the vintage."""
    names = listed(source.name for source in answer.sources) if answer.sources else "No source"
    return "; ".join(part for part in (names, _unsettled(answer), as_known(answer)) if part)


def _unsettled(answer: Answer) -> str:
    """What a headline's months are beside final, and what their source notes of them."""
    told = []
    for source in answer.sources:
        course = leading(answer, source.slug)
        rows = dict.fromkeys((course.first, course.last)) if course else {}
        told += [_remark(row) for row in rows if row.note or row.status != Status.FINAL]
    return listed(dict.fromkeys(told)) if told else ""


def _remark(row: Share) -> str:
    """`June 2025 provisional (23 of 30 days covered)`."""
    status = "" if row.status == Status.FINAL else f" {row.status}"
    return f"{month_name(row.month)}{status}{f' ({row.note})' if row.note else ''}"


def summary(answer: Answer, question: Question) -> str:
    """The chart in words, a paragraph a source: the text alternative."""
    return "\n".join(_summary(answer, source, question) for source in answer.sources)


def _summary(answer: Answer, source: SourceDefinition, question: Question) -> str:
    months = covered_months(answer, source.slug)
    if not months:
        return f"{source.name} has no figures for this question."
    told = [
        _told(course, question)
        for course in group_series(answer.shares_of(source.slug), answer.groups)
    ]
    # Of the latest month that is told of anyone: the rest of another would not belong to it.
    shares = [row.month for row in answer.shares_of(source.slug) if not row.missing]
    month = max(shares, default=months[-1])
    rest = [
        f"{row.label.lower()} {percent(row.share_pct)}"
        for row in answer.complement_of(source.slug)
        if row.month == month and not row.missing
    ]
    left = f" The rest in {month_name(month)}: {listed(rest)}." if rest else ""
    told = told or [f"No figure for {_asked(question)}."]
    return f"{source.name}, {span(months)}. {' '.join(told)}{left}{_gaps(answer, months)}"


def _told(course: GroupSeries, question: Question) -> str:
    last = course.last
    now = f"{subject(course.group, question)}: {with_status(last)} in {month_name(last.month)}"
    if course.first is last:
        return f"{now}."
    return (
        f"{now}, {points(course.change)} since {month_name(course.first.month)}; "
        f"{_extremes(course)}."
    )


def _extremes(course: GroupSeries) -> str:
    return (
        f"highest {percent(course.highest.share_pct)} in {month_name(course.highest.month)}, "
        f"lowest {percent(course.lowest.share_pct)} in {month_name(course.lowest.month)}"
    )


def _gaps(answer: Answer, months: Sequence[date]) -> str:
    gaps = [month_name(m) for m in answer.months if months[0] < m < months[-1] and m not in months]
    return f" No figures for {listed(gaps)}." if gaps else ""


def figure(row: Share, places: int = 1) -> str:
    """`60.3 %`; an estimated one with the digits that its publisher printed."""
    if row.status == Status.ESTIMATED and row.share_pct is not None:
        return as_reported(row.share_pct)
    return percent(row.share_pct, places)


def with_status(row: Share, places: int = 1, *, noted: bool = False) -> str:
    """`60.3 %`, and the status in words where it is not final; `noted`, with the source's note."""
    status = "" if row.missing or row.status == Status.FINAL else row.status
    said = ": ".join(part for part in (status, row.note if noted else "") if part)
    return figure(row, places) + (f" ({said})" if said else "")


def highlights(answer: Answer, question: Question) -> list[str]:
    """Of the first source: the leading group's largest fall and rise, then the others' extremes.

    Where each stands now, and since when, a page shows beside them.
    """
    source = answer.sources[0].slug
    lead = leading(answer, source)
    others = [
        f"{subject(course.group, question)}: {_extremes(course)}."
        for course in group_series(answer.shares_of(source), answer.groups)
        if lead and course.group != lead.group and len(course.rows) > 1
    ]
    return _turns(lead, question) + others if lead else []


def _turns(course: GroupSeries, question: Question) -> list[str]:
    steps = sorted(course.steps(), key=_change)
    kept = [step for step in steps[:1] if _change(step) < 0]
    kept += [step for step in steps[-1:] if _change(step) > 0]
    kept.sort(key=lambda step: step[0].month)
    return [_turn(models_of(course.group, question), step) for step in kept]


def _change(step: tuple[Share, Share]) -> Decimal:
    before, after = step
    return known_share(after) - known_share(before)


def _turn(who: str, step: tuple[Share, Share]) -> str:
    before, after = step
    kind = "rise" if _change(step) > 0 else "fall"
    return (
        f"Largest {kind} of {who} from one month to the next: from {percent(before.share_pct)} in "
        f"{month_name(before.month)} to {percent(after.share_pct)} in {month_name(after.month)} "
        f"({points(_change(step))})."
    )


def composition(answer: Answer, question: Question) -> str:
    """How the latest month of the first source divides into what was asked and the rest."""
    source = answer.sources[0].slug
    rows = [row for row in answer.shares_of(source) if not row.missing]
    months = [row.month for row in rows] or covered_months(answer, source)
    if not months:
        return f"{answer.sources[0].name} has no figures for this question"
    month = max(months)
    told = [known_share(row) for row in rows if row.month == month]
    counted = percent(sum(told, Decimal(0))) if told else "no figure"
    rest = [
        f"{row.label.lower()} {percent(row.share_pct)}"
        for row in answer.complement_of(source)
        if row.month == month and not row.missing
    ]
    return ", ".join([f"In {month_name(month)} {_asked(question)} together: {counted}", *rest])


def _asked(question: Question) -> str:
    """All that a question counts, as a noun."""
    kept = "; ".join(_kept(question).values())
    return _models(question.openness) + (f" (only {kept})" if kept else "")


def quoted(note: str) -> str:
    """The publisher's own words of a note, up to the `;`, with typographic quotation marks."""
    words, _, _ = note.partition(";")
    opened = False
    shown = []
    for char in words.strip():
        if char == '"':
            opened = not opened
            shown.append("“" if opened else "”")
        else:
            shown.append(char)
    return "".join(shown)
