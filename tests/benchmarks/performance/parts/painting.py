"""A first visit of `/trends` in a real browser, beside a page of nothing but the same chart."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import brotli
import httpx2
from playwright.sync_api import Browser, sync_playwright

from app.web.plotly_bundle import VENDOR
from tests import chromium
from tests.benchmarks.checking import running_server
from tests.benchmarks.performance import goals
from tests.benchmarks.performance.bare import StoredBytes, run_bare_server
from tests.benchmarks.performance.databases import Databases
from tests.benchmarks.performance.goals import Result, Size

TURNS: Final = 6
QUIET_MS: Final = 500
# A chart is there when Plotly has put its drawing into the page.
WATCH: Final = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".js-plotly-plot .main-svg")) return;
  requestAnimationFrame(() => { window.chartDrawn = performance.now(); });
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
READ: Final = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return window.chartDrawn && paint ? [paint.startTime, window.chartDrawn] : null;
}"""
STATIC_PAGE: Final = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>A chart</title>
<div id="chart"></div><script src="/plotly.min.js"></script>
<script>
const figure = {figure};
Plotly.newPlot("chart", figure.data, figure.layout);
</script>
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Milliseconds from the start of the visit, and KiB that came over the line."""

    first_paint: float
    chart: float
    kib: float


def measure_painting(databases: Databases) -> list[Result]:
    with running_server(str(databases.folder), DATABASE_URL=databases.bundled) as served:
        figure = httpx2.get(f"{served.address}/api/v1/figure", timeout=60).json()["data"]
        page = STATIC_PAGE.replace("{figure}", json.dumps(figure)).encode()
        bundle = (VENDOR / "plotly.min.js").read_bytes()
        answers = (packed(page, "text/html"), packed(bundle, "text/javascript"))
        with (
            run_bare_server(*answers, paths=("/chart", "/plotly.min.js")) as bare,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=chromium.find(), args=chromium.QUIET
            )
            addresses = (f"{served.address}/trends", f"{bare.address}/chart")
            for address in addresses:
                visit(browser, address)
            turns = [[visit(browser, address) for address in addresses] for _ in range(TURNS)]
            browser.close()
    ours, theirs = zip(*turns, strict=True)
    return judge(median_visit(ours), median_visit(theirs))


def packed(content: bytes, content_type: str) -> StoredBytes:
    body = brotli.compress(content)
    headers = {
        "content-type": content_type,
        "content-encoding": "br",
        "content-length": str(len(body)),
    }
    lines = ((name.encode(), text.encode()) for name, text in headers.items())
    return StoredBytes(200, tuple(lines), body)


def visit(browser: Browser, address: str) -> Visit:
    """Open an address with an empty cache, and wait for its chart."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        sizes: list[float] = []
        network.on(
            "Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"])
        )
        page.goto(address)
        first_paint, chart = page.wait_for_function(READ).json_value()
        # What follows the chart is on the way by then; a busy machine may never be idle.
        page.wait_for_timeout(QUIET_MS)
        return Visit(first_paint, chart, sum(sizes) / 1024)


def median_visit(visits: Iterable[Visit]) -> Visit:
    columns = zip(*((it.first_paint, it.chart, it.kib) for it in visits), strict=True)
    return Visit(*map(statistics.median, columns))


def judge(ours: Visit, theirs: Visit) -> list[Result]:
    painted, drawn = ours.first_paint / theirs.chart, ours.chart / theirs.chart
    static = "a static page's chart"
    return [
        Result(
            goals.FIRST_PAINT,
            Size.BUNDLED,
            painted,
            f"{painted:.2f} of {static}",
            f"{ours.first_paint:.0f} and {theirs.chart:.0f} ms, medians of {TURNS}",
        ),
        Result(
            goals.LIVE_CHART,
            Size.BUNDLED,
            drawn,
            f"{drawn:.2f} of {static}",
            f"{ours.chart:.0f} and {theirs.chart:.0f} ms",
        ),
        Result(
            goals.FIRST_VISIT,
            Size.BUNDLED,
            ours.kib,
            f"{ours.kib / theirs.kib:.2f} of the static page",
            f"{ours.kib:.1f} and {theirs.kib:.1f} KiB",
        ),
    ]
