"""The database: tables, sessions, locks, roles, vintages, and PostgreSQL's errors in words."""
