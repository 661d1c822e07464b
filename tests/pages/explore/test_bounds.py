"""What a share might be: on charts, in tables, cards and pictures."""

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.browser import WatchedPages, wait_until_drawn
from tests.markup import links_named, select, select_one, text_of, texts

SHADED = "Shaded: what Chinese open models would come to at most if all that might belong did"


def band_shapes(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in figure["layout"]["shapes"] if item.get("name") == "band"]


@pytest.mark.parametrize("path", ["/", "/trends", "/embed/trends"])
def test_a_chart_of_lines_shades_what_the_leader_might_be_and_says_so(
    client: TestClient, path: str
) -> None:
    page = client.get(path).text
    (figure, *_) = [json.loads(text) for text in texts(page, "share-chart script")]
    assert len(band_shapes(figure)) == 1
    assert len(select(page, ".picture.wide [fill-opacity]")) == 1
    assert SHADED in " ".join(texts(page, ".notes"))
    assert links_named(page, "What makes it")[0] == "/methods#bounds"


@pytest.mark.parametrize("query", ["bounds=off", "view=stack", "from=2026-08&to=2026-08"])
def test_nothing_is_shaded_where_that_is_not_asked_for_or_no_line_is_drawn(
    client: TestClient, query: str
) -> None:
    page = client.get(f"/trends?{query}").text
    assert not select(page, "[fill-opacity]")
    assert "Shaded:" not in page


def test_the_words_and_cells_are_the_same_without_the_band(client: TestClient) -> None:
    on, off = (client.get(f"/trends?bounds={word}").text for word in ("on", "off"))
    for selector in ("td", "#lines-words"):
        assert texts(on, selector) == texts(off, selector)


def test_a_cell_says_at_most_where_that_reads_otherwise(client: TestClient) -> None:
    row = select(client.get("/").text, "tr:has(time[datetime='2026-09'])")[-1]
    shares = [text_of(cell) for cell in row.select("td")]
    assert re.match(r"58\.09\s% at most 69\.5\s%", shares[0])
    # What is unknown is unknown: it has no bound beside it.
    assert "at most" not in shares[-1]


def test_of_open_usage_a_cell_says_at_least_too(client: TestClient) -> None:
    page = client.get("/trends?of=open&view=table").text
    row = select(page, "tr:has(time[datetime='2026-08'])")[-1]
    bounds = [text_of(item) for item in row.select("td")[0].select(".bounds")]
    assert [item.partition(" ")[2].split()[0] for item in bounds] == ["least", "most"]


def test_a_card_says_at_most_below_its_figure(client: TestClient) -> None:
    figure = select_one(client.get("/").text, ".card.chinese .figure")
    assert re.fullmatch(r"5\d\.\d\s% at most [67]\d\.\d\s%", text_of(figure))


def test_pictures_and_figures_to_take_away_have_the_band_unless_it_is_left_out(
    client: TestClient,
) -> None:
    assert "fill-opacity" in client.get("/trends.svg").text
    assert "Shaded: the most that" in client.get("/trends.svg").text
    assert "fill-opacity" not in client.get("/trends.svg?bounds=off").text
    assert band_shapes(client.get("/trends.json").json())
    assert not band_shapes(client.get("/trends.json?bounds=off").json())
    png, plain = (client.get(f"/trends.png{query}").content for query in ("", "?bounds=off"))
    assert png != plain


def test_the_api_s_figure_tells_the_bounds_of_each_point(client: TestClient) -> None:
    series, *_ = client.get("/api/v1/figure?bounds=off").json()["data"]["data"]
    rows = client.get("/api/v1/shares?origin=chinese").json()["data"]
    for name in ("low_pct", "high_pct"):
        assert series["meta"][name] == [row[name] for row in rows]


def test_a_wrong_word_is_refused_with_the_nearest(client: TestClient) -> None:
    problem = client.get("/api/v1/shares?bounds=of").json()
    assert problem["title"] == "“of” is not a known choice of bounds"
    assert problem["errors"][0]["suggestion"] == "off"


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_plotly_draws_the_band_where_the_picture_has_it_and_in_the_theme_s_colour(
    watched: WatchedPages, server: str, width: int
) -> None:
    page = watched.open(server, viewport={"width": width, "height": 900}, color_scheme="dark")
    page.goto("/trends")
    wait_until_drawn(page)
    top, bottom, fill, opacity = page.evaluate(
        """() => {
          const plot = document.querySelector(".js-plotly-plot");
          // Of the shapes the band has the most corners.
          const [path] = [...plot.querySelectorAll(".shapelayer path")].sort(
            (one, other) => other.getAttribute("d").length - one.getAttribute("d").length,
          );
          const above = plot.getBoundingClientRect().top;
          const box = path.getBoundingClientRect();
          const { fill, opacity } = getComputedStyle(path);
          return [box.top - above, box.bottom - above, fill, opacity];
        }"""
    )
    assert (fill, opacity) == ("rgb(240, 99, 46)", "0.18")
    kind = "narrow" if width < 640 else "wide"
    path = page.locator(f".picture.{kind} [fill-opacity]").first.get_attribute("d")
    heights = [float(y) for y in re.findall(r"[ML]\S+ ([\d.]+)", path or "")]
    assert (top, bottom) == pytest.approx((min(heights), max(heights)), abs=1)
