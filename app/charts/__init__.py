"""Charts: an answer is laid out once, and drawn from that by Plotly and as SVG."""
