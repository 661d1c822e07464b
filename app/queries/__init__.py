"""A question answered: shares, lines, uploads, coverage and revisions read from the database."""
