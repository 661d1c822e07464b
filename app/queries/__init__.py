"""SQL that reads figures: shares, stored lines, uploads, coverage and revisions."""
