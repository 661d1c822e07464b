"""What pictures cost: milliseconds to draw one, bytes they add to a page.

    .venv/bin/python -m tests.benchmarks.pictures [TIMES]

Serves the bundled figures; a time is the median, over all of a question after it is read.
"""

import gzip
import re
import statistics
import sys
import time
from collections.abc import Callable

import httpx2
from plotly import graph_objects  # noqa: F401 - loaded before the clock runs

from app.charts.chart import WIDE_CHART, Chart, ChartSize
from app.charts.layout import lay_out_chart
from app.charts.plotly.figure import plotly_figure
from app.charts.svg.chart import render_svg
from app.charts.svg.png import render_png
from app.charts.svg.share_image import CARD_WIDTH, ImageTexts, render_card
from tests.answers import answer, group
from tests.screenshots import bundled_server

MONTHS = 21
ORIGINS = {key: ["12.34567"] * MONTHS for key in ("chinese", "us", "european", "other")}
DEVELOPERS = {f"d{n}": ["3.21"] * MONTHS for n in range(11)}
QUESTIONS = {
    "origins as lines": (answer(ORIGINS), "lines"),
    "origins as a stack": (answer(ORIGINS, rest={"closed": ["50.6"] * MONTHS}), "stack"),
    "eleven developers": (
        answer(DEVELOPERS, groups={key: group(key, key, "chinese") for key in DEVELOPERS}),
        "lines",
    ),
}
SAID = ImageTexts(
    "A headline", ["Source: Acme."], "A definition.", "Counted.", "Small print", "Words"
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


def main(times: int) -> None:
    print(f"{'milliseconds':20} {'layout':>8} {'SVG':>8} {'Plotly':>8} {'card':>8} {'PNG':>8}")
    for name, (shares, view) in QUESTIONS.items():
        shown = lay_out_chart(shares, view)

        def draw(frame: ChartSize, shares: object = shares, view: str = view) -> Chart:
            return lay_out_chart(shares, view, frame)

        card = render_card(draw, SAID)
        spent = (
            median(lambda draw=draw: draw(WIDE_CHART), times),
            median(lambda shown=shown: render_svg(shown, "lines-wide", "A title", "words"), times),
            median(lambda shown=shown: plotly_figure(shown, shown).to_json(), times),
            median(lambda draw=draw: render_card(draw, SAID), times),
            median(lambda card=card: render_png(card, CARD_WIDTH), times // 4 + 1),
        )
        print(f"{name:20} " + " ".join(f"{one:8.2f}" for one in spent))
    print(f"\n{'bytes of a page':28} {'plain':>9} {'without':>9} {'gzip':>9} {'without':>9}")
    with bundled_server() as (address, _):
        for path in PAGES:
            page = httpx2.get(address + path, timeout=60).text
            bare = re.sub(r'<svg class="picture.*?</svg>', "", page, flags=re.DOTALL)
            plain = [text.encode() for text in (page, bare)]
            sizes = [len(text) for text in (*plain, *map(gzip.compress, plain))]
            print(f"{path:28} " + " ".join(f"{size:9,}" for size in sizes))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
