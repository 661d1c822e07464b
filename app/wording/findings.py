"""Findings: what a chart shows, in sentences computed from its numbers.

A share that a source does not have is never reported as zero: sentences speak of the months that
have figures, and name the gaps.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.answer import Answer, Share, SourceDefinition
from app.domain.questions.question import Question
from app.domain.rounding import round_half_up
from app.domain.series import (
    GroupSeries,
    covered_months,
    group_series,
    is_settled,
    known_share,
    settled_series,
)
from app.domain.vocabulary import Status
from app.wording.definitions import (
    GROUPS_NOT_LEADING,
    denominator_text,
    filters_of_question,
    models_of_group,
    subject_of_group,
    vintage_text,
)
from app.wording.formats import (
    capitalize_first,
    format_bounds,
    format_month_name,
    format_percent,
    format_points,
    format_remark,
    format_share,
    format_share_with_status,
    join_names,
    join_source_names,
    lowercase_first,
)
from app.wording.periods import in_period, period_name, period_span


def leading_series(answer: Answer, source: str) -> GroupSeries | None:
    """Return the series of the group that leads one source, or None if it has no figures.

    It ends with the last settled month in which any named group has a share, and has the largest
    share then. Only where no month is settled does it end with the latest.
    """
    # Groups that name no one lead only where there are no others, so each chart has a headline.
    all_series = settled_series(group_series(answer.shares_of(source), answer.groups))
    named = [item for item in all_series if item.group.key not in GROUPS_NOT_LEADING] or all_series
    latest = max((item.last.month for item in named), default=None)
    at_end = (item for item in named if item.last.month == latest)
    return max(at_end, key=lambda item: known_share(item.last), default=None)


def open_share(answer: Answer, source: str) -> Share | None:
    """Return the latest share of the leading group if it is of a month after the finding's."""
    lead = leading_series(answer, source)
    if lead is None:
        return None
    (whole,) = group_series(answer.shares_of(source), [lead.group])
    return whole.last if whole.last.month > lead.last.month else None


def open_month_sentence(answer: Answer, question: Question) -> str:
    """Return what is known of the month after the finding's, which is not settled; else nothing.

    It has no full stop: `So far in October 2026, provisional (9 of 31 days covered): ... 52.3 %`.
    """
    for source in answer.sources:
        lead = leading_series(answer, source.slug)
        row = open_share(answer, source.slug)
        if lead and row:
            remark = format_remark(row)
            status = f"{row.status} ({remark})" if remark else row.status
            who = subject_of_group(lead.group, question)
            share = ", ".join(filter(None, (format_share(row), format_bounds(row))))
            return f"So far {in_period(source, row.month)}, {status}: {who} {share}"
    return ""


PEAK_LEAD_FACTOR: Final = Decimal("1.25")
"""How many times the larger end of a series its peak must be for the headline to tell it."""


def headline_finding(answer: Answer, question: Question) -> str:
    """Return the finding of the first source with figures: who, how much of what, since when."""
    for source in answer.sources:
        course = leading_series(answer, source.slug)
        if course is not None:
            return _finding(course, source, question)
    return "No figures for this question"


def _finding(course: GroupSeries, source: SourceDefinition, question: Question) -> str:
    who = subject_of_group(course.group, question)
    whole = denominator_text(source, question)
    # Ends that read alike at one decimal may differ much: 0.14 and 0.06 are both 0.1. Two decimals
    # are for those only, where the change is more than a tenth of the first.
    places = 2 if abs(course.change) > known_share(course.first) / 10 else 1
    if format_percent(course.first.share_pct) != format_percent(course.last.share_pct):
        places = 1
    first, last = (format_share(row, places) for row in (course.first, course.last))
    begin, end = (in_period(source, row.month) for row in (course.first, course.last))
    if begin == end:
        return f"{who}: {last} of {whole} {end}"
    # The texts are compared, not the shares: “rose from 5.9 % to 5.9 %” would be no finding.
    if first == last:
        return f"{who} stand at {last} of {whole} {end}, as {begin}"
    verb = "rose" if course.change > 0 else "fell"
    return f"{who} {verb} from {first} of {whole} {begin} to {last} {end}{_peak(course, source)}"


def _peak(course: GroupSeries, source: SourceDefinition) -> str:
    """Return what a headline of two ends would hide: a month far above both."""
    top = course.highest
    if known_share(top) < PEAK_LEAD_FACTOR * max(
        known_share(course.first), known_share(course.last)
    ):
        return ""
    return f", after {format_share(top)} {in_period(source, top.month)}"


def small_print_text(answer: Answer, question: Question | None = None) -> str:
    """Return what belongs below every headline: sources, what is not final, the vintage.

    Without the question it leaves out the month that is open, of which a page tells beside it.
    """
    names = (
        join_source_names(source.name for source in answer.sources)
        if answer.sources
        else "No source"
    )
    so_far = lowercase_first(open_month_sentence(answer, question)) if question else ""
    parts = (names, _unsettled(answer), so_far, vintage_text(answer))
    return "; ".join(part for part in parts if part)


def _unsettled(answer: Answer) -> str:
    """Return the status and note of the months in the headline, where they have any to tell."""
    # `dict.fromkeys` drops repeats and keeps the order: first and last month may be the same row,
    # and two sources may say the same of a month.
    sentences = []
    for source in answer.sources:
        course = leading_series(answer, source.slug)
        rows = dict.fromkeys((course.first, course.last)) if course else {}
        sentences += [
            _remark(row, source) for row in rows if format_remark(row) or row.status != Status.FINAL
        ]
    return join_names(dict.fromkeys(sentences)) if sentences else ""


def _remark(row: Share, source: SourceDefinition) -> str:
    """Return a remark such as `June 2025 provisional (23 of 30 days covered)`."""
    status = "" if row.status == Status.FINAL else f" {row.status}"
    remark = format_remark(row)
    return f"{period_name(source, row.month)}{status}{f' ({remark})' if remark else ''}"


def chart_summary(answer: Answer, question: Question) -> str:
    """Return the chart in words, one line per source: the text alternative of its picture."""
    return "\n".join(_summary(answer, source, question) for source in answer.sources)


def _summary(answer: Answer, source: SourceDefinition, question: Question) -> str:
    months = covered_months(answer, source.slug)
    if not months:
        return f"{source.name} has no figures for this question."
    sentences = [
        _series_summary(course, question, source)
        for course in group_series(answer.shares_of(source.slug), answer.groups)
    ]
    # The rest is that of the latest month in which a group has a figure: the rest of a later month
    # would not add up with what is told of the groups.
    shares = [row.month for row in answer.shares_of(source.slug) if not row.missing]
    month = max(shares, default=months[-1])
    rest = [
        f"{row.label.lower()} {format_percent(row.share_pct)}"
        for row in answer.complement_of(source.slug)
        if row.month == month and not row.missing
    ]
    left = f" The rest {in_period(source, month)}: {join_names(rest)}." if rest else ""
    sentences = sentences or [f"No figure for {filters_of_question(question)}."]
    rest_of_month = f"{left}{_gaps(answer, months)}"
    return f"{source.name}, {period_span(source, months)}. {' '.join(sentences)}{rest_of_month}"


def _series_summary(course: GroupSeries, question: Question, source: SourceDefinition) -> str:
    who = subject_of_group(course.group, question)
    now = f"{who}: {format_share_with_status(course.last)} {in_period(source, course.last.month)}"
    if bounds := format_bounds(course.last):
        now += f" ({bounds})"
    if course.first is course.last:
        return f"{now}."
    since = f"{format_points(course.change)} since {period_name(source, course.first.month)}"
    return f"{now}, {since}; {_extremes(course, source)}."


def _extremes(course: GroupSeries, source: SourceDefinition) -> str:
    highest, lowest = (_share_then(row, source) for row in (course.highest, course.lowest))
    return f"highest {highest}, lowest {lowest}"


def _share_then(share: Share, source: SourceDefinition) -> str:
    return f"{format_share(share)} {in_period(source, share.month)}"


def _gaps(answer: Answer, months: Sequence[date]) -> str:
    # Only between a source's own first and last month: another source of the same answer may have
    # begun earlier.
    gaps = [
        format_month_name(m)
        for m in answer.months
        if months[0] < m < months[-1] and m not in months
    ]
    return f" No figures for {join_names(gaps)}." if gaps else ""


def chart_highlights(answer: Answer, question: Question) -> list[str]:
    """Return sentences on the first source: the leader's largest fall and rise, others' extremes.

    Where each group stands now, and since when, is left to the page.
    """
    source = answer.sources[0]
    lead = leading_series(answer, source.slug)
    others = [
        f"{subject_of_group(course.group, question)}: {_extremes(course, source)}."
        for course in group_series(answer.shares_of(source.slug), answer.groups)
        if lead and course.group != lead.group and len(course.rows) > 1
    ]
    return _turns(lead, question, source) + others if lead else []


def _turns(course: GroupSeries, question: Question, source: SourceDefinition) -> list[str]:
    # The least change is no fall where a series only rises, and the largest no rise where it only
    # falls. What is kept is told in order of time.
    steps = sorted(course.steps(), key=_change)
    kept = [step for step in steps[:1] if _change(step) < 0]
    kept += [step for step in steps[-1:] if _change(step) > 0]
    kept.sort(key=lambda step: step[0].month)
    who = models_of_group(course.group, question)
    return [_turn(who, step, source) for step in kept]


def _change(step: tuple[Share, Share]) -> Decimal:
    before, after = step
    return known_share(after) - known_share(before)


def _turn(who: str, step: tuple[Share, Share], source: SourceDefinition) -> str:
    before, after = step
    kind = "rise" if _change(step) > 0 else "fall"
    return (
        f"Largest {kind} of {who} from one month to the next: from {_share_then(before, source)} "
        f"to {_share_then(after, source)} ({format_points(_change(step))}{_rounding_note(step)})."
    )


def _rounding_note(step: tuple[Share, Share]) -> str:
    """Return a note where the difference of the shares as they are shown is another."""
    before, after = (round_half_up(known_share(row), 1) for row in step)
    return "" if after - before == round_half_up(_change(step), 1) else ", before rounding"


def composition_sentence(answer: Answer, question: Question) -> str:
    """Return how the last settled month of the first source divides into the asked and the rest.

    The sentence has no full stop.
    """
    # Where no group has a figure, the latest month with a rest shows at least that.
    source = answer.sources[0].slug
    rows = [row for row in answer.shares_of(source) if not row.missing]
    settled = [row.month for row in rows if is_settled(row)]
    months = settled or [row.month for row in rows] or covered_months(answer, source)
    if not months:
        return f"{answer.sources[0].name} has no figures for this question"
    month = max(months)
    shares = [known_share(row) for row in rows if row.month == month]
    counted = format_percent(sum(shares, Decimal(0))) if shares else "no figure"
    rest = [
        f"{row.label.lower()} {format_percent(row.share_pct)}"
        for row in answer.complement_of(source)
        if row.month == month and not row.missing
    ]
    when = capitalize_first(in_period(answer.sources[0], month))
    return ", ".join([f"{when} {filters_of_question(question)} together: {counted}", *rest])
