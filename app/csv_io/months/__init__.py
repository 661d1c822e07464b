"""Months and days as spreadsheets and programs spell them, read for suggestions."""
