"""Placing of the numbered badges of events and of the words beside reported figures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from app.charts.chart import Callout, ChartPoint, ChartSize, EventBadge, Panel
from app.charts.scales import TimeAxis, balance_lines, middle_of_month, noon_of_day
from app.domain.answer import ChartEvent, Share, SourceDefinition
from app.domain.calendar import add_months
from app.domain.rounding import rounded_share
from app.wording.formats import format_reported, quote_note

NARROW_WORDS: Final = 14  # characters of a line beside a mark on a narrow chart
BADGE_GAP: Final = 20  # pixels between the middles of two event numbers: a badge has 19


class ReportedFigure(NamedTuple):
    """A share that one source reports on another, in rounded words; `source` is who reports it."""

    source: SourceDefinition
    share: Share


# --- events and reported points


def event_badges(events: Iterable[ChartEvent], axis: TimeAxis) -> Iterator[EventBadge]:
    """Yield a badge for each event within the axis, numbered from 1.

    Each stands in the lowest row where it touches no other. `axis` is the narrowest one that the
    chart may be shown with: what keeps clear there does so on every wider screen.
    """
    # The latest badge of each row, in pixels. Events in the order of their dates need the fewest
    # rows; in any other order one that lies to the left of a row's latest badge opens a new row.
    ends: list[float] = []
    shown = [event for event in events if axis.holds(event.date)]
    for number, event in enumerate(shown, start=1):
        here = axis.pixel(noon_of_day(event.date))
        row = next((i for i, end in enumerate(ends) if here - end >= BADGE_GAP), len(ends))
        ends[row:] = [here, *ends[row + 1 :]]
        yield EventBadge(number, event, row)


def reported_callouts(
    panel: Panel,
    figures: Mapping[str, Sequence[ReportedFigure]],
    frame: ChartSize,
    axis: TimeAxis,
) -> Iterator[Callout]:
    """Yield the callouts of a panel, their words above the lines and words they would cross.

    `figures` are those reported on each source, by slug. Those of a group that the panel does not
    draw are left out; a panel that is not `annotated` has none.
    """
    # Heights here are pixels from the axis upwards, as shares grow.
    per_share = panel.height / panel.top
    looks_by_key = {item.key: item.look for item in panel.series}
    taken: list[tuple[float, float, float]] = []
    for source, row in figures.get(panel.source.slug, ()) if panel.traits.annotated else ():
        if row.share_pct is None or row.group not in looks_by_key:
            continue
        value = format_reported(row.share_pct)
        # Whose figure it is stands beside the mark: the line is another source's.
        words = f"{value}, {quote_note(row.note) or row.status}, {source.name}"
        share = float(rounded_share(row.share_pct))
        point = ChartPoint(row.month, share, True, value, f"{row.label} {words}")
        text = (
            balance_lines(words, 24)
            if frame.roomy
            else (value, *balance_lines(source.name, NARROW_WORDS))
        )
        width = max(map(frame.text_width, text))
        side, left = _side(axis.pixel(middle_of_month(row.month)), width, axis.width)
        own = share * per_share
        # Each block of words claims the box that `text_width` estimates; a later one goes above
        # every box that it would touch from left to right.
        below = [top for start, end, top in taken if start < left + width and left < end]
        high = (frame.font + 4) * len(text)
        floor = max([own, _roof(panel, axis, left, left + width), *below]) + 18
        # Words that would leave the panel at its top come down over the lines: above the panel
        # they would run into its title and into badges. They always keep 18 px from their mark.
        floor = max(min(floor, panel.height - high), own + 18)
        taken.append((left, left + width, floor + high))
        yield Callout(point, text, looks_by_key[row.group], floor - own, side)


def _side(here: float, width: float, room: float) -> tuple[str, float]:
    """The text's anchor, in Plotly's words, and the pixel of its left edge."""
    if here - width / 2 < 0:
        return "left", here
    return ("right", here - width) if here + width / 2 > room else ("center", here - width / 2)


def _roof(panel: Panel, axis: TimeAxis, left: float, right: float) -> float:
    """How many pixels above the axis any line or band reaches between two pixels across."""
    # A line enters and leaves between months, so the months just outside count too.
    slack = axis.width * 31 / (add_months(axis.last, 1) - axis.first).days
    return max(
        (
            share * panel.height / panel.top
            for month, share in _heights(panel)
            if left - slack <= axis.pixel(middle_of_month(month)) <= right + slack
        ),
        default=0,
    )


def _heights(panel: Panel) -> Iterator[tuple[date, float]]:
    """Yield each month with the shares that lines and band reach in it."""
    for item in panel.series:
        for point in item.points:
            if point.share is not None:
                yield point.month, point.share
    for run in panel.band.runs if panel.band else ():
        for month, _, high in run:
            yield month, high
