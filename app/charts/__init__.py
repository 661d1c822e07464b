"""An answer drawn: laid out once, for Plotly and for the SVG."""
