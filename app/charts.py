"""What a chart shows, and where: an Answer laid out in shares and pixels, before any drawing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Final

from app.domain.answer import (
    REST_GROUP,
    UNNAMED_GROUP,
    Answer,
    ChartEvent,
    Group,
    Share,
    SourceDefinition,
)
from app.domain.calendar import add_months
from app.domain.rounding import rounded_share
from app.domain.series import covered_months
from app.domain.vocabulary import Openness, Origin, Status
from app.placing import Tick, TimeAxis, balanced, middle, noon, scale, spread, ticks_of, told_apart
from app.wording.formats import (
    format_month_name,
    format_reported,
    format_share,
    format_share_with_status,
    isolate_direction,
    quote_note,
)

LABEL_GAP: Final = 15  # pixels between the middles of two labels: 14 is the least that reads
CLEAR: Final = 8  # pixels from the axis up to the middle of the lowest label
SAMPLE: Final = 18  # of a line, before its label
SAMPLE_GAP: Final = 5  # between the two
BADGE_GAP: Final = 20  # pixels between the middles of two event numbers: a badge has 19
NAMED: Final = (Origin.CHINESE, Origin.US, Origin.EUROPEAN, Origin.OTHER)
SHADES: Final = ("", "-2", "-3")
DASHES: Final = ("solid", "8px,3px", "2px,3px", "8px,3px,2px,3px")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "star")
HATCHES: Final = {
    "_open": "-",
    Openness.CLOSED: "/",
    Openness.UNKNOWN: ".",
    UNNAMED_GROUP: "x",
    REST_GROUP: "|",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The room a chart is laid out for, in pixels, and the least that may become of it."""

    width: int
    least: int
    left: int
    label_max: int
    font: int
    ticks: int
    tall: int = 360  # a lone panel
    low: int = 220  # one of several

    @property
    def roomy(self) -> bool:
        return self.width >= 640

    def text_width(self, text: str) -> float:
        return 0.6 * self.font * len(text)


WIDE: Final = Frame(width=1040, least=640, left=46, label_max=240, font=13, ticks=9)
NARROW: Final = Frame(width=350, least=288, left=38, label_max=116, font=12, ticks=5)


@dataclass(frozen=True, slots=True)
class Look:
    """`role` names a colour; dash, symbol and hatch say the same without it."""

    role: str
    dash: str = "solid"
    symbol: str = "circle"
    hatch: str = ""

    @property
    def hue(self) -> str:
        return self.role.split("-")[0]

    @property
    def text_role(self) -> str:
        """The darker sister of a colour in which text is still readable."""
        return f"{self.hue}-text"


@dataclass(frozen=True, slots=True)
class Point:
    month: date
    share: float | None
    hollow: bool
    short: str
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    key: str
    label: str
    look: Look
    points: tuple[Point, ...]

    @property
    def last(self) -> Point | None:
        return next((point for point in reversed(self.points) if point.share is not None), None)


@dataclass(frozen=True, slots=True)
class Label:
    """Text beside the end of a line, layer or bar, `lift` pixels above it.

    `ended`: the series has no figure in the latest month; its label says up to when it had.
    `sample`: how its line looks, where another one has the same hue.
    """

    month: date
    share: float
    lift: float
    text: str
    role: str
    ended: bool = False
    sample: Look | None = None

    @property
    def indent(self) -> int:
        """Pixels that a sample takes before the text."""
        return SAMPLE + SAMPLE_GAP if self.sample else 0


@dataclass(frozen=True, slots=True)
class Callout:
    """A reported point with its own words, `lift` pixels above it; `side` is the text's anchor."""

    point: Point
    text: tuple[str, ...]
    look: Look
    lift: float
    side: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One source. `kind`: lines, stack, or bars where it knows a single month."""

    kind: str
    source: SourceDefinition
    title: tuple[str, ...]
    series: tuple[Series, ...]
    labels: tuple[Label, ...]
    top: float
    step: float
    height: int
    callouts: tuple[Callout, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated event: its number in the list below the chart, and the row its badge stands in."""

    number: int
    event: ChartEvent
    row: int


@dataclass(frozen=True, slots=True)
class Chart:
    frame: Frame
    first: date
    last: date
    ticks: tuple[Tick, ...]
    panels: tuple[Panel, ...]
    marks: tuple[Mark, ...] = field(default=())

    @property
    def right(self) -> int:
        """Pixels right of the plot: room for the longest label."""
        widths = [
            self.frame.text_width(item.text) + item.indent
            for panel in self.panels
            for item in panel.labels
        ]
        return int(max(widths, default=20)) + 24


def chart(
    answer: Answer,
    view: str,
    frame: Frame = WIDE,
    reported: Answer | None = None,
    events: Sequence[ChartEvent] = (),
) -> Chart:
    """The chart of an answer with one panel a source; `events` are numbered from 1 as they come."""
    points = _by_metric(reported) if reported and view == "lines" else {}
    reported_months = [row.month for rows in points.values() for row in rows]
    first = min([answer.months[0], *reported_months])
    last = max([answer.months[-1], *reported_months])
    panels = tuple(_panels(answer, view, frame))
    drawn = Chart(frame, first, last, ticks_of(first, last, frame.ticks), panels)
    if all(panel.kind == "bars" for panel in panels):
        return drawn
    axis = TimeAxis(first, last, frame.width - frame.left - drawn.right)
    called = (
        replace(panel, callouts=tuple(_callouts(panel, points, frame, axis))) for panel in panels
    )
    tight = TimeAxis(first, last, frame.least - frame.left - drawn.right)
    return replace(drawn, panels=tuple(called), marks=tuple(_marks(events, tight)))


def _by_metric(reported: Answer) -> dict[str, list[Share]]:
    """Reported figures by what they count: tokens have no place beside downloads."""
    metrics = {source.slug: source.metric for source in reported.sources}
    points: dict[str, list[Share]] = {}
    for row in reported.shares:
        if not row.missing:
            points.setdefault(metrics[row.source], []).append(row)
    return points


# --- panels


@dataclass(frozen=True, slots=True)
class _Draft:
    """A panel before it knows the scale it shares with others of its kind."""

    kind: str
    source: SourceDefinition
    months: Sequence[date]
    series: Sequence[Series]

    @property
    def peak(self) -> float:
        return max((p.share for item in self.series for p in item.points if p.share), default=0.0)


def _panels(answer: Answer, view: str, frame: Frame) -> Iterator[Panel]:
    drafts = list(_drafts(answer, stacked=view == "stack"))
    for draft in drafts:
        peak = max(other.peak for other in drafts if other.kind == draft.kind)
        top, step = (100.0, 25.0) if draft.kind == "stack" else scale(peak)
        height = _height(draft.kind, len(draft.series), len(drafts), frame)
        yield Panel(
            kind=draft.kind,
            source=draft.source,
            title=_title(draft, frame),
            series=tuple(draft.series),
            labels=tuple(_labels(draft.kind, draft.series, height / top, height, frame)),
            top=top,
            step=step,
            height=height,
        )


def _drafts(answer: Answer, *, stacked: bool) -> Iterator[_Draft]:
    for source in answer.sources:
        months = covered_months(answer, source.slug)
        series = list(_series(answer.shares_of(source.slug), answer.groups, answer.months))
        if stacked:
            series += _series(answer.complement_of(source.slug), _short(answer), answer.months)
        told = [item for item in series if item.last]
        if told and len(months) == 1:
            yield _Draft("bars", source, months, [_only(item, months[0]) for item in told])
        elif told:
            yield _Draft("stack" if stacked else "lines", source, months, told)


def _title(draft: _Draft, frame: Frame) -> tuple[str, ...]:
    when = ""
    if draft.kind == "bars":
        unsettled = any(point.hollow and point.share for s in draft.series for point in s.points)
        when = f", {format_month_name(draft.months[0])}" + (" (not final)" if unsettled else "")
    room = int((frame.width - frame.left) / frame.text_width("0")) - 4
    return balanced(f"{isolate_direction(draft.source.name)}, {draft.source.metric}{when}", room)


def _height(kind: str, groups: int, panels: int, frame: Frame) -> int:
    """Enough for every label at its distance, less where several sources share the page."""
    if kind == "bars":
        return 34 * groups
    return max(frame.tall if panels == 1 else frame.low, round(1.5 * LABEL_GAP * groups))


def _short(answer: Answer) -> list[Group]:
    """The complement as labels have room for; the table says it in full."""
    taken = any(group.key == Origin.UNKNOWN for group in answer.groups)
    short = {Openness.UNKNOWN.value: "Not broken down" if taken else "Unknown"}
    return [
        replace(group, label=short.get(group.key, group.label))
        for group in answer.complement_groups
    ]


def _only(series: Series, month: date) -> Series:
    return replace(series, points=tuple(item for item in series.points if item.month == month))


def _series(
    shares: Iterable[Share], groups: Sequence[Group], months: Sequence[date]
) -> Iterator[Series]:
    rows = {(row.group, row.month): row for row in shares}
    for group, look in zip(groups, looks(groups), strict=True):
        points = tuple(_point(rows[group.key, month], group.label) for month in months)
        yield Series(group.key, group.label, look, points)


def _point(row: Share, label: str) -> Point:
    share = None if row.share_pct is None else float(rounded_share(row.share_pct))
    words = f"{isolate_direction(label)} {format_share_with_status(row, 2)}"
    return Point(row.month, share, row.status != Status.FINAL, format_share(row), words)


def looks(groups: Sequence[Group]) -> Iterator[Look]:
    """A hue an origin; inside an origin the shade, dash and symbol tell groups apart."""
    seen: dict[str, int] = {}
    origins = all(group.key in list(Origin) for group in groups)
    for index, group in enumerate(groups):
        role = role_of(group)
        hatch = HATCHES.get(group.key, "") if role == "grey" else ""
        if origins:
            yield Look(role, symbol=SYMBOLS[index % len(SYMBOLS)], hatch=hatch)
            continue
        nth = seen[role] = seen.get(role, -1) + 1
        shades = SHADES if role in NAMED else SHADES[:1]
        dash = DASHES[nth % len(DASHES)]
        yield Look(role + shades[nth % len(shades)], dash, SYMBOLS[nth % len(SYMBOLS)], hatch)


def role_of(group: Group) -> str:
    """The colour of a group."""
    if group.key in (Openness.OPEN, "_open"):
        return "ink" if group.key == Openness.OPEN else "grey"
    return group.origin if group.origin in NAMED and group.key != REST_GROUP else "grey"


# --- labels


def _labels(
    kind: str, series: Sequence[Series], per_share: float, height: int, frame: Frame
) -> Iterator[Label]:
    ends = list(_ends(kind, series, frame))
    if kind == "bars":
        yield from ends
        return
    ends.sort(key=lambda end: (end.month, end.share))
    for _, together in groupby(ends, key=lambda end: end.month):
        column = list(together)
        wanted = [label.share * per_share for label in column]
        placed = spread([want - CLEAR for want in wanted], LABEL_GAP, height + 6 - CLEAR)
        for label, want, place in zip(column, wanted, placed, strict=True):
            yield replace(label, lift=round(place + CLEAR - want, 1))


def _ends(kind: str, series: Sequence[Series], frame: Frame) -> Iterator[Label]:
    """Where each series ends; in a stack the middle of its layer in the latest month."""
    lasts = [(item, item.last) for item in series]
    latest = max((point.month for _, point in lasts if point), default=None)
    base = 0.0
    names = told_apart([item.label for item, _ in lasts], _room(frame))
    hues = Counter(item.look.hue for item in series)
    for (item, last), short in zip(lasts, names, strict=True):
        if last is None or last.share is None or latest is None:
            continue
        ended = last.month != latest
        here = (0.0 if ended else last.share) if kind == "stack" else last.share
        share = base + here / 2 if kind == "stack" else here
        base += here
        text = _end_text(item.label, short, last, frame, ended=ended)
        sample = item.look if kind == "lines" and hues[item.look.hue] > 1 else None
        yield Label(latest, share, 0, text, item.look.text_role, ended, sample)


def _end_text(name: str, short: str, last: Point, frame: Frame, *, ended: bool) -> str:
    """Name and figure; where there is not room for both, the short name alone."""
    value = f"to {last.month:%b} {last.month.year}" if ended else last.short
    if len(name) + 1 + len(value) > _room(frame):
        return isolate_direction(short)
    return f"{isolate_direction(name)} {value}"


def _room(frame: Frame) -> int:
    """How many characters a label may have."""
    return int(frame.label_max / frame.text_width("0"))


# --- events and reported points


def _marks(events: Iterable[ChartEvent], axis: TimeAxis) -> Iterator[Mark]:
    """Each event in the lowest row in which its badge touches no other, on the tightest axis."""
    ends: list[float] = []
    shown = [event for event in events if axis.holds(event.date)]
    for number, event in enumerate(shown, start=1):
        here = axis.pixel(noon(event.date))
        row = next((i for i, end in enumerate(ends) if here - end >= BADGE_GAP), len(ends))
        ends[row:] = [here, *ends[row + 1 :]]
        yield Mark(number, event, row)


def _callouts(
    panel: Panel, points: Mapping[str, Sequence[Share]], frame: Frame, axis: TimeAxis
) -> Iterator[Callout]:
    """Reported points with their words above every line they would cross, and above each other."""
    per_share = panel.height / panel.top
    looks_by_key = {item.key: item.look for item in panel.series}
    taken: list[tuple[float, float, float]] = []
    for row in points.get(panel.source.metric, ()) if panel.kind == "lines" else ():
        if row.share_pct is None or row.group not in looks_by_key:
            continue
        value = format_reported(row.share_pct)
        said = f"{value}, {quote_note(row.note) or row.status}"
        share = float(rounded_share(row.share_pct))
        point = Point(row.month, share, True, value, f"{row.label} {said}")
        text = balanced(said, 24) if frame.roomy else (value, row.status)
        width = max(map(frame.text_width, text))
        side, left = _side(axis.pixel(middle(row.month)), width, axis.width)
        own = share * per_share
        below = [top for start, end, top in taken if start < left + width and left < end]
        high = (frame.font + 4) * len(text)
        floor = max([own, _roof(panel, axis, left, left + width), *below]) + 18
        floor = max(min(floor, panel.height - high), own + 18)
        taken.append((left, left + width, floor + high))
        yield Callout(point, text, looks_by_key[row.group], floor - own, side)


def _side(here: float, width: float, room: float) -> tuple[str, float]:
    """The text's anchor and its left edge."""
    if here - width / 2 < 0:
        return "left", here
    return ("right", here - width) if here + width / 2 > room else ("center", here - width / 2)


def _roof(panel: Panel, axis: TimeAxis, left: float, right: float) -> float:
    """The highest pixel of any line between two pixels across, a month's slack at both ends."""
    slack = axis.width * 31 / (add_months(axis.last, 1) - axis.first).days
    return max(
        (
            point.share * panel.height / panel.top
            for item in panel.series
            for point in item.points
            if point.share is not None
            and left - slack <= axis.pixel(middle(point.month)) <= right + slack
        ),
        default=0,
    )
