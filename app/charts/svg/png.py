"""An SVG as PNG, drawn by resvg with a font of the package, since a server may have none."""

from functools import cache
from importlib.resources import files
from typing import Final

from resvg_py import svg_to_bytes

FAMILY: Final = "Source Sans Pro"


def render_png(svg: str, width: int) -> bytes:
    """Return the picture as PNG, `width` pixels wide and as high as that makes it.

    Characters that the font of the package lacks, such as Chinese, need a font of the system.
    """
    # `sans_serif_family` stands for the generic family at the end of the SVG's list, `font_family`
    # for any that resvg does not find. Without them it leaves text out, and says nothing.
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
