"""Maintainers: accounts, sessions, tokens, passwords, and how often one may try."""
