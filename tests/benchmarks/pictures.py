"""What pictures cost: milliseconds to draw one, bytes they add to a page.

    .venv/bin/python -m tests.benchmarks.pictures [TIMES]

Serves the bundled figures; a time is the median, over all of a question after it is read.
"""

import gzip
import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeAlias

import httpx2

from app.charts.chart import WIDE_CHART, Chart, ChartSize
from app.charts.layout import lay_out_chart
from app.charts.plotly.figure import figure_json, plotly_figure
from app.charts.svg.chart import render_svg
from app.charts.svg.png import render_png
from app.charts.svg.share_image import CARD_WIDTH, ImageTexts, render_card
from app.domain.answer import Answer
from app.domain.vocabulary import View
from tests.answers import answer, group
from tests.markup import parse
from tests.screenshots import bundled_server

MONTHS = 21
Figures: TypeAlias = dict[str, list[str | None]]
ORIGINS: Figures = {key: ["12.34567"] * MONTHS for key in ("chinese", "us", "european", "other")}
DEVELOPERS: Figures = {f"d{n}": ["3.21"] * MONTHS for n in range(11)}
QUESTIONS: dict[str, tuple[Answer, View]] = {
    "origins as lines": (answer(ORIGINS), View.LINES),
    "origins as a stack": (answer(ORIGINS, rest={"closed": ["50.6"] * MONTHS}), View.STACK),
    "eleven developers": (
        answer(DEVELOPERS, groups={key: group(key, key, "chinese") for key in DEVELOPERS}),
        View.LINES,
    ),
}
TEXTS = ImageTexts(
    "A headline", ["Source: Acme."], "A definition.", "Counted.", "Small print", "Words", "Example"
)
PAGES = ("/", "/trends", "/trends?by=developer", "/trends?by=model&view=stack")


def median(draw: Callable[[], object], times: int) -> float:
    """In milliseconds."""
    draw()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        draw()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def costs(shares: Answer, view: View, times: int) -> tuple[float, ...]:
    """Of a question's picture in every form it is drawn in."""
    shown = lay_out_chart(shares, view)

    def draw(frame: ChartSize) -> Chart:
        return lay_out_chart(shares, view, frame)

    card = render_card(draw, TEXTS)
    return (
        median(lambda: draw(WIDE_CHART), times),
        median(lambda: render_svg(shown, "lines-wide", "A title", "words"), times),
        median(lambda: figure_json(plotly_figure(shown, shown)), times),
        median(lambda: render_card(draw, TEXTS), times),
        median(lambda: render_png(card, CARD_WIDTH), times // 4 + 1),
    )


def without_pictures(page: str) -> str:
    """As the parser writes it: its own spelling of the rest is within a hundredth."""
    root = parse(page)
    for picture in root.select("svg.picture"):
        picture.extract()
    return str(root)


def main(times: int) -> None:
    print(f"{'milliseconds':20} {'layout':>8} {'SVG':>8} {'Plotly':>8} {'card':>8} {'PNG':>8}")
    for name, (shares, view) in QUESTIONS.items():
        print(f"{name:20} " + " ".join(f"{cost:8.2f}" for cost in costs(shares, view, times)))
    print(f"\n{'bytes of a page':28} {'plain':>9} {'without':>9} {'gzip':>9} {'without':>9}")
    with bundled_server() as (address, _):
        for path in PAGES:
            page = httpx2.get(address + path, timeout=60).text
            plain = [text.encode() for text in (page, without_pictures(page))]
            sizes = [len(text) for text in (*plain, *map(gzip.compress, plain))]
            print(f"{path:28} " + " ".join(f"{size:9,}" for size in sizes))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
