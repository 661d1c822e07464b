"""Answers in words: numbers, definitions, findings and citations."""
