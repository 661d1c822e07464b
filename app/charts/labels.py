"""Places the labels at the ends of lines and layers, apart from each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from app.charts.chart import ChartPoint, ChartSeries, ChartSize, EndLabel
from app.charts.scales import shorten_names_apart, spread_apart
from app.wording.formats import isolate_direction

LABEL_GAP: Final = 15  # pixels between the middles of two labels: 14 is the least that reads
CLEAR: Final = 8  # pixels from the axis up to the middle of the lowest label


# --- labels


def end_labels(
    kind: str, series: Sequence[ChartSeries], per_share: float, height: int, frame: ChartSize
) -> Iterator[EndLabel]:
    ends = list(_ends(kind, series, frame))
    if kind == "bars":
        yield from ends
        return
    ends.sort(key=lambda end: (end.month, end.share))
    for _, together in groupby(ends, key=lambda end: end.month):
        column = list(together)
        wanted = [label.share * per_share for label in column]
        placed = spread_apart([want - CLEAR for want in wanted], LABEL_GAP, height + 6 - CLEAR)
        for label, want, place in zip(column, wanted, placed, strict=True):
            yield replace(label, lift=round(place + CLEAR - want, 1))


def _ends(kind: str, series: Sequence[ChartSeries], frame: ChartSize) -> Iterator[EndLabel]:
    """Where each series ends; in a stack the middle of its layer in the latest month."""
    lasts = [(item, item.last) for item in series]
    latest = max((point.month for _, point in lasts if point), default=None)
    base = 0.0
    names = shorten_names_apart([item.label for item, _ in lasts], _room(frame))
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
        yield EndLabel(latest, share, 0, text, item.look.text_role, ended, sample)


def _end_text(name: str, short: str, last: ChartPoint, frame: ChartSize, *, ended: bool) -> str:
    """Name and figure; where there is not room for both, the short name alone."""
    value = f"to {last.month:%b} {last.month.year}" if ended else last.short
    if len(name) + 1 + len(value) > _room(frame):
        return isolate_direction(short)
    return f"{isolate_direction(name)} {value}"


def _room(frame: ChartSize) -> int:
    """How many characters a label may have."""
    return int(frame.label_max / frame.text_width("0"))
