"""Drawing of a chart as a Plotly figure."""
