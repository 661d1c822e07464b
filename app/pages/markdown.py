"""Markdown as HTML: the bundled data's account of where it comes from, and marks in a line."""

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
"""The file that says where the bundled data comes from."""

# Without `html`, marks of HTML in the file are text, and links to scripts are left out.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a document. `kind` is heading, paragraph, table, or elements for any other.

    A table has `rows` of cells, the header first; the others have `text`, which is complete HTML
    for elements and the content of the element for headings and paragraphs.
    """

    kind: str
    text: Markup
    rows: Sequence[Sequence[Markup]] = ()


def parse_blocks(path: Path = PROVENANCE) -> list[Block]:
    """Return the parts of a Markdown file, for a template to set as it sets its own text."""
    # Not HTML at once: the page gives headings its own levels, and tables a frame to scroll in.
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
    """Return a line escaped, with text between backquotes as code; other marks stay text."""
    # Escaping comes first: it leaves backquotes as they are, and the tags added here as tags.
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(line))))  # noqa: S704 - escaped
