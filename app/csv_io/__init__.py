"""A CSV file read and written: bytes to rows, every problem with its line and column."""
