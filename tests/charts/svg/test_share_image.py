"""Pictures that stand alone: a chart with its finding, its sources and its vintage."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from app.charts.chart import Chart, ChartSize
from app.charts.layout import lay_out_chart
from app.charts.svg.share_image import ImageTexts, render_card, render_sheet
from app.domain.answer import Answer
from app.domain.site import NAME_MAX, PUBLISHER_MAX, Site
from app.domain.vocabulary import View
from tests.answers import answer, group, source
from tests.charts.builders import GAPS, HOSTILE, QUESTIONS, every_question, laid_out


def image_texts(
    *,
    headline: str = "Chinese open models rose",
    sources: Sequence[str] = ("Source: Acme.",),
    definition: str = "Of all tokens.",
    small_print: str = "Gateway",
    credit: str = "Example Shares",
) -> ImageTexts:
    counted = "Counted: open models."
    return ImageTexts(headline, sources, definition, counted, small_print, "Words", credit)


def test_a_picture_that_stands_alone_says_finding_source_vintage_and_events() -> None:
    root = ET.fromstring(
        render_sheet(laid_out(*QUESTIONS["lines"]), image_texts(definition="As known on 1 May."))
    )
    text = " ".join(root.itertext())
    for words in (
        "Chinese open models rose",
        "Source: Acme.",
        "As known on 1 May.",
        "1 · 20\N{NO-BREAK SPACE}January\N{NO-BREAK SPACE}2025: One",
        "Hollow mark: not final.",
        "Large diamond: as reported, not recomputed.",
    ):
        assert words in text
    assert root.get("role") == "img"
    assert [item.tag.rpartition("}")[2] for item in root[:2]] == ["title", "desc"]


@every_question
def test_a_card_holds_all_of_its_chart(shares: Answer, view: View) -> None:
    root = ET.fromstring(
        render_card(lambda frame: lay_out_chart(shares, view, frame), image_texts())
    )
    assert (root.get("width"), root.get("height")) == ("1200", "630")
    (moved,) = [item for item in root if item.get("transform")]
    across, down, scale = map(
        float, re.findall(r"translate\((\S+) (\S+)\) scale\((\S+)\)", moved.attrib["transform"])[0]
    )
    for item in moved.iter():
        if item.tag.endswith("text"):
            assert 0 <= across + float(item.attrib["x"]) * scale <= 800
            assert 40 <= down + float(item.attrib["y"]) * scale <= 400


def test_a_headline_too_long_for_a_card_keeps_its_end() -> None:
    long = image_texts(headline=f"{'Chinese open models of many a kind rose ' * 12} to 60 %")
    root = ET.fromstring(render_card(lambda frame: lay_out_chart(GAPS, View.LINES, frame), long))
    shown = [item.text or "" for item in root.iter() if item.tag.endswith("tspan")]
    assert any(text.startswith("… ") and text.endswith("to 60 %") for text in shown)


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_leaves_a_picture_that_stands_alone_well_formed(name: str) -> None:
    names = {"x": group("x", name, "us")}
    shares = answer({"x": ["1", "2"]}, groups=names, sources=(source(name=name),))
    texts = ImageTexts(name, [name], name, name, name, name, name)

    def draw(frame: ChartSize) -> Chart:
        return lay_out_chart(shares, View.LINES, frame)

    for image in (render_sheet(lay_out_chart(shares, View.LINES), texts), render_card(draw, texts)):
        ET.fromstring(image.encode())
        assert "</script" not in image


def test_a_card_keeps_the_vintage_however_many_sources_it_names() -> None:
    many = image_texts(
        sources=["Source: Acme, of many words."] * 50, small_print="Acme; as known on 1 May"
    )
    root = ET.fromstring(render_card(lambda frame: lay_out_chart(GAPS, View.LINES, frame), many))
    assert "as known on 1 May." in " ".join(root.itertext())


def test_the_picture_beside_a_link_says_what_is_counted() -> None:
    root = ET.fromstring(render_card(lambda _: laid_out(*QUESTIONS["lines"]), image_texts()))
    assert "Counted: open models." in list(root.itertext())


LONGEST = Site("N" * NAME_MAX, "P" * PUBLISHER_MAX)
SHORT, LONG = "Example Shares", LONGEST.byline


@pytest.mark.parametrize("credit", [SHORT, LONG])
@pytest.mark.parametrize("small_print", ["Gateway", "as known on 1 May " * 6])
def test_a_picture_that_stands_alone_names_the_site_beside_no_other_words(
    credit: str, small_print: str
) -> None:
    texts = image_texts(credit=credit, small_print=small_print, definition=small_print)
    card = render_card(lambda frame: lay_out_chart(GAPS, View.LINES, frame), texts)
    for image in (render_sheet(laid_out(*QUESTIONS["lines"]), texts), card):
        root = ET.fromstring(image)
        (signed,) = [item for item in root if item.get("text-anchor") == "end"]
        signature = signed.text or ""
        start, _, end = signature.partition("…")
        assert credit.startswith(start)
        assert credit.endswith(end)
        *_, small = [item for item in root if item.tag.endswith("text") and item is not signed]
        *_, beside = [small, *small]
        assert abs(float(beside.attrib["y"]) - float(signed.attrib["y"])) < 0.2
        # Bold letters are half as wide as they are high, or a little wider.
        room = float(root.attrib["viewBox"].split()[2]) / (0.5 * float(signed.attrib["font-size"]))
        assert len(beside.text or "") + 1.1 * len(signature) < 0.98 * room
