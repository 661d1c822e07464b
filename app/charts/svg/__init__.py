"""Drawing of a chart as SVG, and as a PNG made from it."""
