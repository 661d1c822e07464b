"""What is kept: tables, sessions, locks, roles, and the moments that bound a vintage."""
