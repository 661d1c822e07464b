"""Placing of the labels at the ends of lines, layers and bars, apart from each other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from app.charts.chart import ChartPoint, ChartSeries, ChartSize, EndLabel
from app.charts.scales import shorten_names_apart, spread_apart
from app.wording.formats import isolate_direction

LABEL_GAP: Final = 15
"""Pixels between the middles of two labels; below 14 they can hardly be read."""
CLEAR: Final = 8  # pixels from the axis up to the middle of the lowest label


def spread_labels(labels: Iterable[EndLabel], per_share: float, height: int) -> Iterator[EndLabel]:
    """Yield the labels, each lifted as far as it takes to keep LABEL_GAP from the others.

    A percent is `per_share` pixels high, the panel `height`.
    """
    ends = sorted(labels, key=lambda end: (end.month, end.share))
    for _, together in groupby(ends, key=lambda end: end.month):
        column = list(together)
        # `spread_apart` counts from 0; here that is the lowest place, CLEAR above the axis. The
        # highest is 6 px above the panel.
        heights = [label.share * per_share for label in column]
        placed = spread_apart([want - CLEAR for want in heights], LABEL_GAP, height + 6 - CLEAR)
        for label, want, place in zip(column, heights, placed, strict=True):
            yield replace(label, lift=round(place + CLEAR - want, 1))


def label_layers(series: Sequence[ChartSeries], frame: ChartSize) -> Iterator[EndLabel]:
    """Yield a label beside the middle of each layer in the latest month, the lowest first."""
    # The series come from the bottom of the stack upwards. One that ended has no layer in the
    # latest month and adds nothing, though its label still carries its last share.
    base = 0.0
    for label in label_ends(series, frame):
        thickness = 0.0 if label.ended else label.share
        yield replace(label, share=base + thickness / 2)
        base += thickness


def label_ends(
    series: Sequence[ChartSeries], frame: ChartSize, *, sampled: bool = False
) -> Iterator[EndLabel]:
    """Yield a label at the last share of each series that has one, in the order of the series.

    With `sampled` a label gets a sample of its line where another series has the same hue.
    """
    lasts = [(item, item.last) for item in series]
    latest = max((point.month for _, point in lasts if point), default=None)
    names = shorten_names_apart([item.label for item, _ in lasts], _room(frame))
    hues = Counter(item.look.hue for item in series)
    for (item, last), short in zip(lasts, names, strict=True):
        if last is None or last.share is None or latest is None:
            continue
        # All labels stand beside the latest month. The label of a series that ended before would
        # lie in the middle of the plot, on the lines of the others.
        ended = last.month != latest
        text = _end_text(item.label, short, last, frame, ended=ended)
        sample = item.look if sampled and hues[item.look.hue] > 1 else None
        yield EndLabel(latest, last.share, 0, text, item.look.text_role, ended, sample)


def _end_text(name: str, short: str, last: ChartPoint, frame: ChartSize, *, ended: bool) -> str:
    """Name and figure; where there is no room for both, the short name alone."""
    value = f"to {last.month:%b} {last.month.year}" if ended else last.short
    if len(name) + 1 + len(value) > _room(frame):
        return isolate_direction(short)
    return f"{isolate_direction(name)} {value}"


def _room(frame: ChartSize) -> int:
    """How many characters a label may have."""
    return int(frame.label_max / frame.text_width("0"))
