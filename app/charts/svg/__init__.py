"""A chart as an SVG, and as a PNG made of it."""
