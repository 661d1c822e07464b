"""The server processes: one or several, how they start, answer HTTP, restart and end."""
