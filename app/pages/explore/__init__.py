"""The overview and the explorer: any question as charts, tables and files to take away."""
