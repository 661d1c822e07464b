"""The text of a file on its way to rows of cells."""
