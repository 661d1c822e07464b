"""CSV files: bytes read to rows, with every problem's line and column, and rows written."""
