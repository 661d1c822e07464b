"""What the bundled data says of where it comes from: its Markdown as blocks of text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from app.paths import DATA

PROVENANCE: Final = DATA / "PROVENANCE.md"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a table, whose first row is its header."""

    kind: str
    text: Markup
    rows: Sequence[Sequence[Markup]] = ()


def parse_blocks(path: Path = PROVENANCE) -> list[Block]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(_blocks(line.strip() for line in lines))


def _blocks(lines: Iterator[str]) -> Iterator[Block]:
    for kind, group in groupby(lines, key=_kind):
        if kind == "table":
            cells = [
                [render_inline(cell.strip()) for cell in line.strip("|").split("|")]
                for line in group
            ]
            yield Block("table", Markup(), [row for row in cells if set(row[0]) != {"-"}])
        elif kind:
            yield from (Block(kind, render_inline(line.lstrip("# "))) for line in group)


def _kind(line: str) -> str:
    if line.startswith("|"):
        return "table"
    return "heading" if line.startswith("#") else "paragraph" if line else ""


def render_inline(line: str) -> Markup:
    """Escaped, with `code` as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(line))))  # noqa: S704 - escaped
