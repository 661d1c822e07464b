"""Pages that say what the numbers mean: sources, developers, methods, news."""
