"""Maintainers: accounts, sessions, tokens, passwords, and the limit on failed attempts."""
