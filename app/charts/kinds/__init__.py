"""The kinds of charts: each is a file here and an entry of DESIGNS."""

from collections.abc import Mapping
from typing import Final

from app.charts.chart import ChartKind, Panel
from app.charts.kinds.bars import Bars
from app.charts.kinds.design import PanelDesign
from app.charts.kinds.lines import Lines
from app.charts.kinds.stack import Stack
from app.domain.vocabulary import View

DESIGNS: Final[Mapping[ChartKind, PanelDesign]] = {
    design.traits.kind: design for design in (Lines(), Stack(), Bars())
}
"""The one object of each kind; its identity is compared, so no other may be made."""
BARS: Final = DESIGNS[ChartKind.BARS]
"""The kind of a source with a single month, whatever view a question asks for."""

# Bars have no view: nobody asks for them.
_DESIGNS_BY_VIEW: Final = {design.view: design for design in DESIGNS.values() if design.view}


def design_of(panel: Panel) -> PanelDesign:
    """Return the design that lays out and draws this panel."""
    # A panel holds traits instead of its design: designs know how Plotly and the SVG draw, and the
    # plain values of a chart must not.
    return DESIGNS[panel.traits.kind]


def design_of_view(view: View) -> PanelDesign:
    """Return what draws the answer in this view; KeyError where `is_drawn` is false."""
    return _DESIGNS_BY_VIEW[view]


def is_drawn(view: View) -> bool:
    """Return whether the view is a chart; a table has no picture of its own."""
    return view in _DESIGNS_BY_VIEW
