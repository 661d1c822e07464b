"""Workbooks (.xlsx, .ods): one sheet of them read to rows of texts, each cell with its place."""
