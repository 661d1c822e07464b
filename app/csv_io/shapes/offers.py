"""What a table of another shape is told as: the problem, and the offer to read it."""

from collections.abc import Sequence
from typing import Final

from app.csv_io.problems import ProblemList
from app.csv_io.schema import ShapeOffer, TableChoices
from app.csv_io.shapes.recognise import Shape, is_total
from app.domain.errors import excerpt

_LINES_SHOWN: Final = 6
_WORDS: Final = {"origin": "home", "developer": "developer", "model": "model", "month": "month"}


def shape_offer(names: Sequence[str], rows: Sequence[Sequence[str]], shape: Shape) -> ShapeOffer:
    """Return what the table seems to be, with its first lines turned."""
    apart = {shape.index, *shape.columns, *shape.apart}
    kept = [place for place in range(1, len(names) + 1) if place not in apart]
    lines = (
        (*(row[place - 1] for place in kept), names[column - 1], row[column - 1])
        for row in rows
        if len(row) >= len(names) and not any(is_total(row[place - 1]) for place in kept)
        for column in shape.columns
        if row[column - 1].strip()
    )
    shown = [line for line, _ in zip(lines, range(_LINES_SHOWN), strict=False)]
    return ShapeOffer(
        columns=tuple(excerpt(names[place - 1], 40) for place in shape.columns),
        wide=shape.wide,
        has_names=shape.names is not None,
        names=names[shape.names - 1] if shape.names else "",
        names_are=shape.names_are,
        totals=tuple(names[place - 1] for place in shape.totals),
        first_lines=tuple(tuple(excerpt(cell, 40) for cell in line) for line in shown),
    )


def refuse_unconfirmed(
    offer: ShapeOffer, choices: TableChoices, line: int, shape: Shape, problems: ProblemList
) -> bool:
    """Add the problem of a wide table of which not all is chosen; return whether there is one."""
    names_are = choices.names or offer.names_are
    if choices.wide and choices.figures and (names_are or not offer.has_names):
        return False
    if choices.wide:
        what = "figures=share_pct or value" if not choices.figures else "names=origin or developer"
        expected = f"also what its cells are: {what}, in the form, as a parameter or an option"
    else:
        each = _WORDS.get(offer.wide, "home, developer, model or month")
        turned = "; ".join(", ".join(cells) for cells in offer.first_lines[:2])
        wide = offer.wide or "developer"
        expected = (
            f"one line for each {each}, such as {turned}: have it turned, in the form, or with"
            f" wide={wide} and figures=share_pct (or value), or --wide {wide} --figures share_pct"
        )
    found = "one column each: " + ", ".join(offer.columns)
    problems.add("wide_table", line, shape.columns[0], None, found, expected, in_file=True)
    return True
