"""Sources, developers, models and events: read at a vintage, corrected with an audit list."""
