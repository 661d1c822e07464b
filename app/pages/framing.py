"""How high a frame on another site must be so that nothing of its chart is cut off."""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Final

from app import wording
from app.answer import Answer
from app.pages.showing import Drawing
from app.question import Question

TABLE: Final = 620
"""Of a table, which scrolls."""
AROUND: Final = 110  # margins, the folded parts below and the link
# In the narrowest frame, 390 px: letters a line, and pixels a line.
HEADLINE: Final = (28, 24)
SMALL_PRINT: Final = (40, 19)
CAPTION: Final = (42, 24)

Block = tuple[tuple[int, int], str]


def frame_height(
    drawing: Drawing | None, answer: Answer, question: Question, reported: Answer | None
) -> int:
    """Enough from 390 to 1200 px across, with scripts or without: text is shorter in wide ones."""
    if drawing is None:
        return TABLE
    blocks = [*_headline(answer, question), *_caption(drawing, answer, reported)]
    text = sum(ceil(len(words) / room) * line for (room, line), words in blocks)
    return AROUND + drawing.height + text


def _headline(answer: Answer, question: Question) -> Iterator[Block]:
    yield HEADLINE, wording.headline(answer, question)
    yield SMALL_PRINT, wording.small_print(answer)


def _caption(drawing: Drawing, answer: Answer, reported: Answer | None) -> Iterator[Block]:
    yield from ((CAPTION, words) for words in _notes(drawing, reported))
    for source in answer.sources:
        yield CAPTION, f"{wording.citation(source)} {source.name}; licence not stated."


def _notes(drawing: Drawing, reported: Answer | None) -> Iterable[str]:
    if drawing.provisional:
        yield "○ above a column: the month is provisional."
    if drawing.hatched:
        yield "Hatched: not open. Dotted: not known or not broken down."
    yield from (f"{name}: no figures for this question." for name in drawing.silent)
    for row in reported.shares if reported else ():
        if not row.missing:
            told = f"{row.label} {row.share_pct:f} % in {row.month:%B %Y}"
            yield f"◇ {row.source}: {told}, {wording.quoted(row.note)}; not recomputed."
