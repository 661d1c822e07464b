"""A chart as a figure of Plotly."""
