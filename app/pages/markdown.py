"""What the bundled data says of where it comes from: its Markdown as blocks of text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup, escape

from app.paths import DATA

PROVENANCE: Final = DATA / "PROVENANCE.md"

# Without `html`, marks of HTML in the file are text, and links to scripts are left out.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a table, whose first row is its header; else ready elements."""

    kind: str
    text: Markup
    rows: Sequence[Sequence[Markup]] = ()


def parse_blocks(path: Path = PROVENANCE) -> list[Block]:
    tokens = _MARKDOWN.parse(path.read_text(encoding="utf-8"))
    return [_block(node) for node in SyntaxTreeNode(tokens).children]


def _block(node: SyntaxTreeNode) -> Block:
    match node.type:
        case "heading" | "paragraph":
            return Block(node.type, _render(node.children[0]))
        case "table":
            rows = [row for part in node.children for row in part.children]
            cells = [[_render(cell.children[0]) for cell in row.children] for row in rows]
            return Block("table", Markup(), cells)
    return Block("elements", _render(node))


def _render(node: SyntaxTreeNode) -> Markup:
    text = _MARKDOWN.renderer.render(node.to_tokens(), _MARKDOWN.options, {})
    return Markup(text)  # noqa: S704 - HTML of the file is escaped by the renderer


def render_inline(line: str) -> Markup:
    """Return a text of ours escaped, with `code` as code; other marks are text."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(line))))  # noqa: S704 - escaped
