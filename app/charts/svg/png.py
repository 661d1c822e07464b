"""An SVG as PNG, with a font of our own: a server may have none."""

from functools import cache
from importlib.resources import files
from typing import Final

from resvg_py import svg_to_bytes

FAMILY: Final = "Source Sans Pro"


def render_png(svg: str, width: int) -> bytes:
    """The picture, `width` pixels wide. Scripts that our font lacks come from the system's."""
    return svg_to_bytes(
        svg_string=svg,
        width=width,
        font_files=_fonts(),
        sans_serif_family=FAMILY,
        font_family=FAMILY,
    )


@cache
def _fonts() -> list[str]:
    folder = files("font_source_sans_pro") / "files"
    return [str(folder / f"SourceSansPro-{weight}.ttf") for weight in ("Regular", "Bold")]
