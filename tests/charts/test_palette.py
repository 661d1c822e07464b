"""Colours of charts in both themes: one in the style sheet, and apart to the eye."""

import itertools
import re

import pytest

from app.charts.palette import PALETTE
from app.web.static_files import style_sheet

STYLE = style_sheet().decode()


def custom_properties(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


def test_the_style_sheet_and_the_figures_agree_on_the_light_colours() -> None:
    light, _ = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    assert PALETTE.items() <= custom_properties(light).items()


def test_colours_that_are_one_in_the_light_are_one_in_the_dark() -> None:
    _, rest = STYLE.split("@media (prefers-color-scheme: dark)", 1)
    dark = custom_properties(rest)
    assert PALETTE.keys() <= dark.keys()
    for role, colour in PALETTE.items():
        assert {dark[other] for other in PALETTE if PALETTE[other] == colour} == {dark[role]}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(colour: str, other: str) -> float:
    dim, bright = sorted((luminance(colour), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_text_is_readable_and_lines_are_visible_in_both_themes(theme: int) -> None:
    colours = custom_properties(STYLE.split("@media (prefers-color-scheme: dark)", 1)[theme])
    for role, colour in colours.items():
        if role.endswith("-text") or role in ("ink", "muted", "link"):
            assert contrast(colour, colours["surface"]) >= 4.5, role
            assert contrast(colour, colours["raised"]) >= 4.5, role
    for role in ("chinese", "us", "european", "other", "grey"):
        assert contrast(colours[role], colours["surface"]) >= 3, role


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("hue", ["chinese", "us", "european", "other"])
def test_tints_of_a_hue_stand_out_from_the_ground_and_from_each_other(theme: int, hue: str) -> None:
    colours = custom_properties(STYLE.split("@media (prefers-color-scheme: dark)", 1)[theme])
    tints = [colours[f"{hue}{shade}"] for shade in ("", "-2", "-3")]
    assert min(contrast(tint, colours["surface"]) for tint in tints) >= 3
    assert min(contrast(*pair) for pair in itertools.combinations(tints, 2)) >= 1.5
